using System.Text.Json.Nodes;
using Recollect.Cli;
using Recollect.Cli.Plans;
using Recollect.Experiments;
using Recollect.Reports.Reading;
using Recollect.Reproduction;
using Recollect.Runs;

namespace Recollect.Tests.Cli.Plans;

/// <summary>Which trainings begin, where, and what becomes of those that end otherwise; no training is done.</summary>
public sealed class PlanRunnerTests : IDisposable
{
    private const string Target = """
        {"exhibits": [{"kind": "table", "title": "t", "measure": "test.accuracy", "columns": ["c"], "rows": [
          {"name": "a", "cells": [{"column": "c", "paper": 1, "run": "digits-lstm"}]},
          {"name": "b", "cells": [{"column": "c", "run": "digits-lstm bptt.supervised=8"}]},
          {"name": "c", "cells": [{"column": "c", "run": "digits-gru"}]}]}]}
        """;

    private const string InUse = "'out/runs/digits-gru-s1' is in use by process 12. Wait for it to end, or stop it; then try again.";

    private readonly string _folder = Directory.CreateTempSubdirectory("recollect-reproduce-").FullName;
    private readonly List<string[]> _begun = [];
    private readonly Lock _gate = new();

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Every_run_is_trained_once_with_its_recipe_its_edits_and_its_seed()
    {
        var ran = Reproduce(Finish, "--seeds", "2", "--json");
        Assert.Equal(0, ran.Code);
        Assert.Equal(["digits-gru 1", "digits-gru 2", "digits-lstm 1", "digits-lstm 1", "digits-lstm 2", "digits-lstm 2"], _begun.Select(words => $"{words[0]} {After(words, "--seed")}").Order());
        Assert.Contains("bptt.supervised=8", _begun.Single(words => After(words, "--out").EndsWith("digits-lstm+bptt.supervised=8-s2", StringComparison.Ordinal)));
        Assert.All(_begun, words => Assert.Contains("training.checkpointMinutes=2", words)); // the scale's own
        Assert.Equal((6, 0, 0), ((int)ran.Json["done"]!, (int)ran.Json["failed"]!, (int)ran.Json["open"]!));
        var exhibits = JsonNode.Parse(File.ReadAllText(In("out", "exhibits.json")))!;
        Assert.Equal("""["runs/digits-lstm-s1","runs/digits-lstm-s2"]""", exhibits["exhibits"]![0]!["rows"]![0]!["cells"]![0]!["runs"]!.ToJsonString());
        Assert.Equal(1, (int)exhibits["format"]!);
    }

    [Fact]
    public void A_failed_run_is_told_stops_no_other_and_begins_anew_when_the_target_goes_on()
    {
        TrainOutcome FailGru(string[] words) => words[0] == "digits-gru" ? new TrainOutcome(1, "the disk is full") : Finish(words);
        var ran = Reproduce(FailGru, "--seeds", "1");
        Assert.Equal(1, ran.Code);
        Assert.Contains("2 done, 1 failed, 0 open", ran.Out);
        Assert.Contains("failed  digits-gru-s1: the disk is full", ran.Out);
        Assert.Equal("the disk is full", (string)JsonNode.Parse(File.ReadAllText(In("out", "runs", "digits-gru-s1.failure.json")))!["message"]!);
        _begun.Clear();
        Assert.Equal(0, Reproduce(Finish, "--seeds", "1", "--resume").Code);
        Assert.Equal(["digits-gru"], _begun.Select(words => words[0]));
        Assert.False(File.Exists(In("out", "runs", "digits-gru-s1.failure.json")));
    }

    [Theory]
    [InlineData("2", ", and all of it would be enough", true)]
    [InlineData("2", "", false)]
    [InlineData("1", ", and all of it would be enough", false)]
    public void A_run_that_is_refused_for_its_share_of_the_memory_is_told_how_it_gets_all(string jobs, string enough, bool told)
    {
        const string Advice = "Or let one train at a time, which has all of the memory: --jobs 1.";
        var ran = Reproduce(_ => new TrainOutcome(2, $"The training needs about 9,000 MB of memory; this machine has 16,000 MB for 2 processes{enough}. Set training.accumulate = 3."), "--seeds", "1", "--jobs", jobs);
        Assert.Contains("Set training.accumulate = 3.", ran.Out);
        Assert.Equal(told, ran.Out.Contains(Advice, StringComparison.Ordinal));
        Assert.Equal(told, File.ReadAllText(In("out", "runs", "digits-gru-s1.failure.json")).Contains(Advice, StringComparison.Ordinal));
    }

    [Fact]
    public void A_failed_run_goes_on_from_its_checkpoint_but_a_smoke_test_begins_anew()
    {
        TrainOutcome Fail(string[] words)
        {
            Interrupt(words);
            return new TrainOutcome(1, "no");
        }

        Reproduce(words => words[0] == "digits-gru" ? Fail(words) : Finish(words), "--seeds", "1");
        _begun.Clear();
        var again = Reproduce(Finish, "--seeds", "1", "--resume");
        Assert.Equal("--resume", Assert.Single(_begun)[0]);
        Assert.Contains("[1/1] digits-gru-s1 goes on\n[1/1] digits-gru-s1 is done: ", again.Error);
        _begun.Clear();
        Command(Fail, "--scale", "smoke", "--out", In("smoke"));
        _begun.Clear();
        Command(Fail, "--scale", "smoke", "--out", In("smoke"), "--resume");
        Assert.Equal(3, _begun.Count(words => words.Contains("--out")));
    }

