using Recollect.Reports;
using Recollect.Reports.Reading;

namespace Recollect.Tests.Reports.Reading;

public sealed class ReportInputTests : IDisposable
{
    private readonly RunFolders _runs = new();

    public void Dispose() => _runs.Dispose();

    /// <summary>The example of decision 0016, word by word.</summary>
    public static string Example { get; } = File.ReadAllText(Path.Combine(Checkout.Folder, "docs", "decisions", "0016-targets-reports-probes.md")).Split("```json\n")[1].Split("```")[0];

    [Fact]
    public void The_exhibits_of_the_decision_are_read_with_their_runs()
    {
        _runs.Write("exhibits.json", Example);
        _runs.Finished("runs/r-s1", 0.42);
        var input = ReportInput.Read([_runs.Folder]);
        var set = Assert.Single(input.Exhibits);
        Assert.Equal("headline, short", input.Title);
        Assert.Equal([typeof(TableExhibit), typeof(CurveExhibit), typeof(LearningExhibit), typeof(CostExhibit)], set.File.Exhibits.Select(exhibit => exhibit.GetType()));
        Assert.Equal(11.3, ((TableExhibit)set.File.Exhibits[0]).Rows[0].Cells[0].Paper);
        Assert.Equal(RunState.Finished, set.Runs["runs/r-s1"].State);
        Assert.Equal(RunState.Missing, set.Runs["runs/lstm-s1"].State);
        Assert.Contains(set.Runs["runs/r-s1"], input.Runs);
    }

    [Fact]
    public void A_folder_of_runs_gives_them_by_their_numbers_and_each_once()
    {
        _runs.Finished("all/r-s10", 0.4, 10);
        _runs.Finished("all/r-s2", 0.4, 2);
        _runs.Write("all/notes/readme.txt", "no run");
        Assert.Equal(["r-s2", "r-s10"], ReportInput.Read([_runs.In("all"), _runs.In("all", "r-s10") + "/"]).Runs.Select(run => run.Name));
        Assert.Equal(["r-s10", "r-s2"], ReportInput.Read([_runs.In("all", "r-s10"), _runs.In("all")]).Runs.Select(run => run.Name));
    }

    [Fact]
    public void A_report_is_called_as_the_folder_that_all_its_runs_lie_in()
    {
        string[] runs = [_runs.Finished("digits/a-s1", 0.5), _runs.Finished("digits/b-s1", 0.5), _runs.Finished("mnist/c-s1", 0.5)];
        Assert.Equal(["a-s1", "digits", "3 folders"], Enumerable.Range(1, 3).Select(count => ReportInput.Read(runs[..count]).Title));
    }

    /// <summary>Hours of other runs are not withheld for one file; a report of that run alone has nothing else to show.</summary>
    [Theory]
    [InlineData("probes/gradient.json", "{")]
    [InlineData("recipe.json", "{")]
    [InlineData("recipe.json", """{"name":"r","name":"r"}""")]
    [InlineData("metrics.jsonl", "{\n{\n")]
    public void A_damaged_run_beside_others_is_marked_and_alone_is_refused(string file, string text)
    {
        _runs.Finished("runs/r-s1", 0.5, 1);
        _runs.Finished("runs/r-s2", 0.7, 2);
        _runs.Write($"runs/r-s1/{file}", text);
        _runs.Write("exhibits.json", Example.Replace("[\"runs/r-s1\"]", "[\"runs/r-s1\", \"runs/r-s2\"]"));
        foreach (var folders in new string[][] { [_runs.Folder], [_runs.In("runs")], [_runs.In("runs", "r-s1"), _runs.In("runs", "r-s2")] })
        {
            var input = ReportInput.Read(folders);
            var run = input.Runs.Single(run => run.Name == "r-s1");
            Assert.Equal((RunState.Damaged, RunState.Finished), (run.State, input.Runs.Single(run => run.Name == "r-s2").State));
            Assert.StartsWith("damaged: '", run.StateText);
            Assert.Contains(Path.GetFileName(file), run.StateText);
            var summary = ReportBuilder.Of(input).Sections.Single(section => section.Id == "summary");
            Assert.Contains("1 finished, 0 failed, 1 damaged,", ((TextBlock)summary.Blocks[0]).Text);
            var results = ((TableBlock)summary.Blocks[1]).Rows.Single(row => row[0].Text == "r");
            Assert.Equal("70.0", results[2].Text);
            Assert.Contains("1 of 2 runs finished; 1 of 2: damaged: '", results[^1].Text);
        }
        Assert.Contains(Path.GetFileName(file), Refusal(_runs.In("runs", "r-s1")));
    }

    /// <summary>`reproduced/headline/runs/*` names the output and the failures of runs too.</summary>
    [Fact]
    public void What_reproduce_wrote_beside_a_run_stands_for_the_run()
    {
        var run = _runs.Finished("runs/a-s1", 0.5);
        string[] beside = [_runs.Write("runs/a-s1.log", ""), _runs.Write("runs/b-s1.failure.json", """{"exitCode":3,"message":"no data"}"""), _runs.Write("runs/b-s1.log", "")];
        var input = ReportInput.Read([run, .. beside]);
        Assert.Equal([("a-s1", RunState.Finished), ("b-s1", RunState.Failed)], input.Runs.Select(one => (one.Name, one.State)));
        Assert.Equal("a-s1", ReportInput.Read([run, beside[0]]).Title);
        Assert.Contains("is a file", Refusal(_runs.Write("runs/c-s1.log", "")));
        Assert.Contains("is a file", Refusal(_runs.Write("runs/a-s1.txt", "")));
        _runs.Write("runs/d-s1.failure.json", "{}");
        Assert.Contains("d-s1.failure.json", Refusal(_runs.In("runs", "d-s1")));
    }

