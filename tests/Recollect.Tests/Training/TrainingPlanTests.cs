using Recollect.Randomness;
using Recollect.Runs;
using Recollect.Training;

namespace Recollect.Tests.Training;

public sealed class TrainingPlanTests
{
    private static TrainingPlan Plan() => new(new TrainingOptions { Batch = 4, PretrainEpochs = 2, Epochs = 3 }, SmallTask.Rows(10), new Seed(5));

    [Fact]
    public void Every_epoch_takes_every_row_once_the_last_batch_included()
    {
        var plan = Plan();
        Assert.Equal((3, 6, 15), (plan.UpdatesPerEpoch, plan.PretrainUpdates, plan.Updates));
        for (var epoch = 0; epoch < 5; epoch++)
        {
            var rows = Enumerable.Range(0, 3).SelectMany(batch => plan.RowsOf(plan.At(epoch * 3 + batch)).ToArray()).ToArray();
            Assert.Equal(Enumerable.Range(0, 10), rows.Order());
        }
    }

    [Fact]
    public void Orders_differ_between_epochs_and_phases_and_do_not_depend_on_what_was_asked_before()
    {
        var plan = Plan();
        var orders = Enumerable.Range(0, 5).Select(epoch => string.Join(',', plan.RowsOf(plan.At(epoch * 3)).ToArray())).ToArray();
        Assert.Equal(5, orders.Distinct().Count());
        var backwards = Plan();
        Assert.Equal(orders.Reverse(), Enumerable.Range(0, 5).Reverse().Select(epoch => string.Join(',', backwards.RowsOf(backwards.At(epoch * 3)).ToArray())));
    }

    [Fact]
    public void Positions_name_phase_epoch_and_batch()
    {
        var plan = Plan();
        Assert.Equal(new Position(5, TrainingPhase.Pretrain, 1, 2, 5), plan.At(5));
        Assert.Equal(new Position(6, TrainingPhase.Train, 0, 0, 0), plan.At(6));
        Assert.Equal(new Position(14, TrainingPhase.Train, 2, 2, 8), plan.At(14));
        Assert.Equal([2L, 5, 8, 11, 14], Enumerable.Range(0, 15).Where(u => plan.EndsEpoch(plan.At(u))).Select(u => (long)u));
    }
}
