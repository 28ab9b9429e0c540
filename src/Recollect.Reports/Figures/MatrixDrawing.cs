using System.Globalization;

namespace Recollect.Reports.Figures;

/// <summary>Draws a <see cref="MatrixFigure"/>: the darker a cell, the larger its share of the true class.</summary>
internal static class MatrixDrawing
{
    private const double MostName = 96;
    private const int MostNumbered = 12, MostNamed = 30; // classes whose counts, and whose names, still have room
    private const double Dark = 0.55; // the share from which a count is written in the page's colour

    public static Drawing Of(MatrixFigure figure)
    {
        var drawing = new Drawing(figure.Title);
        var classes = figure.Classes.Count;
        var isNamed = classes <= MostNamed;
        var names = isNamed ? Math.Min(MostName, figure.Classes.Max(Drawing.WidthOf)) : 0;
        var left = 26 + names;
        var side = (Drawing.Width - left - 8) / classes;
        var (top, bottom) = (drawing.Height + 2, drawing.Height + 2 + side * classes);
        drawing.Path($"M{Numbers.Length(left)} {Numbers.Length(top)}h{Numbers.Length(side * classes)}v{Numbers.Length(side * classes)}h{Numbers.Length(-side * classes)}z", "axis");
        drawing.Body.Open("g", ("class", "cells"));
        for (var truth = 0; truth < classes; truth++)
        {
            var all = figure.Counts[truth].Sum();
            for (var predicted = 0; predicted < classes; predicted++)
            {
                if (figure.Counts[truth][predicted] is > 0 and var count)
                    Draw(drawing, $"true {figure.Classes[truth]}, predicted {figure.Classes[predicted]}: {Numbers.Whole(count)} of {Numbers.Whole(all)}",
                        count, (double)count / all, left + predicted * side, top + truth * side, side, classes <= MostNumbered);
            }
        }
        drawing.Body.Close();
        Names(drawing, figure, isNamed ? names : 0, left, top, side);
        var (middle, beneath) = ((top + bottom) / 2, bottom + BelowNames(figure, names, side) + 16);
        drawing.Text("true", 12, middle, "name", "middle", $"rotate(-90 12 {Numbers.Length(middle)})");
        drawing.Text("predicted", (left + Drawing.Width) / 2, beneath, "name", "middle");
        drawing.Height = beneath + 10;
        return drawing;
    }

    private static void Draw(Drawing drawing, string told, long count, double share, double x, double y, double side, bool isNumbered)
    {
        // Square roots, so that a few rows in the wrong place are seen.
        var opacity = (0.06 + 0.94 * Math.Sqrt(share)).ToString("0.##", CultureInfo.InvariantCulture);
        drawing.Body.Open("rect", ("x", Numbers.Length(x)), ("y", Numbers.Length(y)), ("width", Numbers.Length(side)), ("height", Numbers.Length(side)), ("fill-opacity", opacity))
            .Leaf("title", told).Close();
        if (isNumbered)
            drawing.Text($"{count}", x + side / 2, y + side / 2 + 4, Math.Sqrt(share) > Dark ? "count on" : "count", "middle");
    }

    private static void Names(Drawing drawing, MatrixFigure figure, double names, double left, double top, double side)
    {
        if (names == 0)
            return;
        for (var label = 0; label < figure.Classes.Count; label++)
        {
            var (name, at, below) = (Drawing.Fitted(figure.Classes[label], names), (label + 0.5) * side, top + figure.Classes.Count * side);
            drawing.Text(name, left - 5, top + at + 4, anchor: "end");
            if (IsTurned(names, side))
                drawing.Text(name, left + at + 4, below + 6, anchor: "end", transform: $"rotate(-90 {Numbers.Length(left + at + 4)} {Numbers.Length(below + 6)})");
            else
                drawing.Text(name, left + at, below + 15, anchor: "middle");
        }
    }

    private static double BelowNames(MatrixFigure figure, double names, double side) => figure.Classes.Count > MostNamed ? 0 : IsTurned(names, side) ? names + 8 : 16;

    private static bool IsTurned(double names, double side) => names > side;
}
