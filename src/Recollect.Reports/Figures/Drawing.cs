namespace Recollect.Reports.Figures;

/// <summary>An SVG while it is drawn, from above; units are about a pixel on a phone that is 390 wide, and a little more elsewhere.</summary>
internal sealed class Drawing
{
    /// <summary>The width of every figure.</summary>
    public const double Width = 440;

    private const double LetterWidth = 7.2, TitleLetterWidth = 9; // of 12 and 14 units, on the wide side: fonts differ
    private const double TitleLine = 18, LegendLine = 19, LegendMark = 28;

    /// <summary>A drawing with its title.</summary>
    public Drawing(string title)
    {
        foreach (var line in Wrapped(title, (int)(Width / TitleLetterWidth)))
        {
            Height += TitleLine;
            Text(line, 2, Height - 4, "title");
        }
        Height += 8;
    }

    /// <summary>What is drawn.</summary>
    public Markup Body { get; } = new();

    /// <summary>How far down it goes.</summary>
    public double Height { get; set; }

    /// <summary>The width that <paramref name="text"/> takes at most, about.</summary>
    public static double WidthOf(string text) => text.Length * LetterWidth;

    /// <summary><paramref name="text"/>, or its beginning where the whole takes more than <paramref name="width"/>.</summary>
    public static string Fitted(string text, double width) =>
        WidthOf(text) <= width ? text : string.Concat(text.AsSpan(0, Math.Max(1, (int)(width / LetterWidth) - 1)), "…");

    /// <summary><paramref name="text"/> in lines of at most <paramref name="width"/>, broken between words and, where one is longer, before a "+" or anywhere; what takes more than <paramref name="most"/> lines is cut.</summary>
    public static IReadOnlyList<string> Wrapped(string text, double width, int most)
    {
        var lines = Wrapped(text, (int)(width / LetterWidth)).ToList();
        List<string> kept = lines.Count <= most ? lines : [.. lines.Take(most - 1), string.Join(' ', lines.Skip(most - 1))];
        return [.. kept.Select(line => Fitted(line, width))];
    }

    /// <summary>A line of text.</summary>
    public void Text(string text, double x, double y, string? style = null, string? anchor = null, string? transform = null) => Body.Leaf("text", text,
        ("x", Numbers.Length(x)), ("y", Numbers.Length(y)), ("class", style), ("text-anchor", anchor), ("transform", transform));

    /// <summary>A path.</summary>
    public void Path(string path, string style) => Body.Empty("path", ("class", style), ("d", path));

    /// <summary>A path that tells what it is when it is pointed at.</summary>
    public void Path(string path, string style, string told) => Body.Open("path", ("class", style), ("d", path)).Leaf("title", told).Close();

    /// <summary>A straight line.</summary>
    public void Line(double x1, double y1, double x2, double y2, string style) =>
        Path($"M{Numbers.Length(x1)} {Numbers.Length(y1)}L{Numbers.Length(x2)} {Numbers.Length(y2)}", style);

    /// <summary>The axis across at <paramref name="bottom"/>, with its marks, numbers and title, and lines up to <paramref name="top"/>.</summary>
    public void AxisAcross(Scale scale, string title, double left, double right, double top, double bottom)
    {
        var free = double.NegativeInfinity; // where the last number ends
        foreach (var tick in scale.Ticks)
        {
            var (x, label) = (scale.At(tick), scale.Label(tick));
            Line(x, top, x, bottom + 4, "grid");
            if (x - WidthOf(label) / 2 < free)
                continue;
            Text(label, x, bottom + 17, anchor: "middle");
            free = x + WidthOf(label) / 2 + 6;
        }
        Line(left, bottom, right, bottom, "axis");
        Text(title, (left + right) / 2, bottom + 34, "name", "middle");
        Height = bottom + 42;
    }

    /// <summary>The legend, entries flowing over as many lines as they need.</summary>
    public void Legend(IReadOnlyList<LegendEntry> entries)
    {
        var (x, y) = (4.0, Height + 12);
        foreach (var entry in entries)
        {
            var name = Wrapped(entry.Name, (int)((Width - LegendMark - 8) / LetterWidth)).ToList();
            var width = LegendMark + name.Max(WidthOf) + 10;
            if (x > 4 && (x + width > Width || name.Count > 1))
                (x, y) = (4, y + LegendLine);
            Body.Open("g", ("class", $"key {SeriesStyle.Classes(entry.Style, entry.IsPublished)}"), ("data-series", entry.Key));
            if (entry.HasLine)
                Line(x, y - 4, x + LegendMark - 6, y - 4, "line");
            if (entry.HasMarker)
                Path(SeriesStyle.Marker(entry.Style, x + (LegendMark - 6) / 2, y - 4), "mark");
            for (var line = 0; line < name.Count; line++)
                Text(name[line], x + LegendMark, y + line * LegendLine);
            Body.Close();
            (x, y) = (x + width, y + (name.Count - 1) * LegendLine);
        }
        Height = y + 8;
    }

    private static IEnumerable<string> Wrapped(string text, int letters)
    {
        var line = "";
        foreach (var (piece, isWord) in Pieces(text, letters))
        {
            var longer = line.Length == 0 ? piece : isWord ? $"{line} {piece}" : line + piece;
            if (line.Length > 0 && longer.Length > letters)
            {
                yield return line;
                longer = piece;
            }
            line = longer;
        }
        yield return line;
    }

    // Words; of one that is longer than a line, pieces that begin with the "+" by which names of runs join their edits, or are as long as a line.
    private static IEnumerable<(string Text, bool IsWord)> Pieces(string text, int letters)
    {
        foreach (var word in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            for (var (from, to) = (0, 0); from < word.Length; from = to)
            {
                var joint = word.Length - from <= letters ? word.Length : word.LastIndexOf('+', from + letters, letters);
                to = joint > from ? joint : from + letters;
                yield return (word[from..to], from == 0);
            }
        }
    }
}

/// <summary>An entry of a legend.</summary>
/// <param name="Name">What it says.</param>
/// <param name="Style">As of a series.</param>
/// <param name="IsPublished">As of a series.</param>
/// <param name="Key">What binds it to its line, for the page's script; null where nothing is bound.</param>
/// <param name="HasLine">Whether a line is shown.</param>
/// <param name="HasMarker">Whether a marker is shown.</param>
internal readonly record struct LegendEntry(string Name, int Style, bool IsPublished, string? Key = null, bool HasLine = true, bool HasMarker = true);
