namespace Recollect.Training;

/// <summary>The learning rate of each update of a phase: a pure function, so that a resumed run needs nothing but the update's number.</summary>
/// <param name="schedule">The schedule.</param>
/// <param name="full">The full rate.</param>
/// <param name="epochs">Epochs of the phase.</param>
/// <param name="updatesPerEpoch">Updates an epoch.</param>
public sealed class LearningRate(ScheduleOptions schedule, double full, int epochs, long updatesPerEpoch)
{
    /// <summary>The rate of the phase's update number <paramref name="update"/>, from 0.</summary>
    public double At(long update)
    {
        if (update < schedule.Warmup)
            return full * (update + 1) / schedule.Warmup;
        return schedule.Kind switch
        {
            ScheduleKind.Constant => full,
            ScheduleKind.Step => full * Math.Pow(schedule.Factor!.Value, update / updatesPerEpoch / schedule.Every!.Value),
            ScheduleKind.Cosine => full * Cosine(update),
            _ => throw new ArgumentOutOfRangeException(nameof(update)),
        };
    }

    private double Cosine(long update)
    {
        var minimum = schedule.Minimum ?? 0;
        var span = Math.Max(1, epochs * updatesPerEpoch - schedule.Warmup);
        return minimum + (1 - minimum) * (1 + Math.Cos(Math.PI * Math.Min(1, (double)(update - schedule.Warmup) / span))) / 2;
    }
}
