using System.Globalization;
using Recollect.Sequences;

namespace Recollect.Data.Tests.Witnesses;

/// <summary>A row as a second reader finds it, which knows nothing of the first one.</summary>
/// <param name="Number">The line, image, record or row, counted from 1.</param>
/// <param name="Label">Its class's name; null where it has none.</param>
/// <param name="Form">What its values are: a text, bytes, an image of which sides, a series of how many components.</param>
/// <param name="Bytes">A text's, a file's or an image's.</param>
/// <param name="Values">A series', the components of a step side by side.</param>
internal sealed record WitnessRow(long Number, string? Label, string Form, byte[] Bytes, float[] Values)
{
    public const string Text = "text", File = "bytes";

    public static string Series(int components) => $"{components} a step";

    public static string Image(int height, int width, int channels) => $"{height}×{width}×{channels}";

    /// <summary>Fails where the rows that were read are not those of the witness, value by value.</summary>
    public static void AgreeOn(IEnumerable<Sample> read, IEnumerable<WitnessRow> expected)
    {
        var (found, rows) = (read.Select(Of).ToList(), expected.ToList());
        for (var i = 0; i < Math.Min(found.Count, rows.Count); i++)
        {
            Assert.Equal(rows[i].Place, found[i].Place);
            Assert.Equal(rows[i].Bytes, found[i].Bytes);
            Assert.Equal(rows[i].Values, found[i].Values); // of which a missing one is NaN
        }
        Assert.Equal(rows.Count, found.Count);
    }

    /// <summary>Whether two readings are of the same rows, value by value.</summary>
    public static bool Same(IEnumerable<Sample> one, IEnumerable<Sample> other)
    {
        var (rows, others) = (one.Select(Of).ToList(), other.Select(Of).ToList());
        return rows.Count == others.Count && rows.Zip(others).All(pair =>
            pair.First.Place == pair.Second.Place && pair.First.Bytes.SequenceEqual(pair.Second.Bytes) && pair.First.Values.SequenceEqual(pair.Second.Values));
    }

    private string Place => string.Create(CultureInfo.InvariantCulture, $"{Number}, {Label ?? "no label"}, {Form}");

    private static WitnessRow Of(Sample sample) => sample switch
    {
        ImageSample image => new(image.Origin.Number, image.Label, Image(image.Shape.Height, image.Shape.Width, image.Shape.Channels), image.Pixels, []),
        TextSample text => new(text.Origin.Number, text.Label, Text, text.Utf8.ToArray(), []),
        BytesSample file => new(file.Origin.Number, file.Label, File, file.Bytes, []),
        SeriesSample series => new(series.Origin.Number, series.Label, Series(series.Components), [], series.Values),
        _ => throw new NotSupportedException(sample.GetType().Name),
    };
}
