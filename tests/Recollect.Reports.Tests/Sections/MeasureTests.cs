using Recollect.Reports.Reading;
using Recollect.Reports.Sections;

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
        Assert.Equal(1, Measure.SecondsAnUpdate.Value(run, new() { Parameters = 1, TrainSeconds = 50, Updates = 5, Epochs = 1, Complete = true }));
    }
}
