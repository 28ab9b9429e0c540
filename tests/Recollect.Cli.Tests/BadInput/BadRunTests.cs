using System.Buffers.Binary;

namespace Recollect.Tests.Cli.BadInput;

/// <summary>Runs, checkpoints and models that are damaged, missing, or not to be touched.</summary>
public sealed class BadRunTests : IDisposable
{
    private static readonly string[] Results = ["summary.json", "evaluation.json", "model.safetensors"];
    private readonly SmallRuns _runs = new();

    public void Dispose() => _runs.Dispose();

    private static void Halve(string file) => File.WriteAllBytes(file, File.ReadAllBytes(file)[..(int)(new FileInfo(file).Length / 2)]);

    private static void Scribble(string file)
    {
        var bytes = File.ReadAllBytes(file);
        bytes[^3] ^= 1; // one bit of one number: only a checksum can tell
        File.WriteAllBytes(file, bytes);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void An_older_whole_checkpoint_stands_in_for_a_damaged_one(bool halve)
    {
        var whole = _runs.Train("whole", []);
        var run = _runs.Train("run", [], "--max-steps", "4");
        var newest = SmallRuns.Checkpoints(run)[0];
        (halve ? (Action<string>)Halve : Scribble)(newest);
        var ran = SmallRuns.Resume(run);
        Assert.True(ran.Code == 0, ran.Error);
        Assert.Contains(newest, ran.Error);
        Assert.Contains("An older checkpoint is used.", ran.Error);
        Assert.Equal(File.ReadAllBytes(Path.Combine(whole, "model.safetensors")), File.ReadAllBytes(Path.Combine(run, "model.safetensors")));
    }

    [Fact]
    public void Without_a_whole_checkpoint_the_run_is_refused_and_left_as_it_is()
    {
        var run = _runs.Train("run", [], "--max-steps", "4");
        var (newest, older) = (SmallRuns.Checkpoints(run)[0], SmallRuns.Checkpoints(run)[1]);
        File.WriteAllText(newest, "not a checkpoint at all");
        Halve(older);
        var before = SmallRuns.Contents(run);
        SmallRuns.Resume(run, "--set", "training.epochs=9")
            .Refused(3, "No checkpoint in", "cannot be resumed", newest, older, "cut short", "Restore one from a copy, or train anew with another --out");
        Assert.Equal(before, SmallRuns.Contents(run));
    }

    [Fact]
    public void A_run_stopped_before_its_first_checkpoint_begins_anew_and_says_so()
    {
        var run = _runs.Train("run", [], "--max-steps", "1");
        Directory.Delete(Path.Combine(run, "checkpoint"), recursive: true);
        foreach (var result in Results)
            File.Delete(Path.Combine(run, result));
        var ran = SmallRuns.Resume(run);
        Assert.True(ran.Code == 0, ran.Error);
        Assert.Contains("holds no checkpoint yet; training starts from the beginning", ran.Error);
    }

    [Theory]
    [InlineData("summary.json, evaluation.json, model.safetensors")]
    [InlineData("model.safetensors")] // a run that was stopped while it was evaluated
    public void A_run_with_results_that_lost_its_checkpoint_is_refused_and_left_as_it_is(string results)
    {
        var run = _runs.Train("run", []);
        foreach (var other in Results.Except(results.Split(", ")))
            File.Delete(Path.Combine(run, other));
        Array.ForEach(SmallRuns.Checkpoints(run), File.Delete);
        File.WriteAllText(Path.Combine(run, "checkpoint", "notes.txt"), "no checkpoint");
        var before = SmallRuns.Contents(run);
        string[] parts = [$"'{Path.Combine(run, "checkpoint")}' holds no checkpoint", results, "Bring the checkpoint back from a copy", "another --out"];
        SmallRuns.Resume(run).Refused(3, parts);
        SmallRuns.Resume(run, "--set", "training.epochs=9").Refused(3, parts);
        Directory.Delete(Path.Combine(run, "checkpoint"), recursive: true);
        before.Remove(Path.Combine("checkpoint", "notes.txt"));
        SmallRuns.Resume(run).Refused(3, parts);
        Assert.Equal(before, SmallRuns.Contents(run));
    }

    [Theory]
    [InlineData("predict")]
    [InlineData("evaluate")]
    public void A_model_whose_header_lies_about_its_length_is_refused(string command)
    {
        var run = _runs.Train("run", [], "--max-steps", "1");
        var model = Path.Combine(run, "model.safetensors");
        var bytes = File.ReadAllBytes(model);
        BinaryPrimitives.WriteInt64LittleEndian(bytes, 1L << 40);
        File.WriteAllBytes(model, bytes);
        Use(command, run).Refused(3, $"'{model}', offset 0", "the header claims 1,099,511,627,776 bytes", $"expected at most {bytes.Length - 8:N0}");
    }

    [Fact]
    public void A_model_whose_header_claims_more_numbers_than_there_are_is_refused()
    {
        var run = _runs.Train("run", [], "--max-steps", "1");
        var model = Path.Combine(run, "model.safetensors");
        File.WriteAllBytes(model, File.ReadAllBytes(model)[..^4]);
        Use("predict", run).Refused(3, model, "The file is cut short");
    }

    [Theory]
    [InlineData("predict")]
    [InlineData("evaluate")]
    public void A_folder_that_is_no_run_is_told_from_one_that_is_missing_and_from_a_file(string command)
    {
        Directory.CreateDirectory(_runs.In("other"));
        var file = _runs.Write("file", "");
        Use(command, _runs.In("other")).Refused(3, $"'{_runs.In("other")}' holds no run", "recipe.json", "recollect train");
        Use(command, _runs.In("missing")).Refused(3, $"'{_runs.In("missing")}' does not exist");
        Use(command, file).Refused(3, file, command == "predict" ? "safetensors" : "is a file; expected the folder of a run");
        Assert.Empty(Directory.GetFileSystemEntries(_runs.In("other")));
    }

    [Theory]
    [InlineData("predict")]
    [InlineData("evaluate")]
    public void A_run_without_its_model_is_told_how_to_go_on(string command)
    {
        var run = _runs.Train("run", [], "--max-steps", "1");
        File.Delete(Path.Combine(run, "model.safetensors"));
        Use(command, run).Refused(3, "model.safetensors' does not exist", $"recollect train --resume {run}");
    }

    [Fact]
    public void Rows_of_another_kind_than_the_model_takes_are_named_and_none_is_labelled()
    {
        var run = _runs.Train("run", [], "--max-steps", "1");
        var rows = _runs.Write("rows.csv", "1,2,3\n");
        Ran.Command("predict", run, rows).Refused(3, $"{rows}, line 1", "found 3 numbers", "64");
        Ran.Command("predict", run, _runs.In("none.csv"), "--json").Refused(3, _runs.In("none.csv"));
        var folder = Directory.CreateDirectory(_runs.In("folder")).FullName; // one of images to this model
        File.Copy(rows, Path.Combine(folder, "rows.csv"));
        Ran.Command("predict", run, folder).Refused(3, $"{Path.Combine(folder, "rows.csv")}: the file starts with the bytes", "expected a JPEG or PNG image");
    }

    [Fact]
    public void A_model_file_alone_predicts_as_its_run_does()
    {
        var run = _runs.Train("run", [], "--max-steps", "1");
        var ofRun = Use("predict", run);
        File.Move(Path.Combine(run, "model.safetensors"), _runs.In("mine.model"));
        var alone = Use("predict", _runs.In("mine.model"));
        Assert.True(alone.Code == 0, alone.Error);
        Assert.Equal(ofRun.Out, alone.Out);
    }

    [Fact]
    public void A_table_of_text_for_a_model_of_images_is_told_what_the_model_reads()
    {
        var run = _runs.Train("run", [], "--max-steps", "1");
        Ran.Command("predict", run, _runs.Write("mine.csv", "text,label\n\"fine, thank you\",good\n"))
            .Refused(3, "column 'text': found 'fine, thank you'", "This model reads images of 8×8×1 (17 levels); in a table, 64 whole numbers a row.");
    }

    [Fact]
    public void A_resume_that_may_take_no_update_says_so()
    {
        var run = _runs.Train("run", [], "--max-steps", "4");
        var ran = SmallRuns.Resume(run, "--max-steps", "3");
        Assert.True(ran.Code == 0, ran.Error);
        Assert.Contains("--max-steps is 3, and the run has done 4 updates in earlier sittings", ran.Error);
        Assert.DoesNotContain("earlier sittings", SmallRuns.Resume(run, "--max-steps", "5").Error);
        Assert.DoesNotContain("earlier sittings", SmallRuns.Resume(run).Error);
    }

    [Fact]
    public void An_existing_run_is_refused_and_untouched()
    {
        var run = _runs.Train("run", [], "--max-steps", "1");
        var before = SmallRuns.Contents(run);
        Ran.Command(SmallRuns.Digits(run, [])).Refused(2, $"'{run}' holds a run already", $"--resume {run}", "--out");
        Assert.Equal(before, SmallRuns.Contents(run));
    }

    [Fact]
    public void A_folder_with_other_things_in_it_is_refused_and_untouched()
    {
        Directory.CreateDirectory(_runs.In("photos"));
        _runs.Write("photos/one.txt", "precious");
        Ran.Command(SmallRuns.Digits(_runs.In("photos"), [])).Refused(2, "is not empty and holds no run", "--out");
        Assert.Equal(["one.txt"], SmallRuns.Contents(_runs.In("photos")).Keys);
    }

    [Fact]
    public void A_resume_refuses_every_key_but_epochs_and_touches_nothing()
    {
        var run = _runs.Train("run", [], "--max-steps", "1");
        var before = SmallRuns.Contents(run);
        SmallRuns.Resume(run, "--set", "training.learningRate=0.1")
            .Refused(2, "--set training.learningRate=0.1", "only 'training.epochs' may change", "Start a new run");
        Assert.Equal(before, SmallRuns.Contents(run));
    }

    private Ran Use(string command, string run) => command == "predict"
        ? Ran.Command("predict", run, _runs.Write("rows.csv", string.Join(',', Enumerable.Repeat(3, 64)) + "\n"))
        : Ran.Command("evaluate", run);
}
