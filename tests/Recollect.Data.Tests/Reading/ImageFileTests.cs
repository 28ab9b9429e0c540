using System.Buffers.Binary;
using System.Text;
using Recollect.Sequences;
using SkiaSharp;

namespace Recollect.Data.Tests.Reading;

public sealed class ImageFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static ImageShape Square(int side, int channels = 3) => new(side, side, channels, 256);

    private static byte[] Decode(byte[] file, ImageShape shape, ImageBox? box = null) => ImageFile.Read(new MemoryStream(file), "fuzz", null, shape, box).Pixels;

    // Every pixel at its own size: of an image of any sides, box by box.
    private static byte[] Pixels(string fixture, int channels = 3)
    {
        var bytes = Fixture.Bytes(fixture);
        var (height, width) = ImageFile.SizeOf(new MemoryStream(bytes), fixture);
        return [.. from y in Enumerable.Range(0, height) from x in Enumerable.Range(0, width) from component in Decode(bytes, Square(1, channels), new ImageBox(x, y, x + 1, y + 1)) select component];
    }

    [Theory]
    [InlineData("rgb.png", "rgb.raw")]
    [InlineData("palette.png", "palette.raw")]
    public void A_png_has_exactly_the_pixels_that_another_program_wrote(string file, string raw) => Assert.Equal(Fixture.Bytes(raw), Pixels(file));

    [Fact]
    public void Grey_is_as_another_program_makes_it_of_colour_and_grey_files_stay_as_they_are()
    {
        Assert.Equal(Fixture.Bytes("grey.raw"), Pixels("rgb.png", 1));
        Assert.Equal(Fixture.Bytes("grey.raw"), Pixels("grey.png", 1));
        Assert.Equal(Fixture.Bytes("grey.raw").SelectMany(level => new[] { level, level, level }), Pixels("grey.png"));
    }

    [Fact]
    public void What_is_transparent_shows_white()
    {
        var expected = Fixture.Bytes("rgba.raw").Chunk(4).SelectMany(pixel => pixel[..3].Select(component =>
            (byte)Math.Floor((component * pixel[3] + 255.0 * (255 - pixel[3])) / 255 + 0.5)));
        Assert.Equal(expected, Pixels("rgba.png"));
    }

    [Theory]
    [InlineData("photo.jpg", "photo.raw")]
    [InlineData("progressive.jpg", "progressive.raw")]
    public void A_jpeg_has_another_programs_pixels_but_for_a_few_levels(string file, string raw)
    {
        var differences = Pixels(file).Zip(Fixture.Bytes(raw), (a, b) => Math.Abs(a - b)).ToList();
        Assert.InRange(differences.Max(), 0, 4);
        Assert.InRange(differences.Average(), 0, 0.6);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    public void An_image_stands_upright_however_a_camera_stored_it(int tag)
    {
        Assert.Equal((32, 48), ImageFile.SizeOf(new MemoryStream(Fixture.Bytes($"exif{tag}.jpg")), ""));
        var differences = Pixels($"exif{tag}.jpg").Zip(Fixture.Bytes("exif.raw"), (a, b) => Math.Abs(a - b)).ToList();
        Assert.Equal(32 * 48 * 3, differences.Count);
        Assert.InRange(differences.Average(), 0, 8); // the six patches differ by far more
    }

    [Fact]
    public void A_box_is_cut_to_the_image_and_one_beside_it_is_refused()
    {
        var png = Fixture.Bytes("rgb.png"); // 13×9
        Assert.Equal(Decode(png, Square(4), new ImageBox(10, 5, 13, 9)), Decode(png, Square(4), new ImageBox(10, 5, 99, 99)));
        Assert.Equal(Decode(png, Square(4)), Decode(png, Square(4), new ImageBox(-5, -5, 13, 9)));
        Refusal.Of<DataException>(() => Decode(png, Square(4), new ImageBox(13, 0, 20, 9)), "fuzz", "columns 13 to 20", "13×9", "data.box");
    }

    [Fact]
    public void An_image_may_become_the_17_levels_of_the_digits() =>
        Assert.Equal(Fixture.Bytes("grey.raw").Select(level => (byte)(level * 17 / 256)).Max(), Pixels17().Max());

    private static byte[] Pixels17() => Decode(Fixture.Bytes("grey.png"), new ImageShape(200, 200, 1, 17));

    [Fact]
    public void What_is_no_image_is_refused_with_its_path()
    {
        void Refused(string name, byte[] content, params string[] says)
        {
            var path = _folder.Write(name, content);
            Refusal.Of<DataException>(() => ImageFile.Read(path, null, Square(4)), [path, .. says]);
        }
        Refused("zero.jpg", [], "the file is empty", "remove it");
        Refused("text.jpg", "hello"u8.ToArray(), "68656C6C6F", "expected a JPEG or PNG image");
        Refused("a.png", "GIF89a"u8.ToArray(), "474946383961", "Convert it");
        Refused("head.png", Fixture.Bytes("rgb.png")[..20], "damaged");
        Refused("head.jpg", Fixture.Bytes("photo.jpg")[..40], "damaged");
        Refused("cut.png", Fixture.Bytes("rgb.png")[..200], "damaged");
        Refused("cut.jpg", Fixture.Bytes("photo.jpg")[..^150], "damaged", "cut off");
        Refusal.Of<DataException>(() => ImageFile.Read(Path.Combine(_folder.Path, "none.png"), null, Square(4)), "no such file");
        Refusal.Of<DataException>(() => ImageFile.Read(_folder.Path, null, Square(4)), "is a folder");
    }

    [Fact]
    public void A_png_under_a_jpegs_name_is_read_as_what_it_is() =>
        Assert.Equal(Decode(Fixture.Bytes("rgb.png"), Square(3)), ImageFile.Read(_folder.Write("a.jpg", Fixture.Bytes("rgb.png")), null, Square(3)).Pixels);

    [Theory]
    [InlineData(60_000, 60_000)]
    [InlineData(8_193, 8_192)]
    [InlineData(1, 67_108_865)]
    public void A_header_that_announces_a_huge_image_is_refused_before_anything_is_decoded(int width, int height)
    {
        var bomb = Png(width, height);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Refusal.Of<DataException>(() => Decode(bomb, Square(4)), "fuzz");
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
        if (width < 1_000_000 && height < 1_000_000) // beyond it the decoder itself finds the header wrong
            Refusal.Of<DataException>(() => Decode(bomb, Square(4)), $"{width:N0}×{height:N0}", "67,108,864", "Save the image smaller");
    }

    [Theory]
    [InlineData("photo.jpg")]
    [InlineData("rgb.png")]
    public void The_size_is_read_from_the_header_and_no_more_of_the_file(string fixture)
    {
        byte[] whole = [.. Fixture.Bytes(fixture), .. new byte[1 << 20]];
        using var stream = new MemoryStream(whole);
        Assert.Equal(ImageFile.SizeOf(new MemoryStream(Fixture.Bytes(fixture)), "fuzz"), ImageFile.SizeOf(stream, "fuzz"));
        Assert.InRange(stream.Position, 8, 1 << 16);
        using var cut = InputStream.From(new MemoryStream(TemporaryFolder.Gzip(Fixture.Bytes(fixture))[..40]), "fuzz.gz");
        Refusal.Of<DataException>(() => ImageFile.SizeOf(cut, "fuzz.gz"), "fuzz.gz", "damaged or cut off after");
    }

    /// <summary>Four images after each other of 64 million pixels, one colour each, so that the file itself takes nothing.</summary>
    [Theory]
    [InlineData(false, 4)]
    [InlineData(true, 10)]
    [Trait("Tier", "slow")]
    public void Decoding_stays_within_its_bytes_a_pixel(bool progressive, int bytesPerPixel)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Resident memory is read from /proc.");
        const int side = 8000;
        var file = Jpeg(side, side, progressive);
        Assert.Equal([128, 128, 128], Decode(Jpeg(16, 16, progressive), Square(1)));
        var taken = ResidentMemory.Of(_ =>
        {
            for (var time = 0; time < 4; time++)
                Assert.All(Decode(file, Square(8)), component => Assert.Equal(128, component));
        });
        TestContext.Current.TestOutputHelper?.WriteLine($"{(progressive ? "progressive" : "baseline")}: {taken}, {taken.Peak / (double)(side * side):F1} bytes a pixel");
        Assert.InRange(taken.Peak, 0, (long)bytesPerPixel * side * side + (32 << 20));
    }

    [Fact]
    public void Damaged_images_are_refused_or_read_and_nothing_else() => Fuzz(300);

    [Fact]
    [Trait("Tier", "slow")]
    public void Ten_thousand_damaged_images_are_refused_or_read_and_nothing_else() => Fuzz(10_000);

    private static void Fuzz(int count)
    {
        // The decoder's room and the pixels, which the collector does not know of; a header may be changed to announce the most.
        if (OperatingSystem.IsLinux())
            Assert.InRange(ResidentMemory.Of(_ => Mutate(count)).Peak, 0, 10L * ImageFile.MostPixels + (128 << 20));
        else
            Mutate(count);
    }

    private static void Mutate(int count)
    {
        string[] names = ["rgb.png", "rgba.png", "palette.png", "grey.png", "photo.jpg", "progressive.jpg", "grey.jpg", "exif6.jpg"];
        var (refused, read) = Mutations.Try([.. names.Select(Fixture.Bytes)], count, 2 << 20, file => Decode(file, Square(8)), Judge);
        Assert.True(refused > count / 10 && read > count / 50, $"{refused} refused, {read} read");
    }

    // A second way from the decoded pixels on: turned by EXIF, laid on white, and the mean by areas, by floating point. The decoder itself is the one there is.
    private static void Judge(byte[] found, byte[] file)
    {
        using var data = SKData.CreateCopy(file);
        using var codec = SKCodec.Create(data);
        using var stored = SKBitmap.Decode(file, new SKImageInfo(codec.Info.Width, codec.Info.Height, SKColorType.Rgba8888, SKAlphaType.Unpremul));
        var (origin, right, bottom) = ((int)codec.EncodedOrigin, stored.Width - 1, stored.Height - 1);
        var (width, height) = origin >= 5 ? (stored.Height, stored.Width) : (stored.Width, stored.Height);
        // By EXIF 2.3, figure "orientation": what is stored at (x, y) of the upright image.
        SKColor At(int x, int y) => origin switch
        {
            2 => stored.GetPixel(right - x, y),
            3 => stored.GetPixel(right - x, bottom - y),
            4 => stored.GetPixel(x, bottom - y),
            5 => stored.GetPixel(y, x),
            6 => stored.GetPixel(y, bottom - x),
            7 => stored.GetPixel(right - y, bottom - x),
            8 => stored.GetPixel(right - y, x),
            _ => stored.GetPixel(x, y),
        };
        const int side = 8;
        var sums = new double[side * side * 3];
        for (var y = 0; y < side; y++)
        {
            foreach (var (row, high) in Covered(y, height))
            {
                for (var x = 0; x < side; x++)
                {
                    foreach (var (column, wide) in Covered(x, width))
                    {
                        var (colour, at) = (At(column, row), 3 * (y * side + x));
                        byte[] components = [colour.Red, colour.Green, colour.Blue];
                        for (var channel = 0; channel < 3; channel++)
                            sums[at + channel] += high * wide * (255 + (components[channel] - 255) * colour.Alpha / 255.0);
                    }
                }
            }
        }
        Assert.Equal(sums.Length, found.Length);
        // Each pixel is rounded as it is laid on white, and their mean once more.
        Assert.All(found.Zip(sums), pair => Assert.InRange(pair.First, pair.Second - 1, pair.Second + 1));

        IEnumerable<(int Place, double Part)> Covered(int place, int length)
        {
            var (from, to) = ((double)place * length / side, (place + 1.0) * length / side);
            for (var at = (int)from; at < to && at < length; at++)
                yield return (at, (Math.Min(to, at + 1) - Math.Max(from, at)) / (to - from));
        }
    }

    // A grey JPEG of three components that are stored at full size: every coefficient is 0, and takes a bit or less.
    private static byte[] Jpeg(int width, int height, bool progressive)
    {
        var blocks = (long)((width + 7) / 8) * ((height + 7) / 8) * 3;
        byte[] Segment(byte marker, params byte[] content) => [0xff, marker, (byte)((content.Length + 2) >> 8), (byte)(content.Length + 2), .. content];
        byte[] OneCode(byte table) => [table, 1, .. new byte[15], 0];
        return
        [
            0xff, 0xd8, .. Segment(0xdb, [0, .. Enumerable.Repeat((byte)1, 64)]),
            .. Segment(progressive ? (byte)0xc2 : (byte)0xc0, 8, (byte)(height >> 8), (byte)height, (byte)(width >> 8), (byte)width, 3, 1, 0x11, 0, 2, 0x11, 0, 3, 0x11, 0),
            .. Segment(0xc4, OneCode(0x00)), .. Segment(0xc4, OneCode(0x10)), .. Segment(0xda, 3, 1, 0, 2, 0, 3, 0, 0, progressive ? (byte)0 : (byte)63, 0),
            .. new byte[(blocks * (progressive ? 1 : 2) + 7) / 8], 0xff, 0xd9,
        ];
    }

    // A whole PNG but for its pixels, of which there are too few.
    private static byte[] Png(int width, int height)
    {
        var header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), height);
        (header[8], header[9]) = (8, 2);
        return [0x89, .. "PNG\r\n"u8, 0x1a, 0x0a, .. Chunk("IHDR", header), .. Chunk("IDAT", [0x78, 0x9c, 3, 0, 0, 0, 0, 1]), .. Chunk("IEND", [])];
    }

    private static byte[] Chunk(string type, byte[] content)
    {
        byte[] named = [.. Encoding.ASCII.GetBytes(type), .. content];
        var crc = ~named.Aggregate(uint.MaxValue, (sum, value) => Enumerable.Range(0, 8).Aggregate(sum ^ value, (bits, _) => (bits >> 1) ^ (0xEDB88320 & (0 - (bits & 1)))));
        var chunk = new byte[8 + named.Length];
        BinaryPrimitives.WriteInt32BigEndian(chunk, content.Length);
        named.CopyTo(chunk, 4);
        BinaryPrimitives.WriteUInt32BigEndian(chunk.AsSpan(4 + named.Length), crc);
        return chunk;
    }
}
