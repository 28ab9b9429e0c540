using Recollect.Reports;
using Recollect.Reports.Figures;
using Recollect.Reports.Pages;

namespace Recollect.Tests.Reports;

public sealed class ExhibitTests : OfReports
{
    [Fact]
    public void A_table_shows_ours_the_papers_and_the_difference()
    {
        var report = OfExample();
        var table = Table(report, "exhibit-1-1");
        Assert.Equal(["method", "MNIST", "MNIST: paper", "MNIST: ours less paper"], table.Columns);
        Assert.Equal(["LSTM, truncated 300", "12.5", "11.3", "+1.2"], Texts(table.Rows[0]));
        var dots = Assert.IsType<DotFigure>(report.Figures.First());
        Assert.Equal([new DotRow("LSTM, truncated 300", 12.5, null, 11.3), new DotRow("r-LSTM, truncated 300", null, null, 96.4)], dots.Rows);
        Assert.Equal("chance", Assert.Single(dots.Levels).Name);
    }

    [Fact]
    public void A_curve_shows_points_levels_and_the_papers()
    {
        var report = OfExample();
        Assert.Equal(["300", "70.0", "65.9", "+4.1"], Texts(Assert.Single(Table(report, "exhibit-1-2").Rows)));
        Assert.Equal(["LSTM, full BPTT", "50.0", "58.8", "−8.8"], Texts(Assert.Single(Table(report, "exhibit-1-2", 1).Rows)));
        var figure = report.Figures.OfType<LineFigure>().Single(one => one.Id == "exhibit-1-2-curve");
        Assert.Equal([("r-LSTM", 70.0, false), ("r-LSTM (paper)", 65.9, true)], figure.Series.Select(line => (line.Name, line.Points[0].Y, line.IsPublished)));
        Assert.Equal([("LSTM, full BPTT", 50.0), ("LSTM, full BPTT (paper)", 58.8), ("chance", 10)], figure.Levels.Select(level => (level.Name, level.Value)));
    }

    private void Seeds(string name, params double[] accuracies)
    {
        foreach (var (at, accuracy) in accuracies.Index())
            _runs.Finished($"runs/{name}-s{at + 1}", accuracy, at + 1, name);
    }

    /// <summary>Of r, p, q and n, three seeds each; n's numbers are read off nothing.</summary>
    private void Curve(string scale, string comparisons, string papers = "")
    {
        static string Runs(string name) => $"\"runs\":[\"runs/{name}-s1\",\"runs/{name}-s2\",\"runs/{name}-s3\"]";
        var (r49, r1, p49, p1) = papers.Length == 0 ? ("", "", "", "") : ("\"paper\":65.9,", "\"paper\":46,", "\"paper\":64.7,", "\"paper\":47.5,");
        _runs.Write("exhibits.json", $$"""
            {"format":1,"target":"t","scale":"{{scale}}","exhibits":[{"kind":"curve","title":"C","measure":"test.accuracy","x":"steps","series":[
              {"name":"r","points":[{"x":49,{{r49}}{{Runs("r49")}}},{"x":1,{{r1}}{{Runs("r1")}}}]},{"name":"p","points":[{"x":49,{{p49}}{{Runs("p49")}}},{"x":1,{{p1}}{{Runs("p1")}}}]}],
              "references":[{"name":"full",{{Runs("full")}}}],"comparisons":[{{comparisons}}]}]}
            """);
        Seeds("r49", 0.72, 0.70, 0.75);
        Seeds("p49", 0.60, 0.61, 0.60);
        Seeds("r1", 0.50, 0.40, 0.60);
        Seeds("p1", 0.49, 0.45, 0.55);
    }

