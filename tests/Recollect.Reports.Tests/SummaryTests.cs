using System.Globalization;
using Recollect.Reports;
using Recollect.Reports.Figures;
using Recollect.Reports.Pages;

namespace Recollect.Tests.Reports;

public sealed class SummaryTests : OfReports
{
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
        string Summary(params string[] more) => Report([".", .. more]).Sections.Single(section => section.Id == "summary").Blocks.OfType<TextBlock>().First().Text;
        Assert.StartsWith("5 runs in 5 groups: 3 finished, 1 failed, 1 open. Runs of a group", Summary());
        _runs.Write("exhibits.json", Reading.ReportInputTests.Example.Replace("\"scale\": \"short\"", "\"scale\": \"smoke\""));
        Assert.StartsWith("5 runs in 5 groups: 3 finished, 1 failed, 1 open. Of each finished run of a smoke test it was checked that its losses are finite", Summary());
        _runs.Finished("other-s1", 0.5, 1, "other"); // no smoke test
        Assert.StartsWith("6 runs in 6 groups: 4 finished, 1 failed, 1 open. Runs of a group", Summary("other-s1"));
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

    /// <summary>A quote belongs to a text that has one, and an é is not told by its number.</summary>
    [Fact]
    public void Settings_are_told_as_they_were_written()
    {
        _runs.Finished("all/a-s1", 0.5, 1, "a");
        _runs.Finished("all/b-s1", 0.5, 1, "b");
        _runs.Write("all/a-s1/recipe.json", """{"name":"a","data":{"é.b":"é+b","list":["é"]},"seed":1}""");
        _runs.Write("all/b-s1/recipe.json", """{"name":"b","data":{"é.b":"\"b\"","list":[]},"seed":1}""");
        var table = Table(Report("all"), "summary", 1);
        Assert.Equal(["runs", "data.\"é.b\"", "data.list"], table.Columns);
        Assert.Equal([["a", "é+b", "[\"é\"]"], ["b", "\"b\"", "[]"]], table.Rows.Select(Texts));
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
}
