using Recollect.Reports.Reading;
using Recollect.Reports.Sections;
using Recollect.Runs;

namespace Recollect.Tests.Reports.Sections;

public sealed class CurveTests : IDisposable
{
    private readonly RunFolders _runs = new();

    public void Dispose() => _runs.Dispose();

    private ReportRun[] Two => [RunReader.Read(_runs.Begun("a-s1", 1)), RunReader.Read(_runs.Begun("a-s3", 3))];

    [Fact]
    public void A_point_is_the_mean_over_runs_with_its_deviation()
    {
        var points = Curve.Of(Two, DataSplit.Train, Curve.Loss); // supervised: 2 + 1 and 2 + 3, then 1 + 1 and 1 + 3
        Assert.Equal([2, 4], points.Select(point => point.X));
        Assert.Equal([4, 3], points.Select(point => point.Y));
        Assert.All(points, point => Assert.Equal(Math.Sqrt(2), point.Deviation!.Value, 12));
    }

    [Fact]
    public void A_run_that_is_further_than_the_others_goes_on_alone()
    {
        var two = Two;
        _runs.Log("a-s3", 6, 0.9);
        var points = Curve.Of([two[0], RunReader.Read(_runs.In("a-s3"))], DataSplit.Test, Curve.Accuracy);
        Assert.Equal([20, 40, 90], points.Select(point => point.Y));
        Assert.Null(points[^1].Deviation);
    }

    [Fact]
    public void Without_two_whole_epochs_single_updates_are_shown()
    {
        _runs.Begun("a-s1");
        _runs.Write("a-s1/metrics.jsonl", """
            {"phase":"train","epoch":1,"step":1,"split":"train","loss":3,"accuracy":0.1}
            {"phase":"train","epoch":1,"step":2,"split":"train","loss":2,"accuracy":0.3}
            {"phase":"train","epoch":1,"step":2,"split":"train","wholeEpoch":true,"loss":2.5,"accuracy":0.2}

            """);
        Assert.Equal([10, 30], Curve.Of([RunReader.Read(_runs.In("a-s1"))], DataSplit.Train, Curve.Accuracy).Select(point => point.Y));
    }

    [Fact]
    public void Pretraining_has_no_supervised_loss()
    {
        _runs.Begun("a-s1");
        _runs.Write("a-s1/metrics.jsonl", """
            {"phase":"pretrain","epoch":1,"step":1,"split":"train","wholeEpoch":true,"loss":3,"auxiliary":3}
            {"phase":"pretrain","epoch":2,"step":2,"split":"train","wholeEpoch":true,"loss":"NaN","auxiliary":"NaN"}

            """);
        ReportRun[] runs = [RunReader.Read(_runs.In("a-s1"))];
        Assert.Empty(Curve.Of(runs, DataSplit.Train, Curve.Loss));
        Assert.Equal([3, double.NaN], Curve.Of(runs, DataSplit.Train, Curve.Auxiliary).Select(point => point.Y));
    }

    /// <summary>Three updates of pretraining: the sixth and the ninth are the third and the sixth of training. A run without pretraining has its own.</summary>
    [Fact]
    public void Updates_of_training_are_counted_from_the_end_of_each_runs_pretraining()
    {
        _runs.Begun("a-s1");
        _runs.Write("a-s1/metrics.jsonl", """
            {"phase":"pretrain","epoch":1,"step":3,"split":"train","wholeEpoch":true,"loss":3,"auxiliary":3}
            {"phase":"pretrain","epoch":1,"step":3,"split":"test","loss":2.3,"accuracy":0.1}
            {"phase":"train","epoch":1,"step":6,"split":"test","loss":1,"accuracy":0.4}
            {"phase":"train","epoch":2,"step":9,"split":"test","loss":1,"accuracy":0.6}

            """);
        var points = Curve.OfTraining([RunReader.Read(_runs.In("a-s1")), RunReader.Read(_runs.Begun("b-s2", 2))], DataSplit.Test, Curve.Accuracy);
        Assert.Equal([(2.0, 20.0), (3, 40), (4, 40), (6, 60)], points.Select(point => (point.X, point.Y)));
    }
}