    [Fact]
    public void A_curves_points_are_compared_seed_by_seed_wherever_both_have_runs()
    {
        Curve("short", """{"first":"r","second":"p"},{"x":49,"first":"r","second":"r","secondX":1},{"x":49,"first":"p","second":"full"}""");
        var table = Table(Report("."), "exhibit-1-1", 2);
        Assert.Equal("Compared seed by seed: test accuracy, %", table.Caption);
        Assert.Equal(["r, 49", "p, 49", "3", "72.3", "60.3", "+12.0", "+4.5 … +19.5", "apart"], Texts(table.Rows[0])); // 12 ± 4.303 · 3 / √3
        Assert.Equal(["r, 1", "p, 1", "3", "50.0", "49.7", "+0.3", "−12.2 … +12.8", "no effect seen"], Texts(table.Rows[1])); // 1, −5, 5: 1/3 ± 4.303 · 5.033 / √3
        Assert.Equal(("r, 49", "r, 1"), (table.Rows[2][0].Text, table.Rows[2][1].Text));
        Assert.Equal(["p, 49", "full", "0", "–", "–", "–", "–", "no seed in common"], Texts(table.Rows[3]));
    }

    private static (List<string[]> Rows, string Text) Order(Report report)
    {
        var blocks = report.Sections.Single(section => section.Id == "exhibit-1-1").Blocks;
        var at = blocks.Index().Single(block => block.Item is TableBlock { Caption: "The paper's order" }).Index;
        return ([.. ((TableBlock)blocks[at]).Rows.Select(Texts)], ((TextBlock)blocks[at + 1]).Text);
    }

    [Fact]
    public void The_papers_order_is_held_against_ours_by_its_numbers()
    {
        Curve("full", """{"first":"r","second":"p"},{"x":49,"first":"r","second":"full"}""", papers: "of all");
        var (rows, text) = Order(Report("."));
        Assert.Equal(["r, 49", "p, 49", "65.9 > 64.7", "72.3 > 60.3", "yes", "yes"], rows[0]);
        Assert.Equal(["r, 1", "p, 1", "46.0 < 47.5", "50.0 > 49.7", "no", "not told apart"], rows[1]);
        Assert.Equal(2, rows.Count); // the paper gives no number of the level here
        Assert.StartsWith("The paper orders 2 of these pairs. 2 of them have runs here to compare. Our order is the paper's in 1, and another in 1; the paired test tells ours apart in 1 and in 0 of these.", text);
    }

    /// <summary>A short scale has other data than the paper, and so none of its numbers.</summary>
    [Fact]
    public void The_papers_order_is_held_against_ours_where_it_is_declared()
    {
        Curve("short", """{"x":49,"first":"r","second":"p","paper":"<"},{"x":1,"first":"r","second":"p","paper":"="},{"x":49,"first":"r","second":"full","paper":">"},{"x":1,"first":"p","second":"full"}""");
        Seeds("p1", 0.52, 0.50, 0.48);
        _runs.Finished("runs/full-s1", 0.1, 1, "full");
        var (rows, text) = Order(Report("."));
        Assert.Equal(["r, 49", "p, 49", "first < second", "72.3 > 60.3", "no", "yes"], rows[0]);
        Assert.Equal(["r, 1", "p, 1", "first = second", "50.0 = 50.0", "yes", "not told apart"], rows[1]);
        Assert.Equal(["r, 49", "full", "first > second", "72.0 > 10.0", "yes", "no test: fewer than 3 seeds"], rows[2]);
        Assert.Equal(3, rows.Count);
        Assert.StartsWith("The paper orders 3 of these pairs. 3 of them have runs here to compare. Our order is the paper's in 2, and another in 1; the paired test tells ours apart in 0 and in 1 of these.", text);
    }

    /// <summary>60.02 and 60 are shown as one number, and each seed has the same between them but for a hair.</summary>
    [Fact]
    public void Means_that_are_shown_as_one_number_are_another_order_where_the_test_tells_them_apart()
    {
        Curve("short", """{"x":49,"first":"r","second":"p","paper":"="}""");
        Seeds("r49", 0.6002, 0.5003, 0.7002);
        Seeds("p49", 0.6, 0.5, 0.7);
        var (rows, _) = Order(Report("."));
        Assert.Equal(["r, 49", "p, 49", "first = second", "60.0 = 60.0", "no", "yes"], rows[0]);
    }

