using System.Buffers.Binary;
using Recollect.Sequences;

namespace Recollect.Data.Tests.Reading;

public sealed class IdxReaderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    internal static byte[] Idx(byte[] content, params int[] sizes)
    {
        var bytes = new byte[4 + 4 * sizes.Length + content.Length];
        (bytes[2], bytes[3]) = (8, (byte)sizes.Length);
        for (var d = 0; d < sizes.Length; d++)
            BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(4 + 4 * d), sizes[d]);
        content.CopyTo(bytes, 4 + 4 * sizes.Length);
        return bytes;
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Images_and_labels_are_read_plain_and_gzip(bool gzip)
    {
        var (pixels, labels) = (Idx([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12], 2, 2, 3), Idx([1, 0], 2));
        var images = gzip ? _folder.WriteGzip("images.gz", pixels) : _folder.Write("images", pixels);
        var names = gzip ? _folder.WriteGzip("labels.gz", labels) : _folder.Write("labels", labels);
        var samples = IdxReader.Read(images, names, ["no", "yes"]).Cast<ImageSample>().ToList();
        Assert.Equal(["yes", "no"], samples.Select(sample => sample.Label));
        Assert.Equal(new ImageShape(2, 3, 1, 256), samples[0].Shape);
        Assert.Equal([7, 8, 9, 10, 11, 12], samples[1].Pixels);
        Assert.Equal($"{images}, image 2", samples[1].Origin.ToString());
        using var input = InputStream.Open(names);
        Assert.Equal([1, 0], IdxReader.Labels(input));
    }

    [Fact]
    public void Images_without_a_labels_file_have_no_label() =>
        Assert.Null(Assert.Single(IdxReader.Read(_folder.Write("i", Idx([1], 1, 1, 1)))).Label);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_truncated_file_is_refused_with_what_it_should_hold(bool gzip)
    {
        var cut = Idx([1, 2, 3], 2, 1, 2);
        var path = gzip ? _folder.WriteGzip("i.gz", cut) : _folder.Write("i", cut);
        Refusal.Of<DataException>(() => IdxReader.Read(path), path, "cut off", "20 bytes", "holds 19");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Trailing_bytes_are_refused(bool gzip)
    {
        var tail = Idx([1, 2, 3], 2, 1, 1);
        var path = gzip ? _folder.WriteGzip("i.gz", tail) : _folder.Write("i", tail);
        Refusal.Of<DataException>(() => IdxReader.Read(path), path, "too long", "18 bytes");
    }

    [Fact]
    public void A_gzip_that_ends_within_its_data_is_refused()
    {
        var whole = TemporaryFolder.Gzip(Idx([.. Enumerable.Range(0, 5000).Select(i => (byte)(i * i * 7 % 251))], 50, 10, 10));
        var path = _folder.Write("i.gz", whole[..(whole.Length / 2)]);
        Refusal.Of<DataException>(() => IdxReader.Read(path), path, "cut off");
    }

    [Fact]
    public void A_gzip_with_damaged_bytes_is_refused()
    {
        var whole = TemporaryFolder.Gzip(Idx([.. Enumerable.Range(0, 5000).Select(i => (byte)(i * i * 7 % 251))], 50, 10, 10));
        whole.AsSpan(20, 10).Fill(0xff);
        var path = _folder.Write("i.gz", whole);
        Refusal.Of<DataException>(() => IdxReader.Read(path), path);
    }

    [Fact]
    public void Images_and_labels_that_differ_in_count_are_refused()
    {
        var (images, labels) = (_folder.Write("i", Idx([1, 2], 2, 1, 1)), _folder.Write("l", Idx([1, 2, 3], 3)));
        Refusal.Of<DataException>(() => IdxReader.Read(images, labels), $"{labels} holds 3 labels", $"{images} holds 2 images");
    }

    [Fact]
    public void Labels_in_the_place_of_images_are_refused_by_their_magic_number()
    {
        var path = _folder.Write("l", Idx([1, 2], 2));
        Refusal.Of<DataException>(() => IdxReader.Read(path), path, "offset 0", "0x00000801", "0x00000803");
    }

    [Fact]
    public void A_label_without_a_class_is_refused_with_its_offset()
    {
        var (images, labels) = (_folder.Write("i", Idx([1, 2], 2, 1, 1)), _folder.Write("l", Idx([1, 9], 2)));
        Refusal.Of<DataException>(() => IdxReader.Read(images, labels, ["a", "b"]), $"{labels}, label 2 (offset 9)", "found 9", "0…1");
    }

    [Fact]
    public void An_impossible_size_is_refused() =>
        Refusal.Of<DataException>(() => IdxReader.Read(_folder.Write("i", Idx([], 1, -1, 1))), "dimension 2 at offset 8 is -1");

    [Fact]
    public void A_file_of_three_bytes_and_a_missing_one_are_refused()
    {
        Refusal.Of<DataException>(() => IdxReader.Read(_folder.Write("i", [0, 0, 8])), "ends within");
        Refusal.Of<DataException>(() => IdxReader.Read(Path.Combine(_folder.Path, "none")), "no such file");
        Refusal.Of<DataException>(() => IdxReader.Read(_folder.Path), "is a folder");
    }
}
