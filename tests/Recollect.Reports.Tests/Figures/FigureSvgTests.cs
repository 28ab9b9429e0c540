using System.Globalization;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Recollect.Reports.Figures;
using Recollect.Reports.Pages;
using Recollect.Runs;

namespace Recollect.Tests.Reports.Figures;

public partial class FigureSvgTests
{
    private const string Wild = "<i>&\"'</i>";
    private static readonly XNamespace Svg = "http://www.w3.org/2000/svg";

    private static readonly Series Line = new("a", 0, [new(0, 10, 2), new(1, 20), new(2, double.NaN), new(3, 40), new(4, 30)]);

    public static TheoryData<string> Kinds => ["line", "dots", "matrix", "memory"];

    private static Figure Of(string kind) => kind switch
    {
        "line" => new LineFigure("f", Wild, new Axis(Wild), new Axis(Wild, true), [Line with { Name = Wild }, new Series(Wild, 9, [new(1, 5)], true)], [new Level(Wild, 3, 2, true)]),
        "dots" => new DotFigure("f", Wild, new Axis(Wild), [new DotRow(Wild, 5, 1, 7), new DotRow("b", null, null, 3), new DotRow("c", 4, null, null)], [new Level(Wild, 2, 0, false)]),
        "matrix" => new MatrixFigure("f", Wild, [Wild, "b"], [[3, 0], [1, 2]]),
        _ => new MemoryFigure("f", Wild, new MemoryProbe { Format = 1, Height = 1, Width = 2, Channels = 3, Components = 3, Losses = [] },
            new MemoryLoss(0, Wild, [new MemoryRow(0, Wild, [1, 2, 3, 4, 5, 6], [new MemoryAnchor(1, 1, [9, 9, 9])])])),
    };

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Every_figure_is_whole_XML_in_which_names_are_text(string kind)
    {
        var file = FigureSvg.ToFile(Of(kind));
        var root = XDocument.Parse(file).Root!;
        Assert.Equal(Svg + "svg", root.Name);
        Assert.Equal(Wild, root.Element(Svg + "title")!.Value);
        Assert.NotEmpty(root.Element(Svg + "desc")!.Value);
        Assert.DoesNotContain(root.Descendants(), element => element.Name.LocalName == "i");
        Assert.DoesNotContain("NaN", file);
        Assert.DoesNotContain("Infinity", file);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_figure_has_a_role_and_is_named_and_described_by_its_own_words(string kind)
    {
        var root = XElement.Parse(FigureSvg.ToElement(Of(kind)));
        Assert.Equal("img", (string?)root.Attribute("role"));
        Assert.Contains(root.Descendants(Svg + "title"), title => (string?)title.Attribute("id") == (string?)root.Attribute("aria-labelledby"));
        Assert.Contains(root.Descendants(Svg + "desc"), desc => (string?)desc.Attribute("id") == (string?)root.Attribute("aria-describedby"));
    }

    /// <summary>Names of runs differ at their ends: 1×98 and 14×7 would be one name if they were cut.</summary>
    [Theory]
    [InlineData("mnist14-r-lstm+bptt.supervised=1+auxiliary.0.segments=14+auxiliary.0.length=7+training.joint=false", "+")]
    [InlineData("mnist14-r-lstm-of-a-name-that-has-no-place-to-break-it-and-is-longer-than-any-line-that-a-figure-has-room-for", "")]
    [InlineData("words that are many enough for a title of several lines, and for a legend that needs more than one of them too, sum of 3 runs", "")]
    public void A_long_name_is_told_whole_in_the_title_and_in_the_legend(string name, string joint)
    {
        var figure = new LineFigure("f", name, new Axis("x"), new Axis("y"), [Line, Line with { Name = name }, Line with { Name = "b" }], []);
        var root = XElement.Parse(FigureSvg.ToElement(figure));
        var title = root.Descendants(Svg + "text").Where(text => (string?)text.Attribute("class") == "title").Select(text => text.Value).ToList();
        var keys = root.Descendants(Svg + "g").Where(group => ((string?)group.Attribute("class"))!.StartsWith("key", StringComparison.Ordinal)).Select(key => key.Elements(Svg + "text").ToList()).ToList();
        var legend = keys[1].Select(text => text.Value).ToList();
        foreach (var lines in new[] { title, legend })
        {
            Assert.Equal(name.Replace(" ", ""), string.Concat(lines).Replace(" ", ""));
            Assert.All(lines.Skip(1), line => Assert.StartsWith(joint, line));
            Assert.InRange(lines.Count, 2, 4);
        }
        Assert.All(legend, line => Assert.InRange(Drawing.WidthOf(line), 1, Drawing.Width));
        double[] down = [.. keys.SelectMany(key => key).Select(text => double.Parse((string)text.Attribute("y")!, CultureInfo.InvariantCulture))];
        Assert.Equal(down.Distinct(), down); // the names before and after have lines of their own
        Assert.True(down[^1] < double.Parse(((string)root.Attribute("viewBox")!).Split(' ')[3], CultureInfo.InvariantCulture));
    }

    [Fact]
    public void Higher_numbers_lie_higher_and_a_missing_one_breaks_the_line()
    {
        var figure = new LineFigure("f", "t", new Axis("x"), new Axis("y"), [Line], []);
        var series = XElement.Parse(FigureSvg.ToElement(figure)).Descendants(Svg + "g").First(group => ((string?)group.Attribute("class"))!.StartsWith("series", StringComparison.Ordinal));
        var lines = series.Elements(Svg + "path").Where(path => (string?)path.Attribute("class") == "line").Select(path => Points((string)path.Attribute("d")!)).ToList();
        Assert.Equal([2, 2], lines.Select(line => line.Count));
        var (ten, twenty, forty, thirty) = (lines[0][0], lines[0][1], lines[1][0], lines[1][1]);
        Assert.True(ten.Y > twenty.Y && twenty.Y > thirty.Y && thirty.Y > forty.Y);
        Assert.Equal(twenty.Y - ten.Y, forty.Y - thirty.Y, 0.3);
        Assert.Equal(3 * (twenty.X - ten.X), forty.X - ten.X, 0.3);
        Assert.Single(series.Elements(Svg + "path"), path => (string?)path.Attribute("class") == "whisker");
        Assert.Equal(["a: 10 ± 2 at 0", "a: 20 at 1", "a: 40 at 3", "a: 30 at 4"], series.Elements(Svg + "path").Elements(Svg + "title").Select(title => title.Value));
    }

    [Fact]
    public void Many_points_become_a_band_and_a_line_no_longer_than_can_be_seen()
    {
        var many = new Series("a", 0, [.. Enumerable.Range(0, 100_000).Select(x => new ChartPoint(x, x % 7, 1))]);
        var svg = FigureSvg.ToElement(new LineFigure("f", "t", new Axis("x"), new Axis("y"), [many], []));
        Assert.True(svg.Length < 40_000, $"{svg.Length} characters");
        Assert.Contains("class=\"band\"", svg);
    }

    [Fact]
    public void Twenty_eight_series_differ_by_colour_or_dash() =>
        Assert.Equal(28, Enumerable.Range(0, 40).Select(style => SeriesStyle.Classes(style, false)).Distinct().Count());

    [Fact]
    public void The_first_six_series_have_markers_of_their_own() => Assert.Equal(6, Enumerable.Range(0, 6).Select(style => SeriesStyle.Marker(style, 10, 10)).Distinct().Count());

    /// <summary>The paper's StanfordDogs have 120 classes, and a page the matrices of many groups.</summary>
    [Fact]
    public void A_matrix_of_many_classes_takes_little_and_leaves_out_no_cell()
    {
        const int Classes = 120;
        var figure = new MatrixFigure("f", "t", [.. Enumerable.Range(0, Classes).Select(label => $"a breed of dogs {label}")], [.. Enumerable.Range(0, Classes).Select(truth =>
            (IReadOnlyList<long>)[.. Enumerable.Range(0, Classes).Select(predicted => 1L + (truth * 7 + predicted * 3) % 50)])]);
        var svg = FigureSvg.ToElement(figure);
        Assert.True(svg.Length < 500_000, $"{svg.Length} characters");
        var drawn = XElement.Parse(svg).Descendants(Svg + "g").Single(group => (string?)group.Attribute("class") == "cells").Elements(Svg + "path").Select(path => (string)path.Attribute("d")!);
        Assert.Equal(Classes * Classes, drawn.SelectMany(path => path.Split('M', StringSplitOptions.RemoveEmptyEntries)).Distinct().Count());
    }

    [Fact]
    public void A_cell_is_the_darker_the_larger_its_share_of_the_true_class()
    {
        var cells = XElement.Parse(FigureSvg.ToElement(Of("matrix"))).Descendants(Svg + "rect").ToDictionary(
            cell => cell.Element(Svg + "title")!.Value, cell => double.Parse(cell.Attribute("fill-opacity")!.Value, CultureInfo.InvariantCulture));
        Assert.Equal([$"true {Wild}, predicted {Wild}: 3 of 3", $"true b, predicted {Wild}: 1 of 3", "true b, predicted b: 2 of 3"], cells.Keys);
        Assert.Equal(1, cells.Values.First());
        Assert.True(cells.Values.ElementAt(1) < cells.Values.ElementAt(2));
    }

    /// <summary>By WCAG's formula, over the colours of the pages' styles and what a cell lets through of a white and of a dark page.</summary>
    [Fact]
    public void A_count_is_readable_on_its_cell_whatever_its_share_on_a_light_and_on_a_dark_page()
    {
        var (light, dark) = (FigureSvg.Style, Asset.Read("report.css").Split("(prefers-color-scheme: dark)")[1]);
        foreach (var (style, page) in new[] { (light, "#ffffff"), (light + dark, "#141414") })
        {
            var ink = Levels(Colour(style, "color", ".chart .cells"));
            foreach (var share in Enumerable.Range(1, 100))
            {
                var figure = new MatrixFigure("f", "t", ["a", "b"], [[share, 100 - share], [100 - share, share]]);
                foreach (var cell in XElement.Parse(FigureSvg.ToElement(figure)).Descendants(Svg + "rect"))
                {
                    var opacity = Number(cell, "fill-opacity");
                    double[] shown = [.. ink.Zip(Levels(page), (over, under) => opacity * over + (1 - opacity) * under)];
                    var classes = (string)((XElement)cell.NextNode!).Attribute("class")!;
                    var fill = Colour(style, "fill", [.. classes.Split(' ').Select(name => $".chart text.{name}")]);
                    Assert.True(Contrast(shown, Levels(fill)) >= 4.5, $"{classes}: {fill} at {opacity} over {page}: {Contrast(shown, Levels(fill))}");
                }
            }
        }
    }

    [Fact]
    public void The_frame_goes_around_what_was_decoded_and_nothing_else()
    {
        var probe = new MemoryProbe { Format = 1, Height = 2, Width = 2, Channels = 1, Losses = [] };
        var figure = new MemoryFigure("f", "t", probe, new MemoryLoss(0, "reconstruction", [new MemoryRow(0, "1", [0, 0, 0, 0], [new MemoryAnchor(4, 2, [255, 255])])]));
        var root = XElement.Parse(FigureSvg.ToElement(figure));
        var image = root.Descendants(Svg + "image").Last();
        var (x, y, side) = (Number(image, "x"), Number(image, "y"), Number(image, "width"));
        // The lower row: one stroke above it, one below, one at each end.
        var strokes = Strokes().Matches((string)root.Descendants(Svg + "path").First(path => (string?)path.Attribute("class") == "stretch").Attribute("d")!).Select(stroke => stroke.Value).ToList();
        Assert.Equal(4, strokes.Count);
        Assert.Contains($"M{Length(x)} {Length(y + side / 2)}h{Length(side)}", strokes);
        Assert.Contains($"M{Length(x)} {Length(y + side)}h{Length(side)}", strokes);
        Assert.Contains($"M{Length(x)} {Length(y + side / 2)}v{Length(side / 2)}", strokes);
        Assert.Contains("the state after 4 steps", root.Value);
    }

    [Fact]
    public void A_long_name_goes_over_lines_and_is_shown_whole_and_what_is_endless_is_cut()
    {
        const string Long = "without forward reconstruction (reversed instead)";
        var figure = new DotFigure("f", "t", new Axis("x"), [new DotRow(Long, 5, 1, 7), new DotRow("short", 4, 1, 3), new DotRow(string.Join(' ', Enumerable.Repeat("endless", 99)), 4, 1, 3)], []);
        var root = XElement.Parse(FigureSvg.ToElement(figure));
        var names = root.Elements(Svg + "text").Where(text => (string?)text.Attribute("text-anchor") == "end").ToList();
        Assert.Equal(["without forward", "reconstruction (reversed", "instead)", "short", "endless endless endless", "endless endless endless", "endless endless endless", "endless endless endless…"], names.Select(name => name.Value));
        Assert.All(names.Zip(names.Skip(1)), pair => Assert.InRange(Number(pair.Second, "y") - Number(pair.First, "y"), 14, 60));
        Assert.True(names.Max(name => Number(name, "y")) < root.Descendants(Svg + "path").Where(path => (string?)path.Attribute("class") == "axis").Max(axis => Points((string)axis.Attribute("d")!)[0].Y));
        Assert.Contains($"{Long}, ours: 5 ± 1", root.Descendants(Svg + "title").Select(title => title.Value));
    }

    // What the last of the rules for any of the selectors says: those that are asked for weigh the same.
    private static string Colour(string style, string property, params string[] selectors) => Rules().Matches(style)
        .Where(rule => rule.Groups[1].Value.Split(',').Any(selector => selectors.Contains(selector.Trim())))
        .SelectMany(rule => rule.Groups[2].Value.Split(';')).Select(part => part.Split(':')).Last(part => part[0].Trim() == property)[1].Trim();

    // Red, green and blue of #rgb or #rrggbb.
    private static double[] Levels(string colour)
    {
        var digits = colour.Length == 4 ? string.Concat(colour[1..].Select(digit => $"{digit}{digit}")) : colour[1..];
        return [.. Convert.FromHexString(digits).Select(level => (double)level)];
    }

    private static double Contrast(double[] one, double[] other)
    {
        static double Linear(double share) => share <= 0.04045 ? share / 12.92 : Math.Pow((share + 0.055) / 1.055, 2.4);
        static double Luminance(double[] levels) => 0.2126 * Linear(levels[0] / 255) + 0.7152 * Linear(levels[1] / 255) + 0.0722 * Linear(levels[2] / 255);
        var (first, second) = (Luminance(one), Luminance(other));
        return (Math.Max(first, second) + 0.05) / (Math.Min(first, second) + 0.05);
    }

    private static double Number(XElement element, string name) => double.Parse(element.Attribute(name)!.Value, CultureInfo.InvariantCulture);

    private static string Length(double value) => Math.Round(value, 1).ToString(CultureInfo.InvariantCulture);

    private static List<(double X, double Y)> Points(string path) => [.. Pairs().Matches(path).Select(pair =>
        (double.Parse(pair.Groups[1].Value, CultureInfo.InvariantCulture), double.Parse(pair.Groups[2].Value, CultureInfo.InvariantCulture)))];

    [GeneratedRegex(@"([^{}]+)\{([^{}]*)\}")]
    private static partial Regex Rules();

    [GeneratedRegex(@"[ML]([0-9.]+) ([0-9.]+)")]
    private static partial Regex Pairs();

    [GeneratedRegex(@"M[0-9. ]+[hv][0-9.]+")]
    private static partial Regex Strokes();
}