    /// <summary>r at 1 and p at 1 are 0.3 points apart by their means, and by no test; full has one seed, and no test.</summary>
    [Fact]
    public void What_the_paper_has_equal_and_no_test_tells_apart_is_open()
    {
        Curve("short", """{"x":1,"first":"r","second":"p","paper":"="},{"x":49,"first":"r","second":"p","paper":"="},{"x":1,"first":"r","second":"full","paper":"="},{"x":49,"first":"r","second":"p","paper":">"}""");
        _runs.Finished("runs/full-s1", 0.1, 1, "full");
        var (rows, text) = Order(Report("."));
        Assert.Equal(["r, 1", "p, 1", "first = second", "50.0 > 49.7", "open", "not told apart"], rows[0]);
        Assert.Equal(["r, 49", "p, 49", "first = second", "72.3 > 60.3", "no", "yes"], rows[1]);
        Assert.Equal(["r, 1", "full", "first = second", "50.0 > 10.0", "open", "no test: fewer than 3 seeds"], rows[2]);
        Assert.Contains("Our order is the paper's in 1, and another in 1; the paired test tells ours apart in 1 and in 1 of these. 2 that the paper has equal, and no test here tells apart, are open.", text);
    }

    private const string Costs = """
        {"kind":"cost","title":"small batches","x":"steps","series":[
          {"name":"full","points":[{"x":1,"runs":["runs/a-s1"]}]},{"name":"Transformer","points":[{"x":1,"runs":["runs/b-s1"]}]},{"name":"r","points":[{"x":1,"runs":["runs/c-s1"]}]}]},
        {"kind":"cost","title":"large batches","x":"steps","series":[
          {"name":"full","points":[{"x":1,"runs":["runs/a-s1"]}]},{"name":"kept","points":[{"x":1,"runs":["runs/b-s1"]}]},{"name":"r","points":[{"x":1,"runs":["runs/c-s1"]}]}]}
        """;

    private Report OfCosts(string more = "", string scale = "short")
    {
        _runs.Write("exhibits.json", $$"""{"format":1,"target":"t","scale":"{{scale}}","exhibits":[{{Costs}}{{more}}]}""");
        foreach (var name in "abc")
            Seeds($"{name}", 0.5);
        return Report(".");
    }

    /// <summary>What is second in one exhibit is not what is second in the other.</summary>
    [Fact]
    public void A_series_looks_the_same_in_every_exhibit()
    {
        var figures = OfCosts().Figures.OfType<LineFigure>().Where(figure => figure.Id.EndsWith("seconds", StringComparison.Ordinal)).ToList();
        Assert.Equal([[("full", 0), ("Transformer", 1), ("r", 2)], [("full", 0), ("kept", 3), ("r", 2)]], figures.Select(figure => figure.Series.Select(line => (line.Name, line.Style)).ToArray()));
    }

    /// <summary>a and g are each the first of an exhibit, and meet in the third.</summary>
    [Fact]
    public void Series_of_one_exhibit_never_look_alike()
    {
        static string Cost(string names) => $$"""{"kind":"cost","title":"t","x":"steps","series":[{{string.Join(',', names.Select(name => $$"""{"name":"{{name}}","points":[{"x":1,"runs":["runs/a-s1"]}]}"""))}}]}""";
        Seeds("a", 0.5);
        _runs.Write("exhibits.json", $$"""{"format":1,"target":"t","scale":"short","exhibits":[{{Cost("abcdef")}},{{Cost("ghijkl")}},{{Cost("agbh")}},{{Cost("mn")}}]}""");
        var figures = Report(".").Figures.OfType<LineFigure>().Where(figure => figure.Id.EndsWith("seconds", StringComparison.Ordinal)).ToList();
        // Six markers, seven colours: what is apart by both is apart for whoever sees one of them.
        Assert.All(figures, figure => Assert.Equal(figure.Series.Count, figure.Series.Select(line => line.Style % 6).Distinct().Count()));
        Assert.All(figures, figure => Assert.Equal(figure.Series.Count, figure.Series.Select(line => line.Style % 7).Distinct().Count()));
        Assert.Equal([("a", 0), ("b", 1)], figures[2].Series.Where(line => line.Name is "a" or "b").Select(line => (line.Name, line.Style)));
    }

    [Fact]
    public void Runs_that_show_their_cost_alone_have_no_confusion()
    {
        bool HasConfusion(Report report) => report.Figures.OfType<MatrixFigure>().Any();
        Assert.False(HasConfusion(OfCosts()));
        const string Table = """,{"kind":"table","title":"T","measure":"test.accuracy","columns":["c"],"rows":[{"name":"a","cells":[{"column":"c","runs":["runs/a-s1"]}]}]}""";
        Assert.Equal("confusion-1-a", Assert.Single(OfCosts(Table).Figures.OfType<MatrixFigure>()).Id);
        Assert.False(HasConfusion(OfCosts(Table, "smoke")));
    }

