using System.Text;
using Recollect.Reports.Reading;
using Recollect.Runs;

namespace Recollect.Reports.Figures;

/// <summary>
/// Draws a <see cref="MemoryFigure"/>: the image, and for each anchor the image paled, with what the decoder says in place of the stretch that it was asked for. A frame
/// marks the stretch, a ring the last step that the state had read.
/// </summary>
internal static class MemoryDrawing
{
    private const double Gap = 8, Label = 16, Margin = 5;
    private const int MostAnchors = 8;

    public static Drawing Of(MemoryFigure figure)
    {
        var (drawing, probe) = (new Drawing(figure.Title), figure.Probe);
        var anchors = Math.Clamp(figure.Loss.Rows.Select(row => row.Anchors.Count).DefaultIfEmpty().Max(), 1, MostAnchors);
        var side = (Drawing.Width - 2 * Margin - Gap * anchors) / (anchors + 1);
        var height = side * probe.Height / probe.Width;
        var y = drawing.Height;
        foreach (var row in figure.Loss.Rows)
        {
            Tile(drawing, probe, [.. row.Image.Select(level => (byte)level)], Margin, y, side, height, $"class {row.Label}");
            var x = Margin;
            foreach (var anchor in row.Anchors.Take(anchors))
            {
                x += side + Gap;
                Tile(drawing, probe, Composed(probe, row, anchor), x, y, side, height, $"after {anchor.Anchor}");
                Marks(drawing, probe, anchor, x, y, side / probe.Width);
            }
            y += height + Label + 6;
        }
        drawing.Height = y + 2;
        drawing.Body.Open("g", ("class", "c1 d0"));
        drawing.Path(Rectangle(2, y + 2, 22, 9), "stretch");
        drawing.Text("what the decoder was asked for, and says", 30, y + 11);
        drawing.Path(SeriesStyle.Marker(0, 13, y + 26, 4), "anchor");
        drawing.Text("the last step that the state had read", 30, y + 30);
        drawing.Body.Close();
        drawing.Height = y + 38;
        return drawing;
    }

    private static void Tile(Drawing drawing, MemoryProbe probe, byte[] levels, double x, double y, double width, double height, string label)
    {
        // PNG knows one level or three here; of two the first is shown, of four the first three.
        var channels = probe.Channels >= 3 ? 3 : 1;
        var shown = channels == probe.Channels ? levels : [.. levels.Where((_, i) => i % probe.Channels < channels)];
        var png = PngImage.Encode(probe.Width, probe.Height, channels, shown);
        drawing.Body.Empty("image", ("class", "pixels"), ("x", Numbers.Length(x)), ("y", Numbers.Length(y)), ("width", Numbers.Length(width)), ("height", Numbers.Length(height)),
            ("preserveAspectRatio", "none"), ("href", "data:image/png;base64," + Convert.ToBase64String(png)));
        drawing.Path(Rectangle(x, y, width, height), "axis");
        drawing.Text(label, x + width / 2, y + height + 13, anchor: "middle");
    }

    private static byte[] Composed(MemoryProbe probe, MemoryRow row, MemoryAnchor anchor)
    {
        // Towards middle grey, which is neither of the page's colours.
        var levels = row.Image.Select(level => (byte)(96 + level / 4)).ToArray();
        for (var i = 0; i < anchor.Decoded.Count; i++)
        {
            var (step, component) = Math.DivRem(i, probe.StepLevels());
            levels[probe.PlaceOf(anchor.Start + step) + component] = (byte)anchor.Decoded[i];
        }
        return levels;
    }

    private static void Marks(Drawing drawing, MemoryProbe probe, MemoryAnchor anchor, double x, double y, double pixel)
    {
        var asked = new bool[probe.Height * probe.Width];
        for (var step = 0; step < anchor.Decoded.Count / probe.StepLevels(); step++)
            asked[probe.PlaceOf(anchor.Start + step) / probe.Channels] = true;
        drawing.Body.Open("g", ("class", "c1 d0"));
        drawing.Path(Outline(asked, probe.Width, x, y, pixel), "stretch");
        if (anchor.Anchor > 0)
        {
            var (row, column) = Math.DivRem(probe.PlaceOf(anchor.Anchor - 1) / probe.Channels, probe.Width);
            drawing.Path(SeriesStyle.Marker(0, x + (column + 0.5) * pixel, y + (row + 0.5) * pixel, 4), "anchor", $"anchor: the state after {anchor.Anchor} steps");
        }
        drawing.Body.Close();
    }

    // The edges between pixels that were asked for and those that were not; edges in a line are one stroke.
    private static string Outline(bool[] asked, int width, double x, double y, double pixel)
    {
        var (path, height) = (new StringBuilder(), asked.Length / width);
        bool At(int row, int column) => row >= 0 && row < height && column >= 0 && column < width && asked[row * width + column];
        void Stroke(bool across, int line, int from, int to)
        {
            var (x1, y1, length) = across ? (from, line, to - from) : (line, from, to - from);
            path.Append('M').Append(Numbers.Length(x + x1 * pixel)).Append(' ').Append(Numbers.Length(y + y1 * pixel)).Append(across ? 'h' : 'v').Append(Numbers.Length(length * pixel));
        }
        void Edges(bool across, int lines, int places)
        {
            for (var line = 0; line <= lines; line++)
            {
                var from = -1;
                for (var place = 0; place <= places; place++)
                {
                    var isEdge = place < places && (across ? At(line - 1, place) != At(line, place) : At(place, line - 1) != At(place, line));
                    if (isEdge && from < 0)
                        from = place;
                    if (!isEdge && from >= 0)
                    {
                        Stroke(across, line, from, place);
                        from = -1;
                    }
                }
            }
        }
        Edges(across: true, height, width);
        Edges(across: false, width, height);
        return path.ToString();
    }

    private static string Rectangle(double x, double y, double width, double height) =>
        $"M{Numbers.Length(x)} {Numbers.Length(y)}h{Numbers.Length(width)}v{Numbers.Length(height)}h{Numbers.Length(-width)}z";
}
