using System.Text.Json.Nodes;
using Recollect.Cli;
using Recollect.Cli.Reproduce;

namespace Recollect.Tests.Cli.Reproduce;

/// <summary>Which trainings begin, where, and what becomes of those that end otherwise; no training is done.</summary>
public sealed class ReproducerTests : IDisposable
{
    private const string Target = """
        {"exhibits": [{"kind": "table", "title": "t", "measure": "test.accuracy", "columns": ["c"], "rows": [
          {"name": "a", "cells": [{"column": "c", "paper": 1, "run": "digits-lstm"}]},
          {"name": "b", "cells": [{"column": "c", "run": "digits-lstm bptt.supervised=8"}]},
          {"name": "c", "cells": [{"column": "c", "run": "digits-gru"}]}]}]}
        """;

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
        Reproduce(Finish, "--seeds", "1", "--resume");
        Assert.Equal("--resume", Assert.Single(_begun)[0]);
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
    public void Shares_train_every_run_once_between_them()
    {
        foreach (var share in new[] { "1/3", "2/3", "3/3" })
            Assert.Equal(0, Reproduce(Finish, "--seeds", "3", "--shard", share).Code);
        Assert.Equal(9, _begun.Count);
        Assert.Equal(9, _begun.Select(words => After(words, "--out")).Distinct().Count());
    }

    [Fact]
    public void Where_data_are_and_how_many_threads_reach_every_training()
    {
        Reproduce(Finish, "--seeds", "1", "--data", _folder, "--device", "cpu", "--threads", "3");
        Assert.All(_begun, words => Assert.Equal((_folder, "cpu", "3"), (After(words, "--data"), After(words, "--device"), After(words, "--threads"))));
    }

    [Fact]
    public void A_folder_with_something_else_is_refused_and_kept()
    {
        Assert.Equal(0, Reproduce(Finish, "--seeds", "1").Code);
        Refused(Reproduce(Finish, "--seeds", "1"), "holds this target already", "--resume");
        Refused(Reproduce(Finish, "--seeds", "1", "--scale", "full", "--resume"), "holds the target 'mine' at scale short", "--out");
        File.WriteAllText(In("out", "exhibits.json"), "{");
        Assert.Equal(3, Reproduce(Finish, "--seeds", "1", "--resume").Code);
        Directory.CreateDirectory(In("else"));
        File.WriteAllText(In("else", "letter.txt"), "dear");
        Refused(Command(Finish, "--out", In("else")), "is not empty and holds no reproduction");
        Assert.Equal("dear", File.ReadAllText(In("else", "letter.txt")));
    }

    [Theory]
    [InlineData("--shard", "0/2", "I/N")]
    [InlineData("--shard", "3/2", "I/N")]
    [InlineData("--shard", "two", "I/N")]
    [InlineData("--seeds", "0", "at least 1")]
    [InlineData("--jobs", "0", "at least 1")]
    [InlineData("--scale", "shrt", "short")]
    public void A_wrong_option_is_refused(string option, string value, string message) => Refused(Reproduce(Finish, option, value), message);

    [Fact]
    public void What_no_report_could_show_is_refused_before_anything_is_trained()
    {
        File.WriteAllText(In("mine.json"), Target.Replace("\"kind\": \"table\", ", ""));
        Refused(Reproduce(Finish, "--seeds", "1"), "The target 'mine' cannot be shown", "an exhibit without a 'kind'");
        Assert.Empty(_begun);
        Assert.False(Directory.Exists(In("out")));
    }

    [Fact]
    public void A_report_shows_what_has_come_of_it()
    {
        var ran = Reproduce(Finish, "--seeds", "1");
        Assert.Contains(In("out", "report.html"), ran.Out);
        Assert.Contains("<!DOCTYPE html>", File.ReadAllText(In("out", "report.html")), StringComparison.OrdinalIgnoreCase);
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
    }

    private Ran Reproduce(Func<string[], TrainOutcome> train, params string[] words) => Command(train, [.. words, "--out", In("out")]);

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
                {
                    _begun.Add([.. asked]);
                    return train([.. asked]);
                }
            },
        };
        return Ran.Command(engine, ["reproduce", target, .. words]);
    }

    private static TrainOutcome Finish(string[] words)
    {
        var folder = words.Contains("--out") ? After(words, "--out") : After(words, "--resume");
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "summary.json"), """{"test": {"accuracy": 0.5, "loss": 1, "examples": 2}, "parameters": 1, "trainSeconds": 1, "updates": 1, "epochs": 1, "complete": true}""");
        return new TrainOutcome(0, "");
    }

    private static TrainOutcome Interrupt(string[] words)
    {
        Directory.CreateDirectory(Path.Combine(After(words, "--out"), "checkpoint"));
        File.WriteAllText(Path.Combine(After(words, "--out"), "checkpoint", "update-0000000001.safetensors"), "");
        return new TrainOutcome(143, "");
    }

    private static void Refused(Ran ran, params string[] parts)
    {
        Assert.Equal(2, ran.Code);
        Assert.All(parts, part => Assert.Contains(part, ran.Error));
    }

    private static string After(string[] words, string option) => words[Array.IndexOf(words, option) + 1];

    private string In(params string[] parts) => Path.Combine([_folder, .. parts]);
}