    [Fact]
    public void Finished_runs_are_not_repeated_and_interrupted_ones_go_on()
    {
        Reproduce(words => words.Contains("bptt.supervised=8") ? Interrupt(words) : Finish(words), "--seeds", "1");
        _begun.Clear();
        var ran = Reproduce(Finish, "--seeds", "1", "--resume");
        Assert.Equal(0, ran.Code);
        Assert.Contains("2 of 3 runs are done already", ran.Error);
        Assert.Equal(["--resume", In("out", "runs", "digits-lstm+bptt.supervised=8-s1")], Assert.Single(_begun).Take(2));
    }

    [Fact]
    public void A_training_that_a_signal_of_its_own_stops_is_told_and_left_open()
    {
        var ran = Reproduce(words => words.Contains("bptt.supervised=8") ? Interrupt(words) : Finish(words), "--seeds", "1");
        Assert.Equal(1, ran.Code);
        Assert.Contains("was stopped by a signal of its own; --resume goes on with it", ran.Error);
        Assert.Contains("runs    2 done, 0 failed, 1 open", ran.Out);
    }

    [Fact]
    public void What_another_share_ends_while_the_report_is_written_is_in_what_is_written_last()
    {
        Reproduce(Finish, "--seeds", "1", "--shard", "1/3");
        var written = new List<int>();
        PlanSession.WriteWhatStands(In("out"), found =>
        {
            written.Add(found.Runs.Count(run => run.State == RunState.Finished));
            if (written.Count == 1)
                Reproduce(Finish, "--seeds", "1", "--shard", "2/3");
        });
        Assert.Equal([1, 2], written);
    }

    [Fact]
    public void Shares_train_every_run_once_between_them()
    {
        foreach (var share in new[] { "1/3", "2/3", "3/3" })
            Assert.Equal(0, Reproduce(Finish, "--seeds", "3", "--shard", share).Code);
        Assert.Equal(9, _begun.Count);
        Assert.Equal(9, _begun.Select(words => After(words, "--out")).Distinct().Count());
        Assert.All(_begun.Chunk(3), share => Assert.Equal(3, share.Select(words => After(words, "--out")[..^1]).Distinct().Count())); // and not all of one recipe, which might be the slowest
    }

    [Theory]
    [InlineData(1, 3)]
    [InlineData(2, 3)]
    [InlineData(3, 3)]
    [InlineData(4, 2)]
    [InlineData(6, 2)]
    [InlineData(9, 3)]
    public void Shares_are_of_nearly_one_size(int shares, int seeds)
    {
        var sizes = Enumerable.Range(1, shares).Select(share =>
        {
            var before = _begun.Count;
            Reproduce(Finish, "--seeds", $"{seeds}", "--shard", $"{share}/{shares}");
            return _begun.Count - before;
        }).ToList();
        Assert.Equal(3 * seeds, sizes.Sum());
        Assert.Equal(3 * seeds, _begun.Select(words => After(words, "--out")).Distinct().Count());
        Assert.InRange(sizes.Max() - sizes.Min(), 0, 1);
    }

    [Fact]
    public void A_share_without_a_run_says_so()
    {
        var ran = Reproduce(Finish, "--seeds", "1", "--shard", "9/9");
        Assert.Equal(0, ran.Code);
        Assert.Contains("and this share none of them", ran.Error);
        Assert.Empty(_begun);
    }

    [Fact]
    public void Where_data_are_and_how_many_threads_reach_every_training()
    {
        Reproduce(Finish, "--seeds", "1", "--data", _folder, "--device", "cpu", "--threads", "3");
        Assert.All(_begun, words => Assert.Equal((_folder, "cpu", "3"), (After(words, "--data"), After(words, "--device"), After(words, "--threads"))));
    }

    [Fact]
    public void Runs_whose_time_is_a_result_come_last_each_alone_with_all_cores()
    {
        File.WriteAllText(In("mine.json"), Target.Replace("""{"exhibits": [""", """
            {"exhibits": [{"kind": "cost", "title": "t", "x": "steps", "series": [{"name": "a", "points": [
              {"x": 1, "run": "digits-lstm"}, {"x": 2, "run": "digits-lstm bptt.supervised=16"}]}]},
            """));
        var (together, most) = (0, new Dictionary<string, int>());
        TrainOutcome Watched(string[] words)
        {
            lock (most)
                most[After(words, "--out")] = ++together;
            Thread.Sleep(100); // time for another to begin
            var outcome = Finish(words);
            lock (most)
                together--;
            return outcome;
        }
        Assert.Equal(0, Reproduce(Watched, "--seeds", "1", "--jobs", "2").Code);
        var timed = _begun[2..];
        Assert.Equal(["digits-lstm", "digits-lstm+bptt.supervised=16"], timed.Select(words => Path.GetFileName(After(words, "--out"))[..^3]));
        Assert.All(timed, words => Assert.Equal((1, $"{Environment.ProcessorCount}"), (most[After(words, "--out")], After(words, "--threads"))));
        Assert.All(timed, words => Assert.DoesNotContain("--sharing", words));
        Assert.All(_begun[..2], words => Assert.Equal(($"{Math.Max(1, Environment.ProcessorCount / 2)}", "2"), (After(words, "--threads"), After(words, "--sharing"))));

        _begun.Clear();
        Assert.Contains("2 at a time (2 recipes alone, for their time)", Reproduce(StubTraining.Measured, "--seeds", "1", "--list", "--jobs", "2").Out);
        Directory.Delete(In("out"), recursive: true);
        Assert.Equal(0, Reproduce(Finish, "--seeds", "1", "--jobs", "2", "--scale", "full").Code);
        Assert.All(_begun[^4..], words => Assert.Equal($"{Math.Max(1, Environment.ProcessorCount / 2)}", After(words, "--threads"))); // somebody asked for two
    }

