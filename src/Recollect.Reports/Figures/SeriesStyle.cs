namespace Recollect.Reports.Figures;

/// <summary>How series are told apart: by colour, by dash and by marker, so that none of the three must be seen.</summary>
/// <remarks>
/// The colours are those of Okabe and Ito (Color Universal Design, 2008) without the yellow, which a white page swallows; chart.css has them. Seven colours and four
/// dashes meet again after 28 series.
/// </remarks>
internal static class SeriesStyle
{
    private const int Colours = 7, Dashes = 4, Markers = 6;

    /// <summary>The classes of a line, a marker or a word of the legend.</summary>
    public static string Classes(int style, bool isPublished) => $"c{style % Colours} {(isPublished ? "published" : $"d{style % Dashes}")}";

    /// <summary>The outline of a marker around a point.</summary>
    public static string Marker(int style, double x, double y, double size = 3.4)
    {
        string At(double dx, double dy) => $"{Numbers.Length(x + dx * size)} {Numbers.Length(y + dy * size)}";
        return (style % Markers) switch
        {
            0 => $"M{At(-1, 0)}a{Numbers.Length(size)} {Numbers.Length(size)} 0 1 0 {Numbers.Length(2 * size)} 0a{Numbers.Length(size)} {Numbers.Length(size)} 0 1 0 {Numbers.Length(-2 * size)} 0z",
            1 => $"M{At(-0.9, -0.9)}L{At(0.9, -0.9)}L{At(0.9, 0.9)}L{At(-0.9, 0.9)}z",
            2 => $"M{At(0, -1.2)}L{At(1.1, 0.9)}L{At(-1.1, 0.9)}z",
            3 => $"M{At(0, -1.3)}L{At(1.3, 0)}L{At(0, 1.3)}L{At(-1.3, 0)}z",
            4 => $"M{At(0, 1.2)}L{At(1.1, -0.9)}L{At(-1.1, -0.9)}z",
            _ => $"M{At(-0.4, -1.2)}L{At(0.4, -1.2)}L{At(0.4, -0.4)}L{At(1.2, -0.4)}L{At(1.2, 0.4)}L{At(0.4, 0.4)}L{At(0.4, 1.2)}L{At(-0.4, 1.2)}L{At(-0.4, 0.4)}L{At(-1.2, 0.4)}L{At(-1.2, -0.4)}L{At(-0.4, -0.4)}z",
        };
    }
}