    [Theory]
    [InlineData("DBpedia: test error, %", "DBpedia: test error, %")]
    [InlineData("Test error by length, %", "Test error by length, %")]
    [InlineData("DBpedia", "DBpedia: test error, %")]
    public void A_caption_says_what_is_measured_once(string title, string caption)
    {
        _runs.Write("exhibits.json", $$"""{"format":1,"target":"t","scale":"full","exhibits":[{"kind":"table","title":"{{title}}","measure":"test.error","columns":["c"],"rows":[]}]}""");
        Assert.Equal(caption, Table(Report("."), "exhibit-1-1").Caption);
    }

    [Fact]
    public void A_smoke_test_orders_nothing()
    {
        Curve("smoke", """{"first":"r","second":"p"}""", papers: "of all");
        Assert.DoesNotContain(Report(".").Sections.SelectMany(section => section.Blocks).OfType<TableBlock>(), table => table.Caption == "The paper's order");
    }

    [Fact]
    public void A_table_says_whether_the_papers_order_appears_as_far_as_there_are_runs()
    {
        _runs.Example();
        _runs.Write("exhibits.json", Reading.ReportInputTests.Example.Replace("96.4, \"runs\": []", "96.4, \"runs\": [\"runs/r-300-s1\"]"));
        Assert.Equal(["r-LSTM, truncated 300", "LSTM, truncated 300", "96.4 > 11.3", "70.0 > 12.5", "yes", "no test: fewer than 3 seeds"], Assert.Single(Order(Report(".")).Rows));
        var (rows, text) = Order(OfExample());
        Assert.Equal(["r-LSTM, truncated 300", "LSTM, truncated 300", "96.4 > 11.3", "–", "–", "no seed in common"], Assert.Single(rows));
        Assert.Equal("The paper orders 1 of these pairs. None of them has runs here to compare yet.", text);
    }

    [Theory]
    [InlineData("98", "98.0 > 11.3")] // as in the table
    [InlineData("11.31", "11.31 > 11.3")] // which has no digit to tell these apart
    public void The_papers_numbers_are_as_the_table_has_them_where_that_tells_them_apart(string paper, string order)
    {
        _runs.Example();
        _runs.Write("exhibits.json", Reading.ReportInputTests.Example.Replace("96.4", paper));
        Assert.Equal(order, Assert.Single(Order(Report(".")).Rows)[2]);
    }

    [Fact]
    public void Learning_shows_every_split_beside_the_papers_points()
    {
        var report = OfExample();
        var figures = report.Figures.OfType<LineFigure>().Where(one => one.Id.StartsWith("exhibit-1-3", StringComparison.Ordinal)).ToList();
        Assert.Equal(["exhibit-1-3-train", "exhibit-1-3-test"], figures.Select(figure => figure.Id));
        Assert.Equal([("r-LSTM", 2), ("r-LSTM (paper)", 2)], figures[1].Series.Select(line => (line.Name, line.Points.Count)));
        Assert.Equal("not finished, 4 updates so far", Table(report, "exhibit-1-3").Rows[0][1].Text);
    }

    private void Learning(string scale, string paper, params (int Step, double Accuracy)[] points)
    {
        _runs.Write("exhibits.json", $$"""
            {"format":1,"target":"t","scale":"{{scale}}","exhibits":[{"kind":"learning","title":"L","splits":["test"],"series":[{"name":"r","runs":["runs/r-s1"]{{paper}}},{"name":"p","paper":{"test":[[0,10]]} } ]} ]}
            """);
        _runs.Finished("runs/r-s1", 0.5, 1, "r");
        _runs.Write("runs/r-s1/metrics.jsonl", """{"phase":"pretrain","epoch":1,"step":50,"split":"train","wholeEpoch":true,"loss":3,"auxiliary":3}""" + "\n");
        foreach (var (step, accuracy) in points)
            _runs.Log("runs/r-s1", 50 + step, accuracy);
    }