    [Fact]
    public void A_folder_with_something_else_is_refused_and_kept()
    {
        Assert.Equal(0, Reproduce(Finish, "--seeds", "1").Code);
        Refused(Reproduce(Finish, "--seeds", "1"), "holds this target already", "--resume");
        Refused(Reproduce(Finish, "--seeds", "1", "--scale", "full", "--resume"), "holds the target 'mine' at scale short", "--out");
        foreach (var damaged in new[] { "{", "[]", "null" })
        {
            File.WriteAllText(In("out", "exhibits.json"), damaged);
            var ran = Reproduce(Finish, "--seeds", "1", "--resume");
            Assert.Equal(3, ran.Code);
            Assert.Contains("exhibits.json' is damaged: ", ran.Error);
        }
        Directory.CreateDirectory(In("else"));
        File.WriteAllText(In("else", "letter.txt"), "dear");
        Refused(Command(Finish, "--out", In("else")), "is not empty and holds no target's runs");
        Assert.Equal("dear", File.ReadAllText(In("else", "letter.txt")));
    }

    /// <summary>The report comes when all has been trained, but what is in its way is seen before.</summary>
    [Fact]
    public void A_report_of_somebody_elses_is_seen_before_anything_is_trained()
    {
        Directory.CreateDirectory(In("out"));
        File.WriteAllText(In("out", "report.html"), "<p>mine</p>");
        Refused(Reproduce(Finish, "--seeds", "1"), "report.html' is there already", "choose another folder with --out");
        Assert.Empty(_begun);
        Assert.Equal("<p>mine</p>", File.ReadAllText(In("out", "report.html")));
    }

    /// <summary>Two at a time, and each waits for another: the pairs are the plan's first two, its next two and its last two.</summary>
    [Fact]
    public void Several_at_a_time_keep_the_plans_order()
    {
        using var pair = new Barrier(2);
        var ran = Reproduce(
            words =>
            {
                Assert.True(pair.SignalAndWait(TimeSpan.FromSeconds(60)), "nobody came to the other run");
                return Finish(words);
            }, "--seeds", "2", "--jobs", "2");
        Assert.True(ran.Code == 0, ran.Out + ran.Error);
        string[] plan = [.. TargetPlan.Of(In("mine.json"), Scale.Short, 2).Runs.Select(run => run.Name)];
        Assert.Equal(plan.Chunk(2).Select(names => string.Join(' ', names.Order())), _begun.Select(words => Path.GetFileName(After(words, "--out"))).Chunk(2).Select(names => string.Join(' ', names.Order())));
    }

    [Fact]
    public void A_run_that_another_process_trains_is_open_and_has_not_failed()
    {
        var ran = Reproduce(words => words[0] == "digits-gru" ? new TrainOutcome(1, InUse) : Finish(words), "--seeds", "1");
        Assert.Equal(0, ran.Code);
        Assert.Contains("2 done, 0 failed, 1 open", ran.Out);
        Assert.Contains("digits-gru-s1 is in use: another process trains it", ran.Error);
        Assert.Empty(Directory.GetFiles(In("out", "runs"), "*.failure.json"));
    }

    /// <summary>As a training that is still saving, when the command that began it was killed and another goes on at once.</summary>
    [Fact]
    public void A_run_that_is_no_longer_in_use_when_the_others_have_ended_is_trained()
    {
        var asked = 0;
        var ran = Reproduce(words => words[0] == "digits-gru" && asked++ == 0 ? new TrainOutcome(1, InUse) : Finish(words), "--seeds", "1", "--jobs", "1");
        Assert.Contains("3 done, 0 failed, 0 open", ran.Out);
        Assert.Equal(4, _begun.Count);
    }

    /// <summary>The other process came between the look at the run's folder and the training.</summary>
    [Fact]
    public void A_run_that_another_process_has_just_begun_and_left_is_gone_on_with()
    {
        var ran = Reproduce(words =>
        {
            if (words[0] != "digits-gru")
                return Finish(words);
            Begin(words);
            var error = Assert.Throws<RecipeException>(RunDirectory.Open(After(words, "--out")).RefuseWork);
            return new TrainOutcome(2, error.Message);
        }, "--seeds", "1");
        Assert.Equal(0, ran.Code);
        Assert.Contains("3 done, 0 failed, 0 open", ran.Out);
        Assert.Contains(_begun, words => words[0] == "--resume" && words[1].EndsWith("digits-gru-s1", StringComparison.Ordinal));
    }

