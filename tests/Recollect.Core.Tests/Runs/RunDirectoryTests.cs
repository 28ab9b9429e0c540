namespace Recollect.Runs;

public sealed class RunDirectoryTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_new_run_makes_its_folder_and_those_above()
    {
        var path = _folder.File(Path.Combine("runs", "digits-0"));
        var run = RunDirectory.Create(path);
        Assert.True(Directory.Exists(path));
        Assert.Equal(path, run.Path);
        string[] files = [run.RecipeFile, run.ManifestFile, run.MetricsFile, run.SummaryFile, run.ModelFile, run.EvaluationFile, run.ProbesFolder, run.EventsFolder, run.CheckpointFolder];
        Assert.Equal(["recipe.json", "manifest.json", "metrics.jsonl", "summary.json", "model.safetensors", "evaluation.json", "probes", "tensorboard", "checkpoint"], files.Select(file => Path.GetRelativePath(path, file)));
    }

    [Fact]
    public void A_run_is_cleared_for_another_one_but_not_under_the_process_that_trains_it()
    {
        var path = _folder.File("run");
        var run = RunDirectory.Create(path);
        File.WriteAllText(run.RecipeFile, "{}");
        File.WriteAllText(run.SummaryFile, "{}");
        Directory.CreateDirectory(run.CheckpointFolder);
        File.WriteAllText(Path.Combine(run.CheckpointFolder, "update-0000000001.safetensors"), "");
        using (run.Lock())
        {
            var refusal = Assert.Throws<RunException>(() => RunDirectory.Clear(path)).Message;
            Assert.True(RunLock.IsRefusal(refusal));
            Assert.Equal($"'{path}' is in use by process {Environment.ProcessId}. Wait for it to end, or stop it; then try again.", refusal);
            Assert.True(File.Exists(run.SummaryFile));
        }
        RunDirectory.Clear(path);
        Assert.Equal(["lock"], Directory.GetFileSystemEntries(path).Select(Path.GetFileName));
        RunDirectory.Create(path).RefuseWork();
    }

    [Fact]
    public void An_empty_folder_and_one_of_a_run_that_never_began_are_taken()
    {
        RunDirectory.Create(_folder.Path).Lock().Dispose();
        _folder.File(".recipe.json.1-2.part", "half");
        RunDirectory.Create(_folder.Path);
    }

    [Fact]
    public void The_folder_of_a_run_that_never_began_is_removed_under_its_own_lock()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "no file that is open is removed there");
        var run = RunDirectory.Create(_folder.File("run"));
        var held = run.Lock();
        run.RemoveUnlessStarted();
        Assert.False(Directory.Exists(run.Path));
        using (RunDirectory.Create(run.Path).Lock())
        {
            var owner = _folder.File("run/lock.owner", "another process's number");
            held.Dispose();
            Assert.True(File.Exists(owner)); // the next holder's
            Assert.True(RunLock.IsRefusal(Assert.Throws<RunException>(() => run.Lock()).Message));
        }
    }

    [Theory]
    [InlineData("checkpoint/update-0000000001.safetensors")]
    [InlineData("model.safetensors")]
    [InlineData("summary.json")]
    public void An_existing_run_is_refused_with_both_ways_on(string file)
    {
        _folder.File("recipe.json", "{}");
        Directory.CreateDirectory(_folder.File("checkpoint"));
        _folder.File(file, "{}");
        var error = Assert.Throws<RecipeException>(() => RunDirectory.Create(_folder.Path));
        Assert.Equal(2, error.ExitCode);
        Assert.Contains($"--resume {_folder.Path}", error.Message);
        Assert.Contains("--out", error.Message);
    }

    [Fact]
    public void A_run_that_has_nothing_to_show_is_taken_and_told_from_one_once_it_has()
    {
        _folder.File("recipe.json", "{}");
        _folder.File("metrics.jsonl", "{}\n");
        Directory.CreateDirectory(_folder.File("checkpoint"));
        _folder.File("checkpoint/.update-1.9-aa.part", "half");
        var run = RunDirectory.Create(_folder.Path);
        using var held = run.Lock();
        run.RefuseWork();
        File.WriteAllText(Path.Combine(run.CheckpointFolder, "update-0000000001.safetensors"), "");
        Assert.Throws<RecipeException>(run.RefuseWork);
    }

    [Fact]
    public void Results_are_removed_and_what_led_to_them_stays()
    {
        Directory.CreateDirectory(_folder.File("probes"));
        foreach (var file in new[] { "recipe.json", "metrics.jsonl", "summary.json", "evaluation.json", "model.safetensors", "probes/gradient.json", "probes/memory.json" })
            _folder.File(file, "{}");
        RunDirectory.Open(_folder.Path).RemoveResults();
        Assert.Equal(["metrics.jsonl", "probes", "recipe.json"], _folder.Names.Order());
        Assert.Empty(Directory.GetFiles(_folder.File("probes")));
        RunDirectory.Open(_folder.Path).RemoveResults();
    }

    [Fact]
    public void A_folder_with_other_things_and_a_file_are_refused()
    {
        var file = _folder.File("notes.txt", "mine");
        Assert.Contains("not empty", Assert.Throws<RecipeException>(() => RunDirectory.Create(_folder.Path)).Message);
        Assert.Contains("is a file", Assert.Throws<RecipeException>(() => RunDirectory.Create(file)).Message);
        Assert.Throws<RunException>(() => RunDirectory.Create(Path.Combine(file, "below")));
    }

    [Fact]
    public void A_model_alone_is_a_run()
    {
        _folder.File("model.safetensors", "");
        Assert.Equal(_folder.Path, RunDirectory.Open(_folder.Path).Path);
    }

    [Fact]
    public void What_is_no_run_is_not_opened()
    {
        Assert.Contains("holds no run", Assert.Throws<DataException>(() => RunDirectory.Open(_folder.Path)).Message);
        Assert.Contains("does not exist", Assert.Throws<DataException>(() => RunDirectory.Open(_folder.File("gone"))).Message);
        Assert.Contains("is a file", Assert.Throws<DataException>(() => RunDirectory.Open(_folder.File("file", ""))).Message);
    }

    [Fact]
    public void Locking_removes_what_a_killed_process_left()
    {
        var run = RunDirectory.Create(_folder.Path);
        Directory.CreateDirectory(run.CheckpointFolder);
        File.WriteAllText(Path.Combine(run.CheckpointFolder, ".state.safetensors.9-aa.part"), "half");
        _folder.File(".summary.json.9-bb.part", "half");
        using var held = run.Lock();
        Assert.Empty(Directory.GetFiles(run.CheckpointFolder));
        Assert.DoesNotContain(_folder.Names, name => name.EndsWith(".part", StringComparison.Ordinal));
    }

    [Fact]
    public void Opening_for_reading_leaves_another_process_s_half_written_files_alone()
    {
        _folder.File("recipe.json", "{}");
        _folder.File(".summary.json.9-bb.part", "half");
        RunDirectory.Open(_folder.Path);
        Assert.Contains(".summary.json.9-bb.part", _folder.Names);
    }
}
