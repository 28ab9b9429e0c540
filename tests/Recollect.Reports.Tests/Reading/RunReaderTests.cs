using Recollect.Reports;
using Recollect.Reports.Reading;

namespace Recollect.Tests.Reports.Reading;

public sealed class RunReaderTests : IDisposable
{
    private readonly RunFolders _runs = new();

    public void Dispose() => _runs.Dispose();

    [Fact]
    public void A_finished_run_is_read_with_all_that_lies_in_it()
    {
        var folder = _runs.Finished("r-s3", 0.65, seed: 3);
        _runs.Probe("r-s3");
        var run = RunReader.Read(folder);
        Assert.Equal((RunState.Finished, 3L, "digits", "r-s3", ""), (run.State, run.Seed, run.RecipeName, run.Name, run.StateText));
        Assert.Equal(0.65, run.Summary!.Test!.Accuracy);
        Assert.Equal(["cat", "dog"], run.Evaluation!.Classes);
        Assert.Equal(4, run.Metrics.Count);
        Assert.Equal([0, 1, 3, 7], run.Gradient!.Distances);
        Assert.Equal([29, 39], run.Memory!.Losses[0].Rows[0].Anchors[1].Decoded);
        Assert.Equal("A Processor", run.Manifest!.Machine.Processor);
    }

    [Fact]
    public void A_run_says_how_far_it_is()
    {
        Assert.Equal("no run here yet", RunReader.Read(_runs.In("nowhere")).StateText);
        Assert.Equal("not finished, 4 updates so far", RunReader.Read(_runs.Begun("begun")).StateText);
        _runs.Write("fell.failure.json", """{"exitCode":1,"message":"out of memory"}""");
        Assert.Equal("failed: out of memory", RunReader.Read(_runs.In("fell")).StateText);
        Assert.Equal("failed: out of memory", RunReader.Read(_runs.Begun("fell") + "/").StateText);
        var stopped = _runs.Finished("stopped", 0.5);
        _runs.Stop("stopped");
        Assert.Equal("stopped by --max-steps after 4 updates", RunReader.Read(stopped).StateText);
    }

    [Fact]
    public async Task A_file_that_a_training_removes_while_its_run_is_read_is_not_there()
    {
        var folder = _runs.Finished("run", 0.5);
        var (file, away) = (_runs.In("run/evaluation.json"), _runs.In("away.json"));
        var (read, met) = (false, 0);
        var training = Task.Run(() =>
        {
            while (!Volatile.Read(ref read))
            {
                File.Move(file, away);
                File.Move(away, file);
            }
        }, TestContext.Current.CancellationToken);
        for (var i = 0; i < 500; i++)
            met += RunReader.Read(folder).Evaluation is null ? 1 : 0;
        Volatile.Write(ref read, true);
        await training;
        Assert.NotNull(RunReader.Read(folder).Evaluation);
        TestContext.Current.TestOutputHelper?.WriteLine($"{met} of 500 met no file");
    }

    /// <summary>Their pairs are not counted; of few classes they must be there.</summary>
    [Fact]
    public void An_evaluation_of_very_many_classes_has_no_confusion_matrix_and_is_shown_without()
    {
        var folder = _runs.Finished("run", 0.5);
        string Text(int classes) => $$"""{"split":"test","accuracy":0.5,"loss":1,"macroF1":1,"examples":1,"classes":[{{string.Join(',', Enumerable.Range(0, classes).Select(label => $"\"c{label}\""))}}],"confusion":[],"perClass":[]}""";
        _runs.Write("run/evaluation.json", Text(1001));
        Assert.Empty(RunReader.Read(folder).Evaluation!.Confusion);
        Assert.DoesNotContain(ReportBuilder.Of(ReportInput.Read([folder])).Sections, section => section.Id == "confusion");
        _runs.Write("run/evaluation.json", Text(1000));
        Assert.Contains("1000 classes and a confusion matrix of 0 rows", Assert.Throws<DataException>(() => RunReader.Read(folder)).Message);
    }

    [Theory]
    [InlineData("recipe.json", "{", "line 1")]
    [InlineData("recipe.json", "[]", "recipe.json")]
    [InlineData("recipe.json", """{"seed":"one"}""", "'seed' is \"one\"; expected a whole number")]
    [InlineData("recipe.json", """{"seed":1,"model":{"cell":"lstm","cell":"gru"}}""", "found the key 'cell' twice")]
    [InlineData("summary.json", """{"parameters":1}""", "trainSeconds")]
    [InlineData("manifest.json", "null", "found null")]
    [InlineData("manifest.json", """{"program":"1","runtime":"1","machine":null,"libraries":{},"device":"cpu","threads":1,"seed":1,"data":[],"command":[],"started":"2026-01-01T00:00:00+00:00","sittings":[null]}""", "null for a sitting")]
    [InlineData("metrics.jsonl", "{\"phase\":\"train\"}\n", "line 1")]
    [InlineData("evaluation.json", """{"split":"test","accuracy":1,"loss":1,"macroF1":1,"examples":1,"classes":["a","b"],"confusion":[[1,0]],"perClass":[]}""", "2 classes and a confusion matrix of 1 rows")]
    [InlineData("evaluation.json", """{"split":"test","accuracy":1,"loss":1,"macroF1":1,"examples":1,"classes":["a"],"confusion":[null],"perClass":[]}""", "1 classes")]
    [InlineData("evaluation.json", """{"split":"test","accuracy":1,"loss":1,"macroF1":1,"examples":1,"classes":[null],"confusion":[[1]],"perClass":[]}""", "null for a class")]
    [InlineData("evaluation.json", """{"split":"test","accuracy":1,"loss":1,"macroF1":1,"examples":1,"classes":["a"],"confusion":[[-1]],"perClass":[]}""", "below 0")]
    [InlineData("probes/gradient.json", """{"format":3,"split":"test","rows":1,"distances":[0],"norms":[1]}""", "format 3; expected 2")]
    [InlineData("probes/gradient.json", """{"format":2,"split":"test","rows":1,"distances":[0,1],"norms":[1]}""", "2 distances and 1 norms")]
    [InlineData("probes/gradient.json", """{"format":2,"split":"test","rows":1,"distances":[1,0],"norms":[1,1]}""", "rising")]
    [InlineData("probes/gradient.json", """{"format":2,"split":"test","rows":1,"distances":[0],"norms":[-1]}""", "below 0")]
    [InlineData("probes/gradient.json", """{"format":2,"split":"test","rows":1,"distances":null,"norms":[1]}""", "0 distances")]
    public void A_damaged_file_is_named_with_what_was_expected(string file, string text, string said)
    {
        var folder = _runs.Finished("run", 0.5);
        _runs.Write($"run/{file}", text);
        var refusal = Assert.Throws<DataException>(() => RunReader.Read(folder));
        Assert.Contains(Path.GetFileName(file), refusal.Message);
        Assert.Contains(said, refusal.Message);
    }

    [Fact]
    public void A_damaged_failure_is_named() => Assert.Contains("a.failure.json", Assert.Throws<DataException>(() => RunReader.Read(Path.ChangeExtension(_runs.Write("a.failure.json", "{}"), null)[..^8])).Message);

    [Fact]
    public void A_line_that_is_being_written_is_left_for_later()
    {
        var folder = _runs.Begun("run");
        File.AppendAllText(Path.Combine(folder, "metrics.jsonl"), """{"phase":"tr""");
        Assert.Equal(4, RunReader.Read(folder).Metrics.Count);
    }
}
