using System.IO.Compression;
using Recollect.Reports.Figures;

namespace Recollect.Tests.Reports.Figures;

public class PngImageTests
{
    /// <summary>A grey pixel as another program wrote it; only how it packed the level may differ.</summary>
    private static readonly byte[] Published = Convert.FromBase64String("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCBd81ytgAAAABJRU5ErkJggg==");

    [Fact]
    public void A_pixel_is_the_file_that_another_program_wrote()
    {
        var file = PngImage.Encode(1, 1, 1, [128]);
        Assert.Equal(Published[..33], file[..33]); // signature and head, with its check sum
        Assert.Equal(Published[^12..], file[^12..]); // end, with its check sum
        Assert.Equal([0, 128], Unpacked(file));
        Assert.Equal(Unpacked(Published), Unpacked(file));
    }

    [Fact]
    public void Rows_follow_each_other_each_without_a_filter() => Assert.Equal([0, 1, 2, 3, 4, 5, 6, 0, 7, 8, 9, 10, 11, 12], Unpacked(PngImage.Encode(2, 2, 3, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12])));

    private static byte[] Unpacked(byte[] file)
    {
        using var stream = new ZLibStream(new MemoryStream(file[41..^16]), CompressionMode.Decompress);
        using var levels = new MemoryStream();
        stream.CopyTo(levels);
        return levels.ToArray();
    }
}
