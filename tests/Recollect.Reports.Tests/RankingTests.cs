using Recollect.Reports;
using Recollect.Reports.Figures;
using Recollect.Reports.Reading;

namespace Recollect.Tests.Reports;

public sealed class RankingTests : IDisposable
{
    private readonly RunFolders _runs = new();

    public void Dispose() => _runs.Dispose();

    // Rows a to d of two runs each; the test rows would choose otherwise than the validation rows do.
    private void Example(string measure = "validation.accuracy")
    {
        var rows = "abcd".Select(name => $$"""{"name":"{{name}}","values":["{{name}}","0.5"],"runs":["runs/{{name}}-s1","runs/{{name}}-s2"]}""");
        _runs.Write("exhibits.json", $$"""
            {"format":1,"sweep":"mine","exhibits":[{"kind":"ranking","title":"Settings","measure":"{{measure}}","keys":["model.cell","model.dropout"],"rows":[{{string.Join(',', rows)}}]}]}
            """);
        Run("a", 1, validation: 0.5, loss: 0.9, test: 0.9);
        Run("a", 2, validation: 0.7, loss: 0.9, test: 0.9);
        Run("b", 1, validation: 0.8, loss: 1.2, test: 0.1);
        Run("b", 2, validation: 0.8, loss: 1.2, test: 0.3);
        Run("c", 1, validation: 0.8, loss: 1.0, test: 0.5);
        Run("c", 2, validation: 0.8, loss: 1.0, test: 0.5);
        Run("d", 1, validation: 1.0, loss: 0.1, test: 1.0); // its second seed is not there yet
    }

    private void Run(string name, int seed, double validation, double loss, double test)
    {
        var run = $"runs/{name}-s{seed}";
        _runs.Finished(run, test, seed, name);
        _runs.Write($"{run}/summary.json", File.ReadAllText(_runs.In(run, "summary.json")).Replace("\"parameters\"",
            $$"""
            "validation":{"accuracy":{{validation}},"loss":{{loss}},"examples":10},"parameters"
            """.Trim()));
    }

    // As when the run that was not there has been tried: none is open.
    private void Settle() => _runs.Write("runs/d-s2.failure.json", """{"exitCode":1,"message":"no"}""");

    private IReadOnlyList<RankedSetting> Ranked()
    {
        var set = ReportInput.Read([_runs.Folder]).Exhibits[0];
        return Ranking.Of((RankingExhibit)set.File.Exhibits[0], set);
    }

    [Fact]
    public void The_mean_over_validation_rows_ranks_then_the_loss_and_never_the_test_rows()
    {
        Example();
        var ranked = Ranked();
        Assert.Equal([("c", 1), ("b", 2), ("a", 3), ("d", (int?)null)], ranked.Select(setting => (setting.Name, setting.Rank)));
        Assert.Equal((0.6, 0.9), (ranked[2].Accuracy!.Mean, ranked[2].Loss!.Mean));
    }

    /// <summary>148 and 152 right rows of 288 are as many as twice 150; as floating-point numbers the means differ in their last bit.</summary>
    [Fact]
    public void Settings_with_as_many_right_rows_are_ranked_by_their_loss()
    {
        Example();
        Run("a", 1, validation: 148 / 288.0, loss: 0.1, test: 0.5);
        Run("a", 2, validation: 152 / 288.0, loss: 0.1, test: 0.5);
        foreach (var seed in new[] { 1, 2 })
        {
            Run("b", seed, validation: 150 / 288.0, loss: 0.2, test: 0.5);
            Run("c", seed, validation: 0.1, loss: 0.1, test: 0.5);
        }
        Assert.Equal(["a", "b", "c", "d"], Ranked().Select(setting => setting.Name));
    }

    [Fact]
    public void The_loss_ranks_where_it_is_to_choose()
    {
        Example("validation.loss");
        Assert.Equal(["a", "c", "b", "d"], Ranked().Select(setting => setting.Name));
    }

    [Fact]
    public void A_setting_with_a_failed_run_or_a_loss_that_is_no_number_has_no_rank()
    {
        Example();
        _runs.Write("runs/c-s1.failure.json", """{"exitCode":1,"message":"no"}""");
        _runs.Write("runs/b-s1/summary.json", File.ReadAllText(_runs.In("runs", "b-s1", "summary.json")).Replace("\"loss\":1.2", "\"loss\":\"NaN\""));
        Assert.Equal([("a", 1), ("b", (int?)null), ("c", null), ("d", null)], Ranked().Select(setting => (setting.Name, setting.Rank)));
    }

    /// <summary>A sweep that can still be ended, or made longer, is not to be ended by what its leader reaches on the test rows.</summary>
    [Fact]
    public void While_a_run_is_open_no_test_row_is_shown()
    {
        Example();
        Assert.All(Ranked(), setting => Assert.Null(setting.TestAccuracy));
        var report = ReportBuilder.Of(ReportInput.Read([_runs.Folder]));
        Assert.Contains("The best of 3 so far, of 4, is c. No test row is shown while a run is open: nothing is to be chosen by them.", report.Sections[0].Blocks.OfType<TextBlock>().Select(block => block.Text));
        Assert.Empty(Tested(report));
        Assert.DoesNotContain(report.Figures, figure => figure.Id.StartsWith("confusion", StringComparison.Ordinal) || figure.Id.StartsWith("learning-test", StringComparison.Ordinal));
        Settle();
        Assert.Equal([0.5, null, null, null], Ranked().Select(setting => setting.TestAccuracy?.Mean));
    }