    private static List<string[]> AtEqualUpdates(Report report) =>
        [.. report.Sections.Single(section => section.Id == "exhibit-1-1").Blocks.OfType<TableBlock>().Where(table => table.Caption.StartsWith("Accuracy beside", StringComparison.Ordinal)).SelectMany(table => table.Rows).Select(Texts)];

    /// <summary>At 1,000 a quarter of the way from 20 to 40; at 3,000 the paper's is a fifth of that from 40 to 50.</summary>
    [Fact]
    public void Learning_has_a_table_of_ours_and_the_papers_at_equal_updates()
    {
        Learning("full", ""","paper":{"test":[[2000,40],[0,10],[1000,30],[7000,50]]}""", (500, 0.2), (2500, 0.4), (3000, 0.5));
        Assert.Equal(
        [
            ["r", "test", "0", "–", "10.0", "–"], ["r", "test", "1,000", "25.0", "30.0", "−5.0"], ["r", "test", "2,000", "35.0", "40.0", "−5.0"], ["r", "test", "3,000 (our last)", "50.0", "≈ 42.0", "+8.0"],
        ], AtEqualUpdates(Report(".")));
        Learning("full", ""","paper":{"test":[[0,10],[3000,42]]}""", (500, 0.2), (3000, 0.5));
        Assert.Equal(["r", "test", "3,000", "50.0", "42.0", "+8.0"], AtEqualUpdates(Report("."))[^1]);
        Learning("full", ""","paper":{"test":[[0,10],[1000,30]]}""", (500, 0.2), (3000, 0.5));
        Assert.Equal(["r", "test", "1,000", "26.0", "30.0", "−4.0"], AtEqualUpdates(Report("."))[^1]); // the paper's curve ends before ours
    }

