using System.Text;

namespace Recollect.Reports.Figures;

/// <summary>Draws a <see cref="LineFigure"/>: bands or whiskers of one standard deviation, lines, markers.</summary>
internal static class LineDrawing
{
    private const double PlotHeight = 230;
    private const int MostPoints = 400; // a figure has no more pixels across
    private const int Few = 14; // points that each get a marker and whiskers; more get a band, and markers here and there

    public static Drawing Of(LineFigure figure)
    {
        var drawing = new Drawing(figure.Title);
        var series = figure.Series.Select(one => one with { Points = Thinned(one.Points) }).ToList();
        var (top, bottom) = (drawing.Height + 6, drawing.Height + 6 + PlotHeight);
        var heights = series.SelectMany(one => one.Points).SelectMany(point => new[] { point.Y, point.Y - (point.Deviation ?? 0), point.Y + (point.Deviation ?? 0) });
        var y = Scale.Over(heights.Concat(figure.Levels.Select(level => level.Value)), figure.Y.Logarithmic, wide: true, bottom, top);
        var left = 24 + y.Ticks.Max(tick => Drawing.WidthOf(y.Label(tick)));
        const double right = Drawing.Width - 14;
        var x = Scale.Over(series.SelectMany(one => one.Points).Select(point => point.X), figure.X.Logarithmic, wide: false, left + 6, right - 4);

        foreach (var tick in y.Ticks)
        {
            drawing.Line(left, y.At(tick), right, y.At(tick), "grid");
            drawing.Text(y.Label(tick), left - 6, y.At(tick) + 4, anchor: "end");
        }
        var middle = (top + bottom) / 2;
        drawing.Text(figure.Y.Title, 12, middle, "name", "middle", $"rotate(-90 12 {Numbers.Length(middle)})");
        drawing.AxisAcross(x, figure.X.Title, left, right, top, bottom);
        foreach (var level in figure.Levels)
        {
            drawing.Body.Open("g", ("class", $"level {SeriesStyle.Classes(level.Style, level.IsPublished)}"));
            drawing.Path($"M{Numbers.Length(left)} {Numbers.Length(y.At(level.Value))}H{Numbers.Length(right)}", "line", $"{level.Name}: {Numbers.Short(level.Value)}");
            drawing.Body.Close();
        }
        for (var i = 0; i < series.Count; i++)
            Draw(drawing, series[i], $"{i}", x, y);
        drawing.Legend([
            .. series.Select((one, i) => new LegendEntry(one.Name, one.Style, one.IsPublished, $"{i}")),
            .. figure.Levels.Select(level => new LegendEntry(level.Name, level.Style, level.IsPublished, HasMarker: false)),
        ]);
        return drawing;
    }

    private static void Draw(Drawing drawing, Series series, string key, Scale x, Scale y)
    {
        // Parts between which a number is missing or cannot be shown.
        var parts = new List<List<ChartPoint>> { new() };
        foreach (var point in series.Points)
        {
            if (double.IsFinite(x.At(point.X)) && double.IsFinite(y.At(point.Y)))
                parts[^1].Add(point);
            else if (parts[^1].Count > 0)
                parts.Add([]);
        }
        var shown = parts.SelectMany(part => part).ToList();
        var few = shown.Count <= Few;
        drawing.Body.Open("g", ("class", $"series {SeriesStyle.Classes(series.Style, series.IsPublished)}"), ("data-series", key)).Leaf("title", series.Name);
        foreach (var part in parts.Where(part => part.Count > 1))
        {
            if (!few && part.Any(point => point.Deviation > 0))
                drawing.Path(Band(part, x, y), "band");
            drawing.Path(Joined(part.Select(point => (x.At(point.X), y.At(point.Y)))), "line");
        }
        foreach (var point in few ? shown : [])
            Mark(drawing, series, point, x.At(point.X), y);
        if (!few)
            drawing.Path(string.Concat(HereAndThere(shown, series.Style).Select(point => SeriesStyle.Marker(series.Style, x.At(point.X), y.At(point.Y)))), "mark");
        drawing.Body.Close();
    }

    private static void Mark(Drawing drawing, Series series, ChartPoint point, double across, Scale y)
    {
        if (point.Deviation is > 0 and var deviation && double.IsFinite(y.At(point.Y - deviation)))
            drawing.Path($"M{Numbers.Length(across)} {Numbers.Length(y.At(point.Y - deviation))}V{Numbers.Length(y.At(point.Y + deviation))}", "whisker");
        var spread = point.Deviation is { } sd ? $" ± {Numbers.Short(sd)}" : "";
        drawing.Path(SeriesStyle.Marker(series.Style, across, y.At(point.Y)), "mark", $"{series.Name}: {Numbers.Short(point.Y)}{spread} at {Numbers.Short(point.X)}");
    }

    private static string Joined(IEnumerable<(double X, double Y)> points)
    {
        var path = new StringBuilder();
        foreach (var (x, y) in points)
            path.Append(path.Length == 0 ? 'M' : 'L').Append(Numbers.Length(x)).Append(' ').Append(Numbers.Length(y));
        return path.ToString();
    }

    // There along the upper edge, and back along the lower one; where logarithms have no lower edge, along the line.
    private static string Band(List<ChartPoint> part, Scale x, Scale y)
    {
        double Low(ChartPoint point) => y.At(point.Y - (point.Deviation ?? 0)) is var low && double.IsFinite(low) ? low : y.At(point.Y);
        var upper = part.Select(point => (x.At(point.X), y.At(point.Y + (point.Deviation ?? 0))));
        return Joined(upper.Concat(part.AsEnumerable().Reverse().Select(point => (x.At(point.X), Low(point))))) + "z";
    }

    // Six of them, set off from series to series so that they do not cover each other.
    private static IEnumerable<ChartPoint> HereAndThere(List<ChartPoint> shown, int style)
    {
        const int Marks = 6;
        var every = Math.Max(1, shown.Count / Marks);
        for (var i = style * every / Marks % every; i < shown.Count; i += every)
            yield return shown[i];
    }

    private static IReadOnlyList<ChartPoint> Thinned(IReadOnlyList<ChartPoint> points)
    {
        if (points.Count <= MostPoints)
            return points;
        var every = (points.Count + MostPoints - 1) / MostPoints;
        return [.. points.Where((_, i) => i % every == 0 || i == points.Count - 1)];
    }
}
