using Recollect.Cli;
using Recollect.Cli.Plans;

namespace Recollect.Tests.Cli.Plans;

/// <summary>What is measured of each recipe, and what is made of it; no training is done.</summary>
public sealed class PlanEstimateTests : IDisposable
{
    private static readonly string[] AsJson = ["--json"], OfManyAtATime = ["--json", "--jobs", "1000"];

    private readonly SmallRuns _runs = new();

    public void Dispose() => _runs.Dispose();

    /// <summary>Every step of 1,437 rows of 64 steps, kept, takes 6 · 768 floats: 1.7 GB, of which the 16 rows that are measured would take 19 MB.</summary>
    [Fact]
    public void States_are_computed_again_where_the_whole_batch_would_have_them_so()
    {
        var measured = List("digits-lstm-full model.hidden=768 training.batch=1437", "digits-lstm-full", "digits-lstm-full model.hidden=768 training.batch=1437 bptt.recompute=never");
        Assert.Equal([true, false, false], measured.Words.Select(words => words.Contains("bptt.recompute=always")));
        Assert.All(measured.Words, words => Assert.Contains("data.testLimit=1", words));
    }

    /// <summary>The attention of 16 rows of 2,048 steps is that of 4 rows of 4,096.</summary>
    [Fact]
    public void Of_a_Transformer_s_long_rows_fewer_are_measured()
    {
        const string Long = "data.source=adding data.encoding=null data.levels=null data.limit=64 data.testLimit=1 training.batch=64", Transformer = $"digits-transformer {Long} model.positions=null model.maxSteps=null";
        var measured = List($"{Transformer} data.steps=2048", $"{Transformer} data.steps=4096", $"{Transformer} data.steps=16384", $"digits-lstm {Long} data.steps=16384");
        Assert.Equal([16, 4, 1, 16], measured.Words.Select(words => int.Parse(words.Last(word => word.StartsWith("training.batch=", StringComparison.Ordinal)).Split('=')[1])));
    }

    /// <summary>The stand-in takes 300 MB for sixteen rows, which for 1,437 would be 8 GB; this network takes a fraction of that.</summary>
    [Fact]
    public void Memory_is_no_more_than_the_plan_of_the_whole_batch_reckons()
    {
        var memory = List("digits-lstm model.hidden=8 training.batch=1437", "digits-lstm training.batch=16").Ran.Json.AsArray().Select(estimate => (long)estimate!["peakMemory"]!).ToList();
        Assert.InRange(memory[0], 300_000_000, 4_000_000_000);
        Assert.Equal(300_000_000, memory[1]);
    }

    [Fact]
    public void A_training_that_would_be_refused_here_is_listed_with_the_reason_and_its_time()
    {
        var ran = List("digits-lstm model.hidden=1000000", "digits-lstm").Ran;
        Assert.Equal(0, ran.Code);
        var (large, small) = (ran.Json[0]!, ran.Json[1]!);
        Assert.Contains("weights: with gradients and the optimiser's averages they need at least", (string)large["message"]!);
        Assert.True((double)large["seconds"]! > 0);
        Assert.Null(large["peakMemory"]); // the message has it
        Assert.Null(small["message"]);
    }

    [Fact]
    public void Of_a_run_that_would_be_refused_for_its_share_the_memory_is_that_which_it_takes()
    {
        var alone = List("digits-lstm training.batch=1437").Ran.Json[0]!;
        var shared = List(null, OfManyAtATime, "digits-lstm training.batch=1437").Ran.Json[0]!;
        Assert.Contains("Or let one train at a time, which has all of the memory: --jobs 1.", (string)shared["message"]!);
        Assert.InRange((double)shared["peakMemory"]! / (double)alone["peakMemory"]!, 0.8, 1.2);
    }

    [Fact]
    public void A_batch_in_more_parts_than_the_rows_that_are_measured_is_measured_in_as_many()
    {
        var words = List("digits-lstm training.batch=128 training.accumulate=32", "digits-lstm training.batch=128 training.accumulate=4").Words;
        Assert.Equal([true, false], words.Select(run => run.Contains("training.accumulate=16")));
    }

    /// <summary>The stand-in takes two updates of training, and none of pretraining.</summary>
    [Fact]
    public void Of_a_phase_with_fewer_than_two_updates_no_time_is_known()
    {
        var times = List("digits training.pretrainEpochs=1", "digits training.pretrainEpochs=0").Ran.Json.AsArray().Select(estimate => (double?)estimate!["seconds"]).ToList();
        Assert.Null(times[0]);
        Assert.True(times[1] > 0);
    }

    [Fact]
    public void What_befalls_many_recipes_is_told_once()
    {
        var ran = List(new TrainOutcome(3, "there are no dogs."), [], "digits-lstm", "digits", "digits-gru", "digits-irnn", "digits-urnn", "digits-lstm-full").Ran;
        Assert.Equal("note: digits-lstm; digits; digits-gru; digits-irnn and 2 others: there are no dogs.", Assert.Single(ran.Out.Split('\n'), line => line.StartsWith("note: ", StringComparison.Ordinal)));
        Assert.Contains("The time of 6 of them is not known, and not in it.", ran.Out);
    }

    private (Ran Ran, List<string[]> Words) List(params string[] recipes) => List(null, AsJson, recipes);

    private (Ran Ran, List<string[]> Words) List(TrainOutcome? outcome, string[] options, params string[] recipes)
    {
        var rows = string.Join(',', recipes.Select((recipe, at) => $$"""{"name": "r{{at}}", "cells": [{"column": "c", "run": "{{recipe}}"}]}"""));
        var target = _runs.Write("mine.json", $$"""{"exhibits": [{"kind": "table", "title": "t", "measure": "test.accuracy", "columns": ["c"], "rows": [{{rows}}]}]}""");
        var begun = new List<string[]>();
        var engine = new Engine
        {
            TrainProcess = (words, _, _) =>
            {
                begun.Add([.. words]);
                return outcome ?? StubTraining.Measured(words);
            },
        };
        return (Ran.Command(engine, ["reproduce", target, "--seeds", "1", "--list", "--out", _runs.In("out"), .. options]), begun);
    }
}
