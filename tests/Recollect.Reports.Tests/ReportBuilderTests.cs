using System.Globalization;
using Recollect.Reports;
using Recollect.Reports.Figures;
using Recollect.Reports.Pages;
using Recollect.Reports.Reading;

namespace Recollect.Tests.Reports;

public sealed class ReportBuilderTests : IDisposable
{
    private readonly RunFolders _runs = new();

    public void Dispose() => _runs.Dispose();

    private Report Report(params string[] names) => ReportBuilder.Of(ReportInput.Read([.. names.Select(name => _runs.In(name))]));

    private static TableBlock Table(Report report, string section, int number = 0) => report.Sections.Single(one => one.Id == section).Blocks.OfType<TableBlock>().ElementAt(number);

    private static string[] Texts(IReadOnlyList<Cell> row) => [.. row.Select(cell => cell.Text)];

    private Report OfExample()
    {
        _runs.Example();
        return Report(".");
    }

    [Fact]
    public void The_summary_has_means_and_deviations_over_seeds()
    {
        _runs.Finished("all/r-s1", 0.6, 1, "r");
        _runs.Finished("all/r-s2", 0.8, 2, "r");
        _runs.Begun("all/r-s3", 3, "r");
        _runs.Finished("all/lstm-s1", 0.5, 1, "lstm");
        var table = Table(Report("all"), "summary");
        Assert.Equal(["runs", "seeds", "test accuracy, %", "test loss", "updates", "parameters", "of decoders", "seconds", "peak memory, MB", "state"], table.Columns);
        Assert.Equal(["lstm", "1", "50.0", "0.500", "4", "300", "50", "8", "200", "1 run finished"], Texts(table.Rows[0]));
        Assert.Equal(["r", "3", "70.0 ± 14.1", "0.300 ± 0.141", "4", "300", "50", "8 ± 0", "200 ± 0", "2 of 3 runs finished; 1 of 3: not finished, 4 updates so far"], Texts(table.Rows[1]));
        Assert.Equal(70, table.Rows[1][2].Value!.Value, 9);
    }

    [Fact]
    public void The_summary_says_how_many_runs_came_to_what_and_what_a_smoke_test_checked()
    {
        _runs.Example(); // four are finished, one has begun
        _runs.Write("runs/lstm-s1.failure.json", """{"exitCode":1,"message":"no"}""");
        string Summary() => Report(".").Sections.Single(section => section.Id == "summary").Blocks.OfType<TextBlock>().First().Text;
        Assert.StartsWith("5 runs in 5 groups: 3 finished, 1 failed, 1 open. Runs of a group", Summary());
        _runs.Write("exhibits.json", Reading.ReportInputTests.Example.Replace("\"scale\": \"short\"", "\"scale\": \"smoke\""));
        Assert.StartsWith("5 runs in 5 groups: 3 finished, 1 failed, 1 open. Of each finished run of a smoke test it was checked that its losses are finite", Summary());
    }