    [Fact]
    public void A_run_that_another_process_has_just_finished_is_done_whatever_it_had_noted()
    {
        var ran = Reproduce(words =>
        {
            var outcome = Finish(words);
            if (words[0] != "digits-gru")
                return outcome;
            File.WriteAllText(After(words, "--out") + ".failure.json", """{"exitCode":137,"message":"ended with exit code 137"}""");
            return outcome;
        }, "--seeds", "1");
        Assert.Contains("3 done, 0 failed, 0 open", ran.Out);
        Assert.DoesNotContain(" 0.00%", ran.Error);
    }

    [Fact]
    public void A_run_that_another_process_took_over_when_its_training_was_killed_has_not_failed()
    {
        var held = default(RunLock);
        var ran = Reproduce(words =>
        {
            if (!words.Any(word => word.EndsWith("digits-gru-s1", StringComparison.Ordinal)))
                return Finish(words);
            if (words.Contains("--out"))
                Begin(words);
            held ??= RunDirectory.Open(In("out", "runs", "digits-gru-s1")).Lock();
            return new TrainOutcome(137, "");
        }, "--seeds", "1");
        held!.Dispose();
        Assert.Contains("2 done, 0 failed, 1 open", ran.Out);
        Assert.Empty(Directory.GetFiles(In("out", "runs"), "*.failure.json"));
    }

    [Fact]
    public void A_smoke_test_that_another_process_trains_anew_is_not_cleared_away()
    {
        Smoke(Wrong);
        _begun.Clear();
        var ran = default(Ran);
        using (RunDirectory.Open(In("smoke", "runs", "digits-gru-s1")).Lock())
            ran = Smoke(words => throw new InvalidOperationException(words[0]), "--shard", "3/3");
        Assert.Empty(_begun);
        Assert.Contains("digits-gru-s1 is in use: another process trains it", ran.Error);
        Assert.True(File.Exists(In("smoke", "runs", "digits-gru-s1", "summary.json")));
    }

    [Fact]
    public void A_share_goes_on_in_what_another_one_is_just_making()
    {
        Directory.CreateDirectory(In("out", "runs"));
        File.WriteAllText(In("out", ".exhibits.json.1-2.part"), "{");
        Assert.Equal(0, Reproduce(Finish, "--seeds", "1", "--shard", "2/3").Code);
    }

    [Fact]
    public void A_smoke_test_that_ends_well_with_something_wrong_has_failed_and_begins_anew()
    {
        var ran = Smoke(Wrong);
        Assert.Equal(1, ran.Code);
        Assert.Contains("failed  digits-gru-s1: a loss is not finite", ran.Out);
        _begun.Clear();
        Smoke(Wrong);
        Assert.Equal(3, _begun.Count);
        Assert.All(_begun, words => Assert.Contains("--out", words));
    }

    [Fact]
    public void A_smoke_test_is_told_without_a_number_that_would_mean_nothing()
    {
        var told = Smoke(Right).Error;
        Assert.Contains("digits-gru-s1 is done", told);
        Assert.DoesNotContain("%", told);
    }

    /// <summary>As after a kill between a training's end and its check.</summary>
    [Fact]
    public void A_finished_smoke_test_that_nobody_checked_is_checked_when_the_target_goes_on()
    {
        Smoke(Wrong);
        foreach (var file in Directory.GetFiles(In("smoke", "runs"), "*.failure.json"))
            File.Delete(file);
        _begun.Clear();
        Assert.Equal(1, Smoke(Wrong).Code);
        Assert.Equal(3, _begun.Count);
    }

    [Fact]
    public void A_smoke_test_that_ended_while_all_was_stopped_is_checked()
    {
        var stop = new StopSignal();
        TrainOutcome EndAndStop(IReadOnlyList<string> words, string log, StopSignal signal)
        {
            stop.Raise("SIGINT");
            return Wrong([.. words]);
        }

        File.WriteAllText(In("mine.json"), Target);
        var request = new PlanRequest { Plan = TargetPlan.Of(In("mine.json"), Scale.Smoke), Folder = In("smoke") };
        var result = new PlanRunner(request, EndAndStop, _ => { }, stop).Run();
        Assert.Equal((0, 1, 2), (result.Done, result.Failed, result.Open));
    }

    [Fact]
    public void What_befalls_one_run_stops_no_other()
    {
        TrainOutcome Break(string[] words) => words[0] == "digits-gru" ? throw new UnauthorizedAccessException("Access to the log is denied.") : Finish(words);
        var ran = Reproduce(Break, "--seeds", "1", "--jobs", "1");
        Assert.Equal(1, ran.Code);
        Assert.Contains("2 done, 1 failed, 0 open", ran.Out);
        Assert.Contains("failed  digits-gru-s1: Access to the log is denied.", ran.Out);
    }

