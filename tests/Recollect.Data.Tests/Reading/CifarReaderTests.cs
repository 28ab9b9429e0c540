using Recollect.Sequences;

namespace Recollect.Data.Tests.Reading;

public sealed class CifarReaderTests : IDisposable
{
    private static readonly string[] Names = ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"];
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static byte[] Record(byte label)
    {
        var record = new byte[3073];
        record[0] = label;
        (record[1 + 5], record[1 + 1024 + 5], record[1 + 2048 + 5]) = (10, 20, 30);
        return record;
    }

    [Fact]
    public void The_three_planes_become_pixels_of_three_channels()
    {
        var path = _folder.Write("b.bin", [.. Record(3), .. Record(9)]);
        var samples = CifarReader.Read(path, Names).Cast<ImageSample>().ToList();
        Assert.Equal(["cat", "truck"], samples.Select(sample => sample.Label));
        Assert.Equal([10, 20, 30], samples[1].Pixels[15..18]);
        Assert.Equal(60, samples[1].Pixels.Sum(pixel => pixel));
        Assert.Equal($"{path}, record 2", samples[1].Origin.ToString());
    }

    [Fact]
    public void A_file_that_is_no_whole_number_of_records_is_refused()
    {
        Refusal.Of<DataException>(() => CifarReader.Read(_folder.Write("b.bin", new byte[3074]), Names), "3,074 bytes", "3,073");
        Refusal.Of<DataException>(() => CifarReader.Read(_folder.WriteGzip("b.gz", new byte[3074]), Names), "record 2 (offset 3,073)", "found 1");
        Refusal.Of<DataException>(() => CifarReader.Read(_folder.Write("e.bin", []), Names), "empty");
    }

    [Fact]
    public void A_label_beyond_the_classes_is_refused_with_its_offset() =>
        Refusal.Of<DataException>(() => CifarReader.Read(_folder.Write("b.bin", [.. Record(0), .. Record(10)]), Names), "record 2 (offset 3,073)", "label is 10");

    [Fact]
    public void Class_names_are_ten_different_lines()
    {
        Assert.Equal(Names, CifarReader.ReadClasses(_folder.Write("m.txt", string.Join('\n', Names) + "\n\n")));
        Refusal.Of<DataException>(() => CifarReader.ReadClasses(_folder.Write("n.txt", "cat\ndog\n")), "2 class names", "expected 10");
    }
}
