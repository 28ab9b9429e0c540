using System.Globalization;

namespace Recollect.Reports.Figures;

/// <summary>Draws a <see cref="MatrixFigure"/>: the darker a cell, the larger its share of the true class.</summary>
internal static class MatrixDrawing
{
    /// <summary>Classes whose names still have room.</summary>
    public const int MostNamed = 30;

    private const double MostName = 96;
    private const int MostNumbered = 12; // classes whose counts still have room
    // The opacities from which a count is written the other way around: black on a dark page, white on a light one.
    // On either side its contrast with the cell is at least 4.5 (WCAG 2.2, 1.4.3).
    private const double TurnsOnDark = 0.65, TurnsOnLight = 0.93;

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
        List<MatrixCell> cells = [.. CellsOf(figure)];
        drawing.Body.Open("g", ("class", "cells"));
        if (isNamed)
        {
            foreach (var cell in cells)
                Draw(drawing, figure, cell, left, top, side);
        }
        else
        {
            DrawSmall(drawing, cells, left, top, side);
        }
        drawing.Body.Close();
        Names(drawing, figure, isNamed ? names : 0, left, top, side);
        var (middle, beneath) = ((top + bottom) / 2, bottom + BelowNames(figure, names, side) + 16);
        drawing.Text("true", 12, middle, "name", "middle", $"rotate(-90 12 {Numbers.Length(middle)})");
        drawing.Text("predicted", (left + Drawing.Width) / 2, beneath, "name", "middle");
        drawing.Height = beneath + 10;
        return drawing;
    }

    private static IEnumerable<MatrixCell> CellsOf(MatrixFigure figure)
    {
        for (var truth = 0; truth < figure.Classes.Count; truth++)
        {
            var all = figure.Counts[truth].Sum();
            for (var predicted = 0; predicted < figure.Classes.Count; predicted++)
            {
                if (figure.Counts[truth][predicted] is > 0 and var count)
                    yield return new MatrixCell(truth, predicted, count, all);
            }
        }
    }

    private static void Draw(Drawing drawing, MatrixFigure figure, MatrixCell cell, double left, double top, double side)
    {
        var (x, y, extent) = (left + cell.Predicted * side, top + cell.Truth * side, Numbers.Length(side));
        drawing.Body.Open("rect", ("x", Numbers.Length(x)), ("y", Numbers.Length(y)), ("width", extent), ("height", extent), ("fill-opacity", Written(cell.Opacity)))
            .Leaf("title", $"true {figure.Classes[cell.Truth]}, predicted {figure.Classes[cell.Predicted]}: {Numbers.Whole(cell.Count)} of {Numbers.Whole(cell.All)}").Close();
        if (figure.Classes.Count <= MostNumbered)
            drawing.Text($"{cell.Count}", x + side / 2, y + side / 2 + 4, cell.Opacity >= TurnsOnLight ? "count on" : cell.Opacity >= TurnsOnDark ? "count mid" : "count", "middle");
    }

    // Cells too small to be pointed at: those of one colour are one path, or the page would have megabytes of them.
    private static void DrawSmall(Drawing drawing, IEnumerable<MatrixCell> cells, double left, double top, double side)
    {
        var extent = Numbers.Length(side);
        foreach (var equal in cells.GroupBy(cell => cell.Opacity))
        {
            drawing.Body.Empty("path", ("fill-opacity", Written(equal.Key)),
                ("d", string.Concat(equal.Select(cell => $"M{Numbers.Length(left + cell.Predicted * side)} {Numbers.Length(top + cell.Truth * side)}h{extent}v{extent}h-{extent}z"))));
        }
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

    private static string Written(double opacity) => opacity.ToString("0.##", CultureInfo.InvariantCulture);

    private readonly record struct MatrixCell(int Truth, int Predicted, long Count, long All)
    {
        // By the square root of the share, so that a few rows in the wrong place are seen.
        public double Opacity => Math.Round(0.06 + 0.94 * Math.Sqrt((double)Count / All), 2);
    }
}