    /// <summary>Where its failure should be noted lies a folder: as little can be written as on a full disk.</summary>
    [Fact]
    public void A_failure_that_cannot_be_written_is_told_all_the_same()
    {
        Directory.CreateDirectory(In("out", "runs", "digits-gru-s1.failure.json", "full"));
        var ran = Reproduce(Finish, "--seeds", "1", "--jobs", "1");
        Assert.Equal(1, ran.Code);
        Assert.Contains("2 done, 1 failed, 0 open", ran.Out);
        Assert.Contains("failed  digits-gru-s1: ", ran.Out);
    }

    [Fact]
    public void A_run_of_another_recipe_under_the_same_name_is_refused_be_it_of_more_epochs()
    {
        Reproduce(Finish, "--seeds", "1");
        _begun.Clear();
        var recipe = In("out", "runs", "digits-gru-s1", "recipe.json");
        var text = File.ReadAllText(recipe);
        var epochs = (int)JsonNode.Parse(text)!["training"]!["epochs"]!;
        File.WriteAllText(recipe, text.Replace($"\"epochs\": {epochs}", $"\"epochs\": {epochs + 1}"));
        Refused(Reproduce(Finish, "--seeds", "2", "--resume"), $"'training.epochs' is {epochs + 1} there, and {epochs} here"); // else a mean would be over both
        File.WriteAllText(recipe, text.Replace("\"batch\": 32", "\"batch\": 16"));
        Refused(Reproduce(Finish, "--seeds", "1", "--resume"), recipe[..^"/recipe.json".Length], "'digits-gru'", "'training.batch' is 16 there, and 32 here", "--out");
        Assert.Empty(_begun);
    }

    [Theory]
    [InlineData("--shard", "0/2", "I/N")]
    [InlineData("--shard", "3/2", "I/N")]
    [InlineData("--shard", "two", "I/N")]
    [InlineData("--seeds", "0", "at least 1")]
    [InlineData("--seeds", "5000000000", "--seeds is 5000000000; it must be at most 10000.")]
    [InlineData("--jobs", "0", "at least 1")]
    [InlineData("--scale", "shrt", "short")]
    public void A_wrong_option_is_refused(string option, string value, string message) => Refused(Reproduce(Finish, option, value), message);

    [Theory]
    [InlineData("\"kind\": \"table\", ", "", "exhibit 1 is without a 'kind'; expected table, curve")]
    [InlineData("\"table\"", "\"tabel\"", "exhibit 1: kind 'tabel'; expected table, curve")]
    [InlineData("\"title\"", "\"titel\"", "exhibit 1", "'titel'", "docs/reproduction.md")]
    [InlineData("\"columns\": [\"c\"]", "\"columns\": [\"c\"], \"comparison\": []", "exhibit 1, at comparison: unknown key 'comparison'")]
    [InlineData("\"columns\": [\"c\"], ", "", "exhibit 1: without 'columns'")]
    [InlineData("\"columns\": [\"c\"]", "\"columns\": [\"d\"]", "exhibit 't': column 'c'; expected one of d")]
    [InlineData("\"name\": \"a\"", "\"name\": \"a\", \"seeds\": {\"short\": 1}", "exhibit 1, at rows[0].seeds: unknown key 'seeds'")]
    [InlineData("\"paper\": 1", "\"papers\": 1", "exhibit 1, at rows[0].cells[0].papers: unknown key 'papers'")]
    [InlineData("\"paper\": 1", "\"paper\": \"one\"", "exhibit 1, at rows[0].cells[0].paper: found \"one\", which does not belong there")]
    [InlineData("\"title\": \"t\"", "\"title\": 7", "exhibit 1, at title: found 7, which does not belong there")]
    [InlineData("\"columns\": [\"c\"]", "\"columns\": \"c\"", "exhibit 1, at columns: found \"c\", which does not belong there")]
    public void What_no_report_could_show_is_refused_before_anything_is_trained(string old, string now, params string[] parts)
    {
        File.WriteAllText(In("mine.json"), Target.Replace(old, now));
        Refused(Reproduce(Finish, "--seeds", "1"), ["The target 'mine' cannot be shown", .. parts]);
        Refused(Reproduce(Finish, "--seeds", "1", "--list"), "The target 'mine' cannot be shown");
        Assert.Empty(_begun);
        Assert.False(Directory.Exists(In("out")));
    }

    [Theory]
    [InlineData("\"digits-gru\"", """{"full": "digits-gru", "shirt": "digits-gru"}""", "gives a run for 'shirt'; expected smoke, short, full")]
    [InlineData("digits-gru", "digits-gru training.epoch=3", "The target 'mine', run 'digits-gru training.epoch=3': training.epoch=3: unknown key", "training.epochs")]
    public void A_slip_in_a_run_is_told_with_its_run(string old, string now, params string[] parts)
    {
        File.WriteAllText(In("mine.json"), Target.Replace(old, now));
        var ran = Reproduce(Finish, "--seeds", "1");
        Refused(ran, parts);
        Assert.DoesNotContain("--set", ran.Error);
        Assert.Empty(_begun);
    }

    [Fact]
    public void A_file_in_the_folder_s_place_is_refused_and_kept()
    {
        File.WriteAllText(In("out"), "mine");
        Refused(Reproduce(Finish), "is a file; expected a folder", "--out");
        Assert.Equal("mine", File.ReadAllText(In("out")));
    }

