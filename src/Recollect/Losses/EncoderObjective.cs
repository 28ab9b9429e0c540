using Recollect.Networks;
using Recollect.Sequences;
using static TorchSharp.torch;

namespace Recollect.Losses;

/// <summary>The supervised loss of a network without recurrence: no windows, the gradient flows through whole rows.</summary>
internal sealed class EncoderObjective(SupervisedLoss supervised) : Objective(supervised, [])
{
    public override ObjectiveValue Differentiate(RecurrentClassifier network, Batch batch, UpdateContext context)
    {
        using var scope = NewDisposeScope();
        var (value, correct) = Supervised!.Of(network, batch, network.Encode(new StepTensor(batch, network.Like)), context);
        value.backward();
        return new ObjectiveValue(TensorNumber.Of(value), [], correct, 0, 0);
    }

    internal override IEnumerable<MemoryShare> MemoryFor(RecurrentClassifier network, int rows, int steps) =>
        [MemoryShare.OfGraph("graph", TransformerEncoder.TrainingBytes(network.Options, rows, steps)), new MemoryShare("batch", rows * StepTensor.BytesFor(steps, network.Format), OneAtATime: true)];
}
