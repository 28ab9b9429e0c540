using Recollect.Networks;
using Recollect.Sequences;

namespace Recollect.Losses;

/// <summary>One objective a loss: each runs the network by itself, so that its gradient is known apart from the others'.</summary>
internal sealed class SeparateObjectives(SupervisedLoss? supervised, IReadOnlyList<AuxiliaryLoss> auxiliary, IReadOnlyList<Objective> parts)
    : Objective(supervised, auxiliary)
{
    public override IReadOnlyList<Objective> Parts => parts;

    public override ObjectiveValue Differentiate(RecurrentClassifier network, Batch batch, UpdateContext context) =>
        parts.Select(part => part.Differentiate(network, batch, context)).Aggregate(ObjectiveValue.None, (sum, value) => sum.Beside(value));

    internal override IEnumerable<MemoryShare> MemoryFor(RecurrentClassifier network, int rows, int steps) => parts
        .SelectMany(part => part.MemoryFor(network, rows, steps))
        .GroupBy(share => share.What)
        .Select(shares => shares.First() with { Bytes = shares.First() is { OneAtATime: true } or { InCommon: true } ? shares.Max(share => share.Bytes) : shares.Sum(share => share.Bytes) });

    public override void Dispose()
    {
        foreach (var part in parts)
            part.Dispose();
        base.Dispose();
    }
}