    [Fact]
    public void The_report_shows_the_ranking_and_test_rows_of_the_best_alone()
    {
        Example();
        Settle();
        var report = ReportBuilder.Of(ReportInput.Read([_runs.Folder]));
        Assert.Equal("mine, a sweep", report.Title);
        var table = report.Sections[0].Blocks.OfType<TableBlock>().Single();
        Assert.Equal(["rank", "model.cell", "model.dropout", "validation accuracy, %", "validation loss", "seconds", "state"], table.Columns);
        Assert.Equal(["1", "c", "0.5", "80.0 ± 0.0", "1.000 ± 0.000", "8 ± 0", "2 runs finished"], table.Rows[0].Select(cell => cell.Text));
        Assert.Equal("1 of 2: failed: no", table.Rows[3][^1].Text);
        var texts = report.Sections[0].Blocks.OfType<TextBlock>().Select(block => block.Text).ToList();
        Assert.Contains(texts, text => text.StartsWith("Ranked by validation accuracy at the end of the training", StringComparison.Ordinal));
        Assert.Contains("The best of 3, of 4, is c. Its test accuracy, %: 50.0 ± 0.0 (2 runs).", texts);
        var summary = report.Sections.Single(section => section.Id == "summary").Blocks.OfType<TableBlock>().First();
        Assert.DoesNotContain(summary.Columns, column => column.StartsWith("test", StringComparison.Ordinal));
        Assert.Equal(["c, sum of 2 runs"], report.Figures.Where(figure => figure.Id.StartsWith("confusion", StringComparison.Ordinal)).Select(figure => figure.Title));
        Assert.Equal(["c-s1", "c-s2"], Tested(report));
        Assert.Equal(["a", "b", "c", "d"], Lines(report, "learning-train-accuracy"));
        Assert.Equal(["c"], Lines(report, "learning-test-accuracy"));
        Assert.Equal(["c"], Lines(report, "learning-test-loss"));
    }

    /// <summary>As `recollect report sweeps/mine runs/final-s*` has them: the run beside is one that was trained again.</summary>
    [Fact]
    public void Runs_beside_a_sweep_keep_their_test_rows_and_its_settings_none()
    {
        Example();
        Settle();
        _runs.Finished("final-s1", 0.6, 1, "final");
        var report = ReportBuilder.Of(ReportInput.Read([_runs.Folder, _runs.In("final-s1")]));
        var summary = report.Sections.Single(section => section.Id == "summary");
        Assert.Contains("Settings of a sweep are chosen by validation rows", ((TextBlock)summary.Blocks[0]).Text);
        var table = summary.Blocks.OfType<TableBlock>().First();
        Assert.Equal("test accuracy, %", table.Columns[2]);
        Assert.Equal([("a", "–"), ("b", "–"), ("c", "50.0 ± 0.0"), ("d", "–"), ("final", "60.0")], table.Rows.Select(row => (row[0].Text, row[2].Text)));
        Assert.Equal(["c, sum of 2 runs", "final"], report.Figures.OfType<MatrixFigure>().Select(figure => figure.Title));
        Assert.Equal(["c-s1", "c-s2", "final-s1"], Tested(report));
        Assert.Equal(["c", "final"], Lines(report, "learning-test-accuracy"));
    }

    private static IEnumerable<string> Tested(Report report) => report.Sections.SelectMany(section => section.Blocks).OfType<FoldedBlock>().Where(run => run.Facts.Any(fact => fact.Name == "test")).Select(run => run.Title);

    private static IEnumerable<string> Lines(Report report, string id) => report.Figures.OfType<LineFigure>().Single(figure => figure.Id == id).Series.Select(line => line.Name);

    [Theory]
    [InlineData("\"measure\":\"validation.accuracy\"", "\"measure\":\"test.accuracy\"", "measure 'test.accuracy' of a ranking; expected one of validation.accuracy, validation.loss")]
    [InlineData("[\"a\",\"0.5\"]", "[\"a\"]", "the row 'a' has 1 values; expected 2, one a key")]
    [InlineData("\"sweep\":\"mine\",", "", "neither 'target' and 'scale' nor 'sweep'")]
    [InlineData("\"keys\":[", "\"keys\":[null,", "exhibits.json")]
    public void A_ranking_that_is_none_is_refused(string from, string to, string message)
    {
        Example();
        _runs.Write("exhibits.json", File.ReadAllText(_runs.In("exhibits.json")).Replace(from, to));
        Assert.Contains(message, Assert.Throws<DataException>(() => ReportInput.Read([_runs.Folder])).Message);
    }
}
