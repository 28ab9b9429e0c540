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

    /// <summary>One goes on to 6 and 8: the mean of one would be no mean of two.</summary>
    [Fact]
    public void A_mean_ends_where_the_shortest_of_its_runs_ends()
    {
        var two = Two;
        _runs.Log("a-s3", 6, 0.9);
        _runs.Log("a-s3", 8, 0.95);
        var longer = RunReader.Read(_runs.In("a-s3"));
        Assert.Equal([(2.0, 20.0), (4, 40)], Curve.Of([two[0], longer], DataSplit.Test, Curve.Accuracy).Select(point => (point.X, point.Y)));
        Assert.Equal([20, 40, 90, 95], Curve.Of([longer], DataSplit.Test, Curve.Accuracy).Select(point => point.Y));
        _runs.Write("a-s5.failure.json", """{"exitCode":1,"message":"no"}""");
        _runs.Write("a-s4/recipe.json", "{}"); // nor do a failed one and one that has said nothing yet end it
        Assert.Equal(4, Curve.Of([longer, RunReader.Read(_runs.Begun("a-s5", 5)), RunReader.Read(_runs.In("a-s4"))], DataSplit.Test, Curve.Accuracy).Count);
    }

    /// <summary>The third was stopped after 137 updates: there the others are 37 hundredths of their ways from 20 to 40 and from 30 to 50.</summary>
    [Fact]
    public void No_point_of_a_mean_is_of_some_runs_alone()
    {
        ReportRun Logged(string name, params (int Step, double Accuracy)[] points)
        {
            _runs.Begun(name);
            _runs.Write($"{name}/metrics.jsonl", "");
            foreach (var (step, accuracy) in points)
                _runs.Log(name, step, accuracy);
            return RunReader.Read(_runs.In(name));
        }
        ReportRun[] two = [Logged("a-s1", (100, 0.2), (200, 0.4)), Logged("a-s2", (100, 0.3), (200, 0.5))];
        var alone = Assert.Single(Curve.Of([.. two, Logged("a-s3", (137, 0.6))], DataSplit.Test, Curve.Accuracy));
        Assert.Equal((137.0, 41.6), (alone.X, Math.Round(alone.Y, 9))); // of 27.4, 37.4 and 60
        Assert.Equal(Math.Sqrt((14.2 * 14.2 + 4.2 * 4.2 + 18.4 * 18.4) / 2), alone.Deviation!.Value, 9);
        var points = Curve.Of([.. two, Logged("a-s3", (100, 0.4), (137, 0.6))], DataSplit.Test, Curve.Accuracy);
        Assert.Equal([(100.0, 30.0), (137, 41.6)], points.Select(point => (point.X, Math.Round(point.Y, 9))));
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

    /// <summary>Three updates of pretraining: the sixth is the third of training. A run without pretraining has its own, is at 30 there, and ends at the fourth.</summary>
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
        Assert.Equal([(3.0, 35.0), (4, 43.333)], points.Select(point => (point.X, Math.Round(point.Y, 3)))); // of 40 and 30, and of 46.667 and 40
    }
}
