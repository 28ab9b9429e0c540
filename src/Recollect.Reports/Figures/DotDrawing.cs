namespace Recollect.Reports.Figures;

/// <summary>Draws a <see cref="DotFigure"/>: a row a method, our number as a filled marker with its spread, the paper's as a hollow one.</summary>
/// <remarks>A name goes over as many lines as <see cref="MostLines"/>; what is more is cut, and told by the row's markers.</remarks>
internal static class DotDrawing
{
    private const double LineHeight = 14, Between = 12, MostName = 175;
    private const int MostLines = 4;
    private const int OursStyle = 0, PaperStyle = 3, FirstLevelStyle = 4;

    public static Drawing Of(DotFigure figure)
    {
        var drawing = new Drawing(figure.Title);
        var names = figure.Rows.Select(row => Drawing.Wrapped(row.Name, MostName, MostLines)).ToList();
        var (top, bottom) = (drawing.Height + 4, drawing.Height + 4 + names.Sum(HeightOf));
        var left = 12 + names.SelectMany(lines => lines).Select(Drawing.WidthOf).DefaultIfEmpty().Max();
        const double right = Drawing.Width - 14;
        var values = figure.Rows.SelectMany(row => new[] { row.Ours, row.Ours - row.Deviation, row.Ours + row.Deviation, row.Paper })
            .Concat(figure.Levels.Select(level => (double?)level.Value)).Where(value => value is not null).Select(value => value!.Value);
        var x = Scale.Over(values, figure.X.Logarithmic, wide: true, left + 8, right - 4);
        drawing.AxisAcross(x, figure.X.Title, left, right, top, bottom);
        for (var i = 0; i < figure.Levels.Count; i++)
        {
            var level = figure.Levels[i];
            drawing.Body.Open("g", ("class", $"level {SeriesStyle.Classes(FirstLevelStyle + i, level.IsPublished)}"));
            drawing.Path($"M{Numbers.Length(x.At(level.Value))} {Numbers.Length(top)}V{Numbers.Length(bottom)}", "line", $"{level.Name}: {Numbers.Short(level.Value)}");
            drawing.Body.Close();
        }
        var y = top;
        for (var i = 0; i < figure.Rows.Count; y += HeightOf(names[i++]))
            Draw(drawing, figure.Rows[i], names[i], left, y + HeightOf(names[i]) / 2, x);
        drawing.Legend([
            new LegendEntry(figure.HasPaper ? "ours, ± one standard deviation" : "mean, ± one standard deviation", OursStyle, false, HasLine: false),
            .. figure.HasPaper ? [new LegendEntry("the paper's", PaperStyle, true, HasLine: false)] : Array.Empty<LegendEntry>(),
            .. figure.Levels.Select((level, i) => new LegendEntry(level.Name, FirstLevelStyle + i, level.IsPublished, HasMarker: false)),
        ]);
        return drawing;
    }

    private static double HeightOf(IReadOnlyList<string> lines) => LineHeight * lines.Count + Between;

    private static void Draw(Drawing drawing, DotRow row, IReadOnlyList<string> name, double left, double y, Scale x)
    {
        for (var line = 0; line < name.Count; line++)
            drawing.Text(name[line], left - 8, y + 4 + LineHeight * (line - (name.Count - 1) / 2.0), anchor: "end");
        if (row.Paper is { } paper)
        {
            drawing.Body.Open("g", ("class", $"series {SeriesStyle.Classes(PaperStyle, true)}"));
            drawing.Path(SeriesStyle.Marker(PaperStyle, x.At(paper), y, 4.4), "mark", $"{row.Name}, the paper's: {Numbers.Short(paper)}");
            drawing.Body.Close();
        }
        if (row.Ours is not { } ours || !double.IsFinite(ours))
            return;
        drawing.Body.Open("g", ("class", $"series {SeriesStyle.Classes(OursStyle, false)}"));
        if (row.Deviation is > 0 and var deviation)
            drawing.Path($"M{Numbers.Length(x.At(ours - deviation))} {Numbers.Length(y)}H{Numbers.Length(x.At(ours + deviation))}", "whisker");
        drawing.Path(SeriesStyle.Marker(OursStyle, x.At(ours), y, 4.4), "mark", $"{row.Name}, ours: {Numbers.Short(ours)}{(row.Deviation is { } sd ? $" ± {Numbers.Short(sd)}" : "")}");
        drawing.Body.Close();
    }
}