    /// <summary>A program of another language writes commas for points; the file of the same runs is the same.</summary>
    [Fact]
    public void The_page_does_not_depend_on_the_culture_of_the_program()
    {
        _runs.Example();
        _runs.Log("runs/lstm-s1", 12_345, 0.9);
        var expected = HtmlPage.Of(Report("."));
        var before = CultureInfo.CurrentCulture;
        var other = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        (other.NumberFormat.NumberDecimalSeparator, other.NumberFormat.NumberGroupSeparator, other.NumberFormat.NegativeSign) = (",", ".", "−");
        try
        {
            CultureInfo.CurrentCulture = other;
            Assert.Equal("1.234,5", $"{1234.5:N1}");
            Assert.Equal(expected, HtmlPage.Of(Report(".")));
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Fact]
    public void Of_a_failed_run_no_figure_shows_anything()
    {
        foreach (var (seed, accuracy) in new[] { (1, 0.6), (2, 0.8) })
        {
            _runs.Finished($"all/r-s{seed}", accuracy, seed, "r");
            _runs.Probe($"all/r-s{seed}");
        }
        _runs.Write("all/r-s1.failure.json", """{"exitCode":1,"message":"no"}""");
        _runs.Write("all/r-s1/probes/gradient.json", """{"format":2,"split":"test","rows":2,"distances":[0,1],"norms":[900,900]}""");
        _runs.Log("all/r-s1", 6, 0.9);
        var report = Report("all");
        Assert.Equal([[7, 3], [4, 6]], Assert.Single(report.Figures.OfType<MatrixFigure>()).Counts);
        Assert.Equal("0.25", Table(report, "gradient").Rows[0][1].Text);
        Assert.StartsWith("r-s2", Assert.Single(report.Figures.OfType<MemoryFigure>()).Title);
        Assert.Equal([2, 4], report.Figures.OfType<LineFigure>().Single(figure => figure.Id == "learning-test-accuracy").Series.Single().Points.Select(point => point.X));
    }

    [Fact]
    public void Keys_in_which_groups_differ_are_told()
    {
        _runs.Finished("all/a-s1", 0.5, 1, "a");
        _runs.Finished("all/b-s1", 0.5, 1, "b");
        _runs.Write("all/b-s1/recipe.json", """{"format":1,"name":"b","model":{"cell":"gru","hidden":8},"auxiliary":[{"kind":"prediction"}],"seed":1}""");
        var table = Table(Report("all"), "summary", 1);
        Assert.Equal(["runs", "model.cell", "auxiliary", "auxiliary.0.kind"], table.Columns);
        Assert.Equal(["b", "gru", "–", "prediction"], Texts(table.Rows[1]));
    }

    [Fact]
    public void Groups_are_compared_seed_by_seed()
    {
        double[] first = [0.72, 0.70, 0.75], second = [0.60, 0.61, 0.60];
        for (var seed = 1; seed <= 3; seed++)
        {
            _runs.Finished($"all/a-s{seed}", second[seed - 1], seed, "a");
            _runs.Finished($"all/b-s{seed}", first[seed - 1], seed, "b");
        }
        _runs.Finished("all/c-s1", 0.9, 1, "c");
        var table = Table(Report("all"), "comparisons");
        var rows = table.Rows.Select(Texts).ToList();
        Assert.Equal(["b", "a", "3", "72.3", "60.3", "+12.0", "+4.5 … +19.5", "apart"], rows[0]); // 12 ± 4.303 · 3 / √3
        Assert.Equal(4.547, table.Rows[0][6].Value!.Value, 0.001); // by which the column sorts
        Assert.Equal(["c", "a", "1", "90.0", "60.0", "+30.0", "–", "no test: fewer than 3 seeds"], rows[1]);
    }

    /// <summary>A fourth seed had fewer updates than those that it would be held against.</summary>
    [Fact]
    public void Runs_that_were_stopped_early_are_in_no_comparison_and_the_report_says_so()
    {
        double[] first = [0.72, 0.70, 0.75, 0.2], second = [0.60, 0.61, 0.60, 0.6];
        for (var seed = 1; seed <= 4; seed++)
        {
            _runs.Finished($"all/a-s{seed}", second[seed - 1], seed, "a");
            _runs.Finished($"all/b-s{seed}", first[seed - 1], seed, "b");
        }
        string Text() => Report("all").Sections.Single(section => section.Id == "comparisons").Blocks.OfType<TextBlock>().Single().Text;
        Assert.DoesNotContain("stopped", Text());
        _runs.Stop("all/b-s4");
        Assert.Equal(["b", "a", "3", "72.3", "60.3", "+12.0", "+4.5 … +19.5", "apart"], Texts(Table(Report("all"), "comparisons").Rows[0]));
        Assert.EndsWith(" Runs that were stopped early are in no comparison: b-s4.", Text());
        for (var seed = 1; seed <= 3; seed++)
            _runs.Stop($"all/b-s{seed}");
        Assert.Equal("No two groups have finished runs to compare. Runs that were stopped early are in no comparison: b-s1, b-s2, b-s3, b-s4.", Text());
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

    [Fact]
    public void With_too_few_seeds_the_report_says_so_in_place_of_a_table()
    {
        _runs.Finished("all/a-s1", 0.5, 1, "a");
        _runs.Finished("all/b-s1", 0.6, 1, "b");
        var block = Assert.Single(Report("all").Sections.Single(section => section.Id == "comparisons").Blocks);
        Assert.Contains("No two groups have 3 seeds in common", Assert.IsType<TextBlock>(block).Text);
    }

    [Fact]
    public void Of_many_groups_each_is_compared_with_the_first()
    {
        foreach (var name in "abcdefg")
        {
            for (var seed = 1; seed <= 3; seed++)
                _runs.Finished($"all/{name}-s{seed}", 0.5 + seed / 10.0, seed, $"{name}");
        }
        var rows = Table(Report("all"), "comparisons").Rows;
        Assert.Equal(["b a", "c a", "d a", "e a", "f a", "g a"], rows.Select(row => $"{row[0].Text} {row[1].Text}"));
    }

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
        Assert.Equal(["r, 1", "p, 1", "46 < 47.5", "50.0 > 49.7", "no", "not told apart"], rows[1]);
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
    public void Confusions_of_a_group_are_added_up()
    {
        _runs.Finished("all/r-s1", 0.6, 1, "r");
        _runs.Finished("all/r-s2", 0.8, 2, "r");
        var matrix = Assert.Single(Report("all").Figures.OfType<MatrixFigure>());
        Assert.Equal([[14, 6], [8, 12]], matrix.Counts);
        Assert.Equal("r, sum of 2 runs", matrix.Title);
    }

    [Fact]
    public void Probes_are_shown_where_they_were_measured()
    {
        Assert.DoesNotContain(Report(Path.GetFileName(_runs.Finished("plain", 0.5))).Sections, section => section.Id is "gradient" or "memory");
        _runs.Finished("r", 0.5);
        _runs.Probe("r");
        var report = Report("r");
        Assert.Equal(["r", "0.25", "7 steps", "7 steps"], Texts(Table(report, "gradient").Rows[0])); // 0.04 is below a tenth of the 0.5 at the end, and not of what is one step before it
        Assert.Equal([1, 2, 4, 8], report.Figures.OfType<LineFigure>().Single(figure => figure.Id == "gradient-reach").Series[0].Points.Select(point => point.X));
        Assert.Equal("r: reconstruction", Assert.Single(report.Figures.OfType<MemoryFigure>()).Title);
    }

    /// <summary>As words 0.0003 would come after 0.01.</summary>
    [Fact]
    public void Settings_that_are_numbers_sort_as_such()
    {
        foreach (var (name, rate) in new[] { ("a", "0.001"), ("b", "0.0003"), ("c", "\"full\"") })
        {
            _runs.Finished($"all/{name}-s1", 0.5, 1, name);
            _runs.Write($"all/{name}-s1/recipe.json", $$"""{"name":"{{name}}","optimizer":{"rate":{{rate}}},"seed":1}""");
        }
        Assert.Equal([new Cell("0.001", 0.001), new Cell("0.0003", 0.0003), new Cell("full")], Table(Report("all"), "summary", 1).Rows.Select(row => row[1]));
    }

    /// <summary>A key with a dot is not a key within a section, whatever wrote it.</summary>
    [Fact]
    public void Keys_with_dots_are_told_apart_from_keys_of_sections()
    {
        _runs.Finished("all/a-s1", 0.5, 1, "a");
        _runs.Finished("all/b-s1", 0.5, 1, "b");
        _runs.Write("all/a-s1/recipe.json", """{"name":"a","a.b":1,"a":{"b":2},"":{"c":3},"c":4,"seed":1}""");
        _runs.Write("all/b-s1/recipe.json", """{"name":"b","seed":1}""");
        var table = Table(Report("all"), "summary", 1);
        Assert.Equal(["runs", "\"a.b\"", "a.b", "\"\".c", "c"], table.Columns);
        Assert.Equal(["a", "1", "2", "3", "4"], Texts(table.Rows[0]));
    }

    /// <summary>The frame begins behind the step that is given, a prediction reads on, and a decoder may be older than its network.</summary>
    [Fact]
    public void What_a_decoder_was_given_is_said()
    {
        _runs.Finished("r", 0.5);
        _runs.Probe("r");
        Assert.Contains("images of the test rows", Text());
        Assert.Contains("the true step just before the stretch", Text());
        Assert.DoesNotContain("alone", Text());
        Assert.DoesNotContain("joint", Text());
        _runs.Write("r/probes/memory.json", RunFolders.Memory().ToJsonString().Replace("reconstruction", "prediction"));
        Assert.Contains("A prediction's decoder also reads the network's further states", Text());
        _runs.Write("r/recipe.json", """{"format":1,"name":"r","training":{"joint":true}}""");
        Assert.DoesNotContain("joint", Text());
        _runs.Write("r/recipe.json", """{"format":1,"name":"r","training":{"joint":false}}""");
        Assert.Contains("(training.joint is false: r) the decoder is as pretraining left it", Text());
        _runs.Write("r/recipe.json", """{"format":1,"name":"r","training":[{"joint":false}]}""");
        Assert.DoesNotContain("joint", Text());

        string Text() => Assert.Single(Report("r").Sections.Single(section => section.Id == "memory").Blocks.OfType<TextBlock>()).Text;
    }

    /// <summary>Thirteen groups come first that have nothing to show: a figure is of those that have.</summary>
    [Fact]
    public void A_group_without_anything_to_show_takes_no_others_place()
    {
        for (var group = 1; group <= 13; group++)
        {
            _runs.Begun($"all/a{group}-s1", 1, $"a{group}");
            _runs.Write($"all/a{group}-s1/metrics.jsonl", "");
        }
        _runs.Finished("all/b-s1", 0.5, 1, "b");
        _runs.Probe("all/b-s1");
        var report = Report("all");
        Assert.Equal(["confusion", "gradient", "learning", "memory"], report.Sections.Select(section => section.Id).Intersect(["learning", "confusion", "gradient", "memory"]).Order());
        Assert.All(report.Figures.OfType<LineFigure>(), figure => Assert.Equal("b", Assert.Single(figure.Series).Name));
        Assert.DoesNotContain(report.Sections.SelectMany(section => section.Blocks).OfType<TextBlock>(), block => block.Text.Contains("the first 12", StringComparison.Ordinal));
    }

    [Fact]
    public void At_most_twelve_lines_are_drawn_in_a_figure_but_a_figure_a_group_is_drawn_of_all()
    {
        for (var group = 1; group <= 13; group++)
        {
            _runs.Finished($"all/a{group}-s1", 0.5, 1, $"a{group}");
            _runs.Probe($"all/a{group}-s1");
        }
        var report = Report("all");
        Assert.All(report.Figures.OfType<LineFigure>(), figure => Assert.Equal(12, figure.Series.Count));
        Assert.Equal((13, 13), (report.Figures.OfType<MatrixFigure>().Count(), report.Figures.OfType<MemoryFigure>().Count()));
        Assert.Equal(13, Table(report, "gradient").Rows.Count);
        foreach (var (id, isCut) in new[] { ("learning", true), ("gradient", true), ("confusion", false), ("memory", false) })
            Assert.Equal(isCut, report.Sections.Single(section => section.Id == id).Blocks.OfType<TextBlock>().First().Text.Contains("the first 12 of at most 13 groups", StringComparison.Ordinal));
    }

    /// <summary>Without a gradient at the end there is nothing that a tenth could be below.</summary>
    [Fact]
    public void Where_no_gradient_is_the_table_says_so()
    {
        _runs.Finished("r", 0.5);
        _runs.Write("r/probes/gradient.json", """{"format":2,"split":"test","rows":2,"distances":[0,1],"norms":[0,0]}""");
        Assert.Equal(["r", "0", "no gradient", "no gradient"], Texts(Table(Report("r"), "gradient").Rows[0]));
    }

    [Fact]
    public void Of_rows_of_one_step_nothing_is_said_of_a_reach()
    {
        _runs.Finished("r", 0.5);
        _runs.Write("r/probes/gradient.json", """{"format":2,"split":"test","rows":2,"distances":[0],"norms":[0.5]}""");
        Assert.Equal(["r", "–", "–", "–"], Texts(Table(Report("r"), "gradient").Rows[0]));
    }

    /// <summary>The first format's norms are of h alone: beside others they would be read as the same.</summary>
    [Fact]
    public void A_gradient_measured_in_the_earlier_way_is_named_and_not_shown()
    {
        foreach (var seed in new[] { 1, 2 })
        {
            _runs.Finished($"all/r-s{seed}", 0.5, seed, "r");
            _runs.Probe($"all/r-s{seed}");
        }
        _runs.Write("all/r-s1/probes/gradient.json", """{"format":1,"split":"test","rows":2,"distances":[0,1],"norms":[900,900]}""");
        var report = Report("all");
        Assert.Equal("0.25", Table(report, "gradient").Rows[0][1].Text);
        Assert.EndsWith("Not shown: 1 run measured by an earlier version, in another way.", Text(report));
        _runs.Write("all/r-s2/probes/gradient.json", """{"format":1,"split":"test","rows":2,"distances":[0,1],"norms":[900,900]}""");
        Assert.Equal("Not shown: 2 runs measured by an earlier version, in another way.", Text(Report("all")));
        static string Text(Report report) => Assert.Single(report.Sections.Single(section => section.Id == "gradient").Blocks.OfType<TextBlock>()).Text;
    }

    [Fact]
    public void Figures_and_sections_have_names_of_their_own()
    {
        var report = OfExample();
        Assert.Equal(report.Figures.Select(figure => figure.Id).Distinct(), report.Figures.Select(figure => figure.Id));
        Assert.Equal(report.Sections.Select(section => section.Id).Distinct(), report.Sections.Select(section => section.Id));
    }
}
