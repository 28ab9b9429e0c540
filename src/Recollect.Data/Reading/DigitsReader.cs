using System.Globalization;
using System.Text;
using Recollect.Sequences;

namespace Recollect.Data;

/// <summary>The 8×8 handwritten digits that the program carries within itself: 1,797 images of 17 grey levels.</summary>
/// <remarks>
/// Alpaydin and Kaynak, "Optical Recognition of Handwritten Digits", UCI Machine Learning Repository 1998, its test part; CC BY 4.0.
/// Decision 0002 says how they are split.
/// </remarks>
public static class DigitsReader
{
    /// <summary>What messages and manifests call the embedded file.</summary>
    public const string FileName = "digits.csv.gz";

    /// <summary>The rows, in the file's order, that are for training; the rest are for testing.</summary>
    public const int TrainRows = 1437;

    /// <summary>The shape of every image.</summary>
    public static ImageShape Shape { get; } = new(8, 8, 1, 17);

    /// <summary>Streams all rows in the file's order.</summary>
    public static IEnumerable<Sample> Read()
    {
        using var input = InputStream.From(Open(), FileName);
        foreach (var (number, line) in Utf8Lines.Of(input))
        {
            var cells = Encoding.ASCII.GetString(line.Span).Split(',');
            var pixels = Array.ConvertAll(cells[..^1], cell => byte.Parse(cell, CultureInfo.InvariantCulture));
            yield return new ImageSample(new Origin(FileName, "line", number), cells[^1], Shape, pixels);
        }
    }

    /// <summary>The embedded file as it is, gzip.</summary>
    internal static Stream Open() => typeof(DigitsReader).Assembly.GetManifestResourceStream(FileName)
        ?? throw new InvalidOperationException($"The program was built without {FileName}.");
}