    /// <summary>Ours of test rows is the finished epoch's network; of training rows it is not.</summary>
    [Fact]
    public void Training_rows_beside_the_papers_are_said_to_be_an_epochs_mean_with_dropout()
    {
        bool IsSaid() => Report(".").Sections.SelectMany(section => section.Blocks).OfType<TextBlock>().Any(block => block.Text.Contains("mean over the epoch that ends there, before each update and with dropout", StringComparison.Ordinal));
        Learning("full", ""","paper":{"test":[[0,10],[3000,42]],"train":[[0,10],[3000,42]]}""", (500, 0.2), (3000, 0.5));
        Assert.False(IsSaid());
        _runs.Write("exhibits.json", File.ReadAllText(_runs.In("exhibits.json")).Replace("\"splits\":[\"test\"]", "\"splits\":[\"train\",\"test\"]"));
        Assert.True(IsSaid());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Updates_are_on_a_logarithmic_axis_beside_the_papers_curve(bool isBeside)
    {
        Learning("short", isBeside ? ""","paper":{"test":[[0,10],[390000,65.9]]}""" : "", (500, 0.2), (3000, 0.5));
        if (!isBeside)
            _runs.Write("exhibits.json", File.ReadAllText(_runs.In("exhibits.json")).Replace(",\"paper\":{\"test\":[[0,10]]}", ""));
        var report = Report(".");
        var figure = Assert.Single(report.Figures.OfType<LineFigure>(), one => one.Id == "exhibit-1-1-test");
        Assert.Equal(isBeside, figure.X.Logarithmic);
        Assert.Equal(isBeside, report.Sections.Single(section => section.Id == "exhibit-1-1").Blocks.OfType<TextBlock>().Any(block => block.Text.Contains("logarithmic", StringComparison.Ordinal)));
        Assert.Equal(isBeside, AtEqualUpdates(report).Count > 0);
        Assert.DoesNotContain("NaN", FigureSvg.ToFile(figure));
    }

    [Fact]
    public void Learning_begins_where_pretraining_ended()
    {
        _runs.Example();
        _runs.Write("runs/r-s1/metrics.jsonl", """
            {"phase":"pretrain","epoch":1,"step":10,"split":"train","wholeEpoch":true,"loss":3,"auxiliary":3}
            {"phase":"train","epoch":1,"step":20,"split":"test","loss":1,"accuracy":0.4}
            {"phase":"train","epoch":2,"step":30,"split":"test","loss":1,"accuracy":0.6}

            """);
        var report = Report(".");
        var figure = report.Figures.OfType<LineFigure>().Single(one => one.Id == "exhibit-1-3-test");
        Assert.Equal([10, 20], figure.Series[0].Points.Select(point => point.X));
        Assert.Equal("updates after pretraining", figure.X.Title);
        Assert.Equal("20", Table(report, "exhibit-1-3").Rows[0][2].Text);
        Assert.Contains(report.Sections.Single(section => section.Id == "exhibit-1-3").Blocks.OfType<TextBlock>(), block => block.Text.StartsWith("Updates are counted from the end of pretraining", StringComparison.Ordinal));
    }

    [Fact]
    public void Cost_shows_seconds_and_memory()
    {
        var report = OfExample();
        Assert.Equal(["1,600", "2.000", "2.000", "+0.000"], Texts(Assert.Single(Table(report, "exhibit-1-4").Rows))); // 8 seconds over 4 updates
        Assert.Equal(["1,600", "200"], Texts(Assert.Single(Table(report, "exhibit-1-4", 1).Rows)));
        Assert.Equal(["exhibit-1-4-seconds", "exhibit-1-4-memory"], report.Figures.Where(figure => figure.Id.StartsWith("exhibit-1-4", StringComparison.Ordinal)).Select(figure => figure.Id));
    }

    /// <summary>Two updates of pretraining take 1 second, two of training 7.</summary>
    [Fact]
    public void Seconds_a_batch_are_those_of_training_and_of_both_phases_where_the_log_does_not_tell()
    {
        _runs.Example();
        const string OfPretraining = """{"phase":"pretrain","epoch":1,"step":2,"split":"train","wholeEpoch":true,"loss":3,"auxiliary":3,"seconds":1}""";
        _runs.Write("runs/r-1600/metrics.jsonl", OfPretraining + "\n" + """{"phase":"train","epoch":1,"step":4,"split":"train","wholeEpoch":true,"loss":3,"accuracy":0.5,"seconds":8}""" + "\n");
        Assert.Equal("3.500", Table(Report("."), "exhibit-1-4").Rows[0][1].Text);
        _runs.Write("runs/r-1600/metrics.jsonl", OfPretraining + "\n");
        var report = Report(".");
        Assert.Equal("2.000", Table(report, "exhibit-1-4").Rows[0][1].Text);
        Assert.Contains(report.Sections.Single(section => section.Id == "exhibit-1-4").Blocks.OfType<TextBlock>(), block => block.Text.Contains("over both phases where", StringComparison.Ordinal));
    }

    [Fact]
    public void The_hosts_memory_is_not_shown_as_that_of_a_run_on_a_gpu()
    {
        _runs.Example();
        var manifest = _runs.In("runs/r-1600/manifest.json");
        File.WriteAllText(manifest, File.ReadAllText(manifest).Replace("\"device\":\"cpu\"", "\"device\":\"cuda:0\""));
        var report = Report(".");
        Assert.Equal(["1,600", "not measured"], Texts(Assert.Single(Table(report, "exhibit-1-4", 1).Rows)));
        Assert.DoesNotContain(report.Figures, figure => figure.Id == "exhibit-1-4-memory");
        Assert.Equal("–", Table(report, "summary").Rows.Single(row => row[0].Text == "r-1600")[^2].Text);
    }

    [Fact]
    public void A_run_that_is_missing_or_failed_says_so_in_its_place()
    {
        _runs.Write("exhibits.json", """
            {"format":1,"target":"t","scale":"smoke","exhibits":[{"kind":"table","title":"T","measure":"test.error","columns":["C"],"rows":[
              {"name":"none","cells":[]},{"name":"missing","cells":[{"column":"C","runs":["a"]}]},{"name":"failed","cells":[{"column":"C","paper":3.84,"runs":["b"]}]},
              {"name":"some","cells":[{"column":"C","runs":["a","c"]}]}]}]}
            """);
        _runs.Write("b.failure.json", """{"exitCode":1,"message":"the loss is not finite"}""");
        _runs.Finished("c", 0.75);
        var report = Report(".");
        Assert.Contains(report.Sections[0].Blocks.OfType<TextBlock>(), block => block.Text.StartsWith("A smoke test", StringComparison.Ordinal));
        Assert.DoesNotContain(OfExample().Sections.SelectMany(section => section.Blocks).OfType<TextBlock>(), block => block.Text.StartsWith("A smoke test", StringComparison.Ordinal));
        var rows = Table(report, "exhibit-1-1").Rows;
        Assert.Equal(["–", "no run here yet", "failed: the loss is not finite", "25.00 (1 of 2 runs)"], rows.Select(row => row[1].Text));
        Assert.Equal([false, true, true, false], rows.Select(row => row[1].IsRemark));
    }

    [Theory]
    [InlineData("smoke", "A smoke test: ")]
    [InlineData("short", "A short scale: ")]
    [InlineData("full", null)]
    public void Every_exhibit_says_what_its_scale_is_worth(string scale, string? begins)
    {
        _runs.Example();
        _runs.Write("exhibits.json", Reading.ReportInputTests.Example.Replace("\"scale\": \"short\"", $"\"scale\": \"{scale}\""));
        var exhibits = Report(".").Sections.Where(section => section.Id.StartsWith("exhibit-", StringComparison.Ordinal)).ToList();
        Assert.Equal(4, exhibits.Count);
        Assert.All(exhibits, section => Assert.Equal(begins is null ? 0 : 1, section.Blocks.OfType<TextBlock>()
            .Count(block => block.Text.StartsWith(begins ?? "A ", StringComparison.Ordinal))));
    }

    [Fact]
    public void A_note_stands_above_its_exhibit_alone()
    {
        _runs.Example();
        _runs.Write("exhibits.json", Reading.ReportInputTests.Example.Replace("\"x\": \"length\"", "\"x\": \"length\", \"note\": \"Read off a plot.\""));
        var noted = Report(".").Sections.Where(section => section.Blocks.OfType<TextBlock>().Any(block => block.Text == "Read off a plot."));
        Assert.Equal("exhibit-1-4", Assert.Single(noted).Id);
    }

    [Fact]
    public void Where_the_paper_has_no_number_nothing_speaks_of_it()
    {
        _runs.Finished("c", 0.75);
        _runs.Write("exhibits.json", """
            {"format":1,"target":"mine","scale":"short","exhibits":[
              {"kind":"table","title":"T","measure":"test.error","columns":["C"],"rows":[{"name":"some","cells":[{"column":"C","runs":["c"]}]}]},
              {"kind":"curve","title":"V","measure":"test.error","x":"k","series":[{"name":"some","points":[{"x":1,"runs":["c"]}]}],"references":[{"name":"chance","value":50}]},
              {"kind":"learning","title":"L","splits":["test"],"series":[{"name":"some","runs":["c"]}]},
              {"kind":"cost","title":"S","x":"length","series":[{"name":"some","points":[{"x":1,"runs":["c"]}]}]}]}
            """);
        var page = HtmlPage.Of(Report("."));
        Assert.Contains("A short scale: ", page);
        Assert.DoesNotContain("paper", page[page.IndexOf("<main>", StringComparison.Ordinal)..page.IndexOf("id=\"summary\"", StringComparison.Ordinal)]);
        _runs.Example();
        page = HtmlPage.Of(Report("."));
        Assert.Contains("The paper&#39;s numbers beside these", page);
        Assert.Contains(">the paper&#39;s</text>", page);
    }

    [Fact]
    public void Of_an_exhibit_too_runs_that_were_stopped_early_are_in_no_comparison()
    {
        Curve("full", """{"first":"r","second":"p"}""", papers: "of all");
        _runs.Stop("runs/r49-s3");
        var report = Report(".");
        Assert.Equal(["r, 49", "p, 49", "2", "71.0", "60.5", "+10.5", "–", "no test: fewer than 3 seeds"], Texts(Table(report, "exhibit-1-1", 2).Rows[0]));
        Assert.Equal(["r, 49", "p, 49", "65.9 > 64.7", "71.0 > 60.5", "yes", "no test: fewer than 3 seeds"], Order(report).Rows[0]);
        Assert.Single(report.Sections.Single(section => section.Id == "exhibit-1-1").Blocks.OfType<TextBlock>(), block => block.Text.EndsWith("are in no comparison: r49-s3.", StringComparison.Ordinal));
    }
}
