using Recollect.Reports.Reading;
using Recollect.Reports.Sections;
using Recollect.Runs;

namespace Recollect.Tests.Reports.Sections;

public sealed class MeasureTests : IDisposable
{
    private readonly RunFolders _runs = new();

    public void Dispose() => _runs.Dispose();

    /// <summary>The first update of training makes buffers; pretraining is another work.</summary>
    [Fact]
    public void Seconds_a_batch_are_the_median_of_training_s_updates_but_the_first()
    {
        _runs.Begun("a-s1");
        _runs.Write("a-s1/recipe.json", """{"training": {"batch": 8}}""");
        _runs.Write("a-s1/metrics.jsonl", """
            {"phase":"pretrain","epoch":1,"step":1,"split":"train","loss":3,"sequencesPerSecond":1}
            {"phase":"train","epoch":1,"step":2,"split":"train","loss":3,"sequencesPerSecond":2}
            {"phase":"train","epoch":1,"step":3,"split":"train","loss":3,"sequencesPerSecond":16}
            {"phase":"train","epoch":1,"step":4,"split":"train","loss":3,"sequencesPerSecond":4}
            {"phase":"train","epoch":1,"step":5,"split":"train","loss":3,"sequencesPerSecond":8}
            {"phase":"train","epoch":1,"step":5,"split":"train","wholeEpoch":true,"loss":3,"sequencesPerSecond":5,"seconds":50}

            """);
        var run = RunReader.Read(_runs.In("a-s1"));
        Assert.Equal(1, Measure.SecondsAnUpdate.Value(run, Summary));
    }

    private static Summary Summary => new() { Parameters = 1, TrainSeconds = 50, Updates = 5, Epochs = 1, Complete = true };

    [Theory]
    [InlineData("[8]")]
    [InlineData("8")]
    public void Of_a_recipe_whose_training_is_no_section_the_time_is_that_of_all_updates(string training)
    {
        _runs.Begun("a-s1");
        _runs.Write("a-s1/recipe.json", $$"""{"training": {{training}}}""");
        _runs.Write("a-s1/metrics.jsonl", "");
        Assert.Equal(10, Measure.SecondsAnUpdate.Value(RunReader.Read(_runs.In("a-s1")), Summary));
    }

    /// <summary>A run that is not there yet hides none that was stopped.</summary>
    [Fact]
    public void A_number_says_how_many_of_its_runs_were_stopped_early()
    {
        ReportRun[] Runs() => [.. Enumerable.Range(1, 3).Select(seed => RunReader.Read(_runs.In($"a-s{seed}")))];
        _runs.Finished("a-s1", 0.5, 1);
        _runs.Finished("a-s2", 0.7, 2);
        Assert.Equal("60.0 ± 14.1 (2 of 3 runs)", Measure.TestAccuracy.CellOf(Runs()).Text);
        _runs.Stop("a-s2");
        Assert.Equal("60.0 ± 14.1 (2 of 3 runs, 1 stopped early)", Measure.TestAccuracy.CellOf(Runs()).Text);
        Assert.Equal("60.0 ± 14.1 (2 runs, 1 stopped early)", Measure.TestAccuracy.CellOf(Runs()[..2]).Text);
        Assert.Equal("70.0 (stopped early)", Measure.TestAccuracy.CellOf(Runs()[1..2]).Text);
        Assert.Equal("50.0", Measure.TestAccuracy.CellOf(Runs()[..1]).Text);
    }
}