    [Fact]
    public void What_holds_no_run_is_refused()
    {
        var file = _runs.Write("a.txt", "");
        Assert.Contains("does not exist", Refusal(_runs.In("none")));
        Assert.Contains("is a file", Refusal(file));
        Assert.Contains("holds no run and no exhibits.json", Refusal(_runs.Folder));
    }

    [Theory]
    [InlineData("\"format\": 1", "\"format\": 3", "format 3; expected 1")]
    [InlineData("\"kind\": \"curve\"", "\"kind\": \"pie\"", "exhibits.json")]
    [InlineData("\"measure\": \"test.accuracy\"", "\"measure\": \"beauty\"", "measure 'beauty'; expected one of test.accuracy, test.error, test.loss")]
    [InlineData("\"splits\": [\"train\", \"test\"]", "\"splits\": [\"tset\"]", "split 'tset'; expected one of train, validation, test")]
    [InlineData("[25000, 42]", "[25000]", "expected [updates, accuracy in %]")]
    [InlineData("\"first\": \"r-LSTM, truncated 300\"", "\"first\": \"LSTM\"", "a comparison with 'LSTM'; expected one of LSTM, truncated 300, r-LSTM, truncated 300")]
    [InlineData("\"column\": \"MNIST\", \"paper\": 11.3", "\"column\": \"CIFAR\", \"paper\": 11.3", "column 'CIFAR'; expected one of MNIST")]
    [InlineData("\"kind\": \"curve\", ", "", "an exhibit without a 'kind'; expected table, curve, learning, cost or ranking")]
    [InlineData("\"title\": \"Test accuracy, %\", ", "", "title")]
    [InlineData("\"columns\": [\"MNIST\"]", "\"columns\": null", "exhibits.json")]
    [InlineData("[\"runs/r-s1\"]", "[\"\"]", "a run without a folder")]
    [InlineData("\"rows\": [", "\"rows\": [null, ", "null in a list")]
    public void Damaged_exhibits_are_named_with_what_was_expected(string from, string to, string said)
    {
        Assert.Contains(from, Example);
        _runs.Write("exhibits.json", Example.Replace(from, to));
        Assert.Contains(said, Refusal(_runs.Folder));
        Assert.Contains("exhibits.json", Refusal(_runs.Folder));
    }

    /// <summary>The curve has r-LSTM at 300 and 1, p-LSTM at 300, and a level of runs beside one of a number alone.</summary>
    [Theory]
    [InlineData("""{"x":300,"first":"r","second":"q"}""", "a comparison with 'q'; expected one of r, p, full")]
    [InlineData("""{"x":300,"first":"r","second":"chance"}""", "a comparison with 'chance'; expected one of r, p, full")]
    [InlineData("""{"x":1,"first":"r","second":"p"}""", "a comparison with 'p' at 1, where it has no point; expected one of 300")]
    [InlineData("""{"x":1,"first":"r","second":"r"}""", "a comparison of 'r' with itself; expected another name, or another 'secondX'")]
    [InlineData("""{"secondX":1,"first":"r","second":"r"}""", "a comparison with 'secondX' and no 'x'; expected both, or 'x' alone")]
    [InlineData("""{"first":"r","second":"p","paper":"above"}""", "'paper' is 'above' in a comparison; expected one of >, <, =")]
    [InlineData("""{"first":"r","second":"p","paper":"<"}""", "'paper' is '<' in a comparison of 'r' with 'p'; expected '>', as the paper's numbers 65.9 and 64.7 have it")]
    [InlineData("null", "null in a list")]
    [InlineData("""{"first":"r","second":"p","paper":">"}""", null)]
    [InlineData("""{"x":300,"first":"r","second":"r","secondX":1}""", null)]
    [InlineData("""{"x":1,"first":"r","second":"full","paper":"<"}""", null)]
    public void What_a_curve_compares_must_be_there(string comparison, string? said)
    {
        _runs.Write("exhibits.json", $$"""
            {"format":1,"target":"t","scale":"full","exhibits":[{"kind":"curve","title":"C","measure":"test.accuracy","x":"steps","series":[
              {"name":"r","points":[{"x":300,"paper":65.9,"runs":["a"]},{"x":1,"paper":46,"runs":["b"]}]},{"name":"p","points":[{"x":300,"paper":64.7,"runs":["c"]}]}],
              "references":[{"name":"full","paper":58.8,"runs":["d"]},{"name":"chance","value":10}],"comparisons":[{{comparison}}]}]}
            """);
        if (said is null)
            Assert.Single(ReportInput.Read([_runs.Folder]).Exhibits);
        else
            Assert.Contains(said, Refusal(_runs.Folder));
    }

    [Fact]
    public void An_order_that_the_papers_numbers_gainsay_is_refused()
    {
        _runs.Write("exhibits.json", Example.Replace("\"second\": \"LSTM, truncated 300\"", "\"second\": \"LSTM, truncated 300\", \"paper\": \"=\""));
        Assert.Contains("expected '>', as the paper's numbers 96.4 and 11.3 have it", Refusal(_runs.Folder));
    }

    private static string Refusal(string folder) => Assert.Throws<DataException>(() => ReportInput.Read([folder])).Message;
}
