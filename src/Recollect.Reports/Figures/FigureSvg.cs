using Recollect.Reports.Pages;

namespace Recollect.Reports.Figures;

/// <summary>A figure as SVG: within a page, whose style it takes, or as a file of its own.</summary>
public static class FigureSvg
{
    /// <summary>The words by which a file shows that a report made it.</summary>
    public const string Mark = "recollect report";

    /// <summary>The style of every figure, light; a page adds its own for dark screens.</summary>
    internal static string Style => Asset.Read("chart.css");

    /// <summary>The figure as a file: light, on white, for papers.</summary>
    public static string ToFile(Figure figure) => "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" + Write(figure, standalone: true) + "\n";

    /// <summary>The figure as an element of a page.</summary>
    internal static string ToElement(Figure figure) => Write(figure, standalone: false);

    private static string Write(Figure figure, bool standalone)
    {
        var drawing = figure switch
        {
            LineFigure line => LineDrawing.Of(line),
            DotFigure dots => DotDrawing.Of(dots),
            MatrixFigure matrix => MatrixDrawing.Of(matrix),
            MemoryFigure memory => MemoryDrawing.Of(memory),
            _ => throw new ArgumentOutOfRangeException(nameof(figure)),
        };
        var (width, height) = (Numbers.Length(Drawing.Width), Numbers.Length(drawing.Height));
        var svg = new Markup();
        if (standalone)
            svg.Raw($"<!-- {Mark} -->\n");
        svg.Open("svg", ("xmlns", "http://www.w3.org/2000/svg"), ("id", figure.Id), ("class", "chart"), ("role", "img"),
            ("aria-labelledby", $"{figure.Id}-title"), ("aria-describedby", $"{figure.Id}-desc"),
            ("viewBox", $"0 0 {width} {height}"), ("width", standalone ? width : null), ("height", standalone ? height : null));
        svg.Leaf("title", figure.Title, ("id", $"{figure.Id}-title")).Leaf("desc", figure.Description, ("id", $"{figure.Id}-desc"));
        if (standalone)
            svg.Open("style").Raw(Style).Close().Empty("rect", ("class", "sheet"), ("width", width), ("height", height));
        return svg.Raw(drawing.Body.ToString()).Close().ToString();
    }
}