    [Fact]
    public void Every_shipped_target_has_only_keys_that_reports_read()
    {
        foreach (var name in TargetBook.Names)
            Assert.All(Enum.GetValues<Scale>(), scale => Assert.Null(Recollect.Reports.Reading.ExhibitsFile.FaultIn(TargetPlan.Of(name, scale).Exhibits)));
    }

    [Fact]
    public void A_report_shows_what_has_come_of_it()
    {
        var ran = Reproduce(Finish, "--seeds", "1");
        Assert.Contains(In("out", "report.html"), ran.Out);
        Assert.Contains("<!DOCTYPE html>", File.ReadAllText(In("out", "report.html")), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void A_damaged_probe_of_a_finished_run_withholds_no_report()
    {
        Reproduce(Finish, "--seeds", "1");
        File.Delete(In("out", "report.html"));
        Directory.CreateDirectory(In("out", "runs", "digits-gru-s1", "probes"));
        File.WriteAllText(In("out", "runs", "digits-gru-s1", "probes", "gradient.json"), "{");
        var ran = Reproduce(Finish, "--seeds", "1", "--resume");
        Assert.Equal(0, ran.Code);
        Assert.Contains("runs    3 done, 0 failed, 0 open", ran.Out);
        Assert.Contains("note: digits-gru-s1 is damaged: '", ran.Error);
        Assert.Contains("digits-gru-s1 – damaged: ", File.ReadAllText(In("out", "report.html")));
    }

    [Theory]
    [InlineData("{")]
    [InlineData("""{"name":"digits-gru","name":"digits-gru"}""")]
    [InlineData("""{"a.b":1,"a":{"b":2}}""")]
    public void A_damaged_recipe_of_one_run_stops_no_other(string recipe)
    {
        Reproduce(words => words.Contains("bptt.supervised=8") ? Interrupt(words) : Finish(words), "--seeds", "1");
        var file = In("out", "runs", "digits-gru-s1", "recipe.json");
        var before = File.ReadAllText(file);
        File.WriteAllText(file, recipe);
        Assert.Contains("1 of 3 runs are done already.", Reproduce(StubTraining.Measured, "--seeds", "1", "--list", "--resume").Error);
        _begun.Clear();
        var ran = Reproduce(Finish, "--seeds", "1", "--resume");
        Assert.Equal(1, ran.Code);
        Assert.Contains("runs    2 done, 1 failed, 0 open", ran.Out);
        Assert.Contains("failed  digits-gru-s1: ", ran.Out);
        Assert.Contains("The run's recipe was changed or is damaged; restore it.", ran.Out);
        Assert.Equal("--resume", Assert.Single(_begun)[0]); // the one that was interrupted
        Assert.Contains("digits-gru-s1 – ", File.ReadAllText(In("out", "report.html")));
        File.WriteAllText(file, before);
        Assert.Contains("runs    3 done, 0 failed, 0 open", Reproduce(Finish, "--seeds", "1", "--resume").Out);
    }

    /// <summary>Every second run from the first on; of those the GRU cannot be measured.</summary>
    [Fact]
    public void The_list_shows_the_share_and_names_what_could_not_be_measured()
    {
        var measured = 0;
        TrainOutcome Measure(string[] words)
        {
            measured++;
            return words[0] == "digits-gru" ? new TrainOutcome(1, "no") : StubTraining.Measured(words);
        }

        var ran = Reproduce(Measure, "--seeds", "1", "--list", "--shard", "1/2", "--jobs", "1");
        Assert.Equal((0, 2), (ran.Code, measured));
        Assert.DoesNotContain("bptt.supervised=8", ran.Out);
        Assert.Contains("2 runs of 2 recipes", ran.Out);
        Assert.Contains("The time of 1 of them is not known, and not in it.", ran.Out);
        Assert.Contains("note: digits-gru: no", ran.Out);
        Assert.DoesNotContain("is not known", Reproduce(StubTraining.Measured, "--seeds", "1", "--list", "--shard", "1/3", "--jobs", "1").Out);
    }

    [Fact]
    public void The_list_of_a_target_that_goes_on_is_of_what_is_left()
    {
        Reproduce(words => words[0] == "digits-gru" ? Interrupt(words) : Finish(words), "--seeds", "2");
        var ran = Reproduce(StubTraining.Measured, "--seeds", "2", "--list", "--resume");
        Assert.Contains("4 of 6 runs are done already.", ran.Error);
        Assert.Contains("2 runs of 1 recipe", ran.Out);
        Assert.Contains("6 runs of 3 recipes", Reproduce(StubTraining.Measured, "--seeds", "2", "--list").Out);
    }

    [Fact]
    public void A_share_ends_well_where_another_share_s_run_has_failed()
    {
        TrainOutcome FailGru(string[] words) => words[0] == "digits-gru" ? new TrainOutcome(1, "no") : Finish(words);
        string[] shares = ["1/3", "2/3", "3/3"];
        Assert.Equal([0, 0, 1], shares.Select(share => Reproduce(FailGru, "--seeds", "1", "--shard", share).Code));
        var again = Reproduce(FailGru, "--seeds", "1", "--shard", "1/3");
        Assert.Equal(0, again.Code);
        Assert.Contains("failed  digits-gru-s1: no", again.Out);
    }

    [Fact]
    public void A_training_program_that_cannot_be_started_fails_its_run_alone()
    {
        var error = Assert.Throws<RunException>(() => TrainProcess.Started(new System.Diagnostics.ProcessStartInfo(In("nowhere"))));
        Assert.StartsWith($"'{In("nowhere")}' cannot be started: ", error.Message);
        var ran = Reproduce(words => words[0] == "digits-gru" ? throw error : Finish(words), "--seeds", "1", "--jobs", "1");
        Assert.Contains("2 done, 1 failed, 0 open", ran.Out);
    }

    [Fact]
    public void A_GPU_that_is_not_there_is_missed_before_anything_is_trained()
    {
        Assert.SkipWhen(TorchSharp.torch.cuda.is_available(), "There is one here.");
        Refused(Reproduce(Finish, "--device", "cuda"), "no CUDA GPU", "--device cpu");
        Refused(Reproduce(Finish, "--device", "cuda", "--list"), "no CUDA GPU");
        Assert.Empty(_begun);
        Assert.False(Directory.Exists(In("out")));
    }

    [Fact]
    public void A_share_asks_for_its_own_data_alone()
    {
        File.WriteAllText(In("mine.json"), Target.Replace("digits-gru", "mnist14-gru"));
        Assert.Equal(0, Reproduce(Finish, "--seeds", "1", "--shard", "1/3", "--data", _folder).Code);
        Assert.Equal(3, Reproduce(Finish, "--seeds", "1", "--shard", "3/3", "--data", _folder).Code);
    }

    [Fact]
    public void Runs_that_are_there_are_not_dropped_from_what_is_shown()
    {
        Assert.Equal(0, Reproduce(Finish, "--seeds", "2").Code);
        Refused(Reproduce(Finish, "--seeds", "1", "--resume"), "3 runs that are not asked for now, such as 'runs/digits-gru-s2'", "the file as it was and --seeds (2 at least)");
        Refused(Reproduce(Finish, "--seeds", "1", "--shard", "1/2"), "not asked for now");
        Assert.Equal(0, Reproduce(Finish, "--seeds", "3", "--resume").Code); // more of them
        Assert.Contains("runs/digits-gru-s3", File.ReadAllText(In("out", "exhibits.json")));
    }

    [Fact]
    public void A_run_that_failed_may_be_asked_for_otherwise()
    {
        Assert.Equal(1, Reproduce(words => words[0] == "digits-gru" ? new TrainOutcome(1, "the loss is not a finite number") : Finish(words), "--seeds", "1").Code);
        File.WriteAllText(In("mine.json"), Target.Replace("digits-gru", "digits-gru training.learningRate=1e-4"));
        _begun.Clear();
        Assert.Equal(0, Reproduce(Finish, "--seeds", "1", "--resume").Code);
        Assert.Contains("training.learningRate=1e-4", Assert.Single(_begun));
        Assert.DoesNotContain("runs/digits-gru-s1", File.ReadAllText(In("out", "exhibits.json")));
        File.WriteAllText(In("mine.json"), Target);
        Refused(Reproduce(Finish, "--seeds", "1", "--resume"), "1 run that is not asked for now, such as 'runs/digits-gru+training.learningRate=1e-4-s1'"); // it is finished
    }

    /// <summary>Its other seeds had not begun.</summary>
    [Fact]
    public void A_recipe_whose_first_seed_failed_may_be_asked_for_otherwise()
    {
        Reproduce(words => words[0] == "digits-gru" ? new TrainOutcome(1, "the loss is not a finite number") : Finish(words), "--seeds", "2");
        File.Delete(In("out", "runs", "digits-gru-s2.failure.json"));
        File.WriteAllText(In("mine.json"), Target.Replace("digits-gru", "digits-gru training.learningRate=1e-4"));
        Assert.Equal(0, Reproduce(Finish, "--seeds", "2", "--resume").Code);
        File.WriteAllText(In("mine.json"), Target.Replace("digits-gru", "digits-irnn"));
        Refused(Reproduce(Finish, "--seeds", "2", "--resume"), "2 runs that are not asked for now");
    }

    [Fact]
    public void What_is_left_is_listed_of_what_would_be_gone_on_with_alone()
    {
        Reproduce(Finish, "--seeds", "2");
        Refused(Reproduce(StubTraining.Measured, "--seeds", "1", "--list", "--resume"), "3 runs that are not asked for now");
        Refused(Reproduce(StubTraining.Measured, "--seeds", "1", "--list", "--shard", "1/2"), "3 runs that are not asked for now");
        Assert.Equal("No run is left.", Reproduce(StubTraining.Measured, "--seeds", "2", "--list", "--shard", "1/2").Out.Trim());
        File.WriteAllText(In("out", "exhibits.json"), "{");
        Assert.Equal(3, Reproduce(StubTraining.Measured, "--seeds", "2", "--list", "--resume").Code);
    }

    /// <summary>What a training says is worth less than what it computes.</summary>
    [Fact]
    public void A_log_on_a_full_disk_stops_no_training()
    {
        Assert.SkipUnless(File.Exists("/dev/full"), "Linux's full device.");
        var target = In("mine.json");
        File.WriteAllText(target, """
            {"exhibits": [{"kind": "table", "title": "t", "measure": "test.accuracy", "columns": ["c"], "rows": [
              {"name": "a", "cells": [{"column": "c", "run": "digits-lstm training.epochs=1"}]}]}]}
            """);
        Directory.CreateDirectory(In("out", "runs"));
        File.CreateSymbolicLink(In("out", "runs", "digits-lstm+training.epochs=1-s1.log"), "/dev/full");
        var (code, output, error) = Processes.Run("reproduce", target, "--seeds", "1", "--out", In("out"));
        Assert.True(code == 0, error);
        Assert.Contains("1 done, 0 failed, 0 open", output);
    }

    [Fact]
    public void A_target_without_runs_is_refused()
    {
        File.WriteAllText(In("mine.json"), """{"exhibits": []}""");
        Refused(Reproduce(Finish), "No run: the target 'mine' at scale short asks for none", "docs/reproduction.md");
        Assert.False(Directory.Exists(In("out")));
    }

    [Fact]
    public void Going_on_with_nothing_is_told()
    {
        Assert.Contains("holds nothing to go on with; all begins anew", Reproduce(Finish, "--seeds", "1", "--resume").Error);
        Assert.DoesNotContain("nothing to go on with", Reproduce(Finish, "--seeds", "1", "--resume").Error);
    }

    [Fact]
    public void Missing_data_are_missed_before_anything_is_trained()
    {
        File.WriteAllText(In("mine.json"), Target.Replace("digits-gru", "mnist14-gru"));
        var ran = Reproduce(Finish, "--seeds", "1", "--data", _folder);
        Assert.Equal(3, ran.Code);
        Assert.Contains("recollect data get mnist", ran.Error);
        Assert.Empty(_begun);
        Assert.False(Directory.Exists(In("out")));
        File.WriteAllText(In("mine.json"), Target.Replace("digits-gru", "mnist14-gru").Replace("digits-lstm bptt.supervised=8", "cifar16-lstm"));
        ran = Reproduce(Finish, "--seeds", "1", "--data", _folder);
        Assert.Equal(3, ran.Code);
        Assert.Contains("2 data sets are missing, damaged or changed:", ran.Error);
        Assert.Contains("recollect data get mnist", ran.Error);
        Assert.Contains("recollect data get cifar-10", ran.Error);
    }

    private Ran Reproduce(Func<string[], TrainOutcome> train, params string[] words) => Command(train, [.. words, "--out", In("out")]);

    private Ran Smoke(Func<string[], TrainOutcome> train, params string[] words) => Command(train, ["--scale", "smoke", "--resume", "--out", In("smoke"), .. words]);

    // Finite losses, and the one weight changed by the last of two updates.
    private static TrainOutcome Right(string[] words)
    {
        var (outcome, folder) = (Finish(words), After(words, "--out"));
        File.WriteAllText(Path.Combine(folder, "metrics.jsonl"), """{"phase":"train","epoch":1,"step":1,"split":"train","loss":1}""" + "\n");
        Directory.CreateDirectory(Path.Combine(folder, "checkpoint"));
        for (var update = 1; update <= 2; update++)
            Safetensors.Write(Path.Combine(folder, "checkpoint", $"update-{update}.safetensors"), new Dictionary<string, string>(), [StoredTensor.Of("model.w", [1], [(float)update])]);
        Safetensors.Write(Path.Combine(folder, "model.safetensors"), new Dictionary<string, string>(), [StoredTensor.Of("w", [1], [2f])]);
        return outcome;
    }

    // Ends as if all were well.
    private static TrainOutcome Wrong(string[] words)
    {
        var outcome = Finish(words);
        File.WriteAllText(Path.Combine(After(words, "--out"), "metrics.jsonl"), """{"phase":"train","epoch":1,"step":1,"split":"train","loss":"NaN"}""" + "\n");
        return outcome;
    }

    private Ran Command(Func<string[], TrainOutcome> train, params string[] words)
    {
        var target = In("mine.json");
        if (!File.Exists(target))
            File.WriteAllText(target, Target);
        var engine = new Engine
        {
            TrainProcess = (asked, _, _) =>
            {
                lock (_gate)
                    _begun.Add([.. asked]);
                return train([.. asked]);
            },
        };
        return Ran.Command(engine, ["reproduce", target, .. words]);
    }

    private static TrainOutcome Finish(string[] words) => StubTraining.Finish(words);

    private static TrainOutcome Interrupt(string[] words)
    {
        Directory.CreateDirectory(Path.Combine(After(words, "--out"), "checkpoint"));
        File.WriteAllText(Path.Combine(After(words, "--out"), "checkpoint", "update-0000000001.safetensors"), "");
        return new TrainOutcome(143, "");
    }

    // As another process's training that has its recipe and a checkpoint.
    private static void Begin(string[] words)
    {
        Finish(words);
        File.Delete(Path.Combine(After(words, "--out"), "summary.json"));
        Interrupt(words);
    }

    private static void Refused(Ran ran, params string[] parts)
    {
        Assert.Equal(2, ran.Code);
        Assert.All(parts, part => Assert.Contains(part, ran.Error));
    }

    private static string After(string[] words, string option) => StubTraining.After(words, option);

    private string In(params string[] parts) => Path.Combine([_folder, .. parts]);
}
