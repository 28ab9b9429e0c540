using Recollect.Losses;
using Recollect.Networks;
using Recollect.Sequences;
using TorchSharp;
using static TorchSharp.torch;

namespace Recollect.Tests.Losses;

/// <summary>Method, section 6.1: a windowed gradient equals the full gradient with the state before the window held constant.</summary>
/// <remarks>Here the witness is autograd itself: rows one by one, a plain run over the whole window, and a state that was made without a graph.</remarks>
[Trait("Method", "6.1")]
public sealed class WindowedGradientTests
{
    [Theory]
    [InlineData(CellKind.Lstm, 0)]
    [InlineData(CellKind.Lstm, 1)]
    [InlineData(CellKind.Lstm, 3)]
    [InlineData(CellKind.Lstm, 7)]
    [InlineData(CellKind.Gru, 0)]
    [InlineData(CellKind.Gru, 3)]
    public void A_supervised_windowed_gradient_is_the_full_one_from_a_constant_state(CellKind cell, int k)
    {
        using var scope = NewDisposeScope();
        var problem = new SmallCase("window") { Cell = cell, Layers = 2, Lengths = [11, 4, 8], Supervised = new(k) };
        var real = new SmallProblem(problem);
        var losses = problem.Lengths.Select((length, row) => RowLoss(real.Network, problem.RowAlone(row), Math.Max(0, length - k)));
        using var rows = problem.Lengths.Count.ToScalar();
        var loss = losses.Aggregate(TensorNumber.Plus).div(rows);

        var found = real.Evaluate();

        Assert.Equal(TensorNumber.Of(loss), found.Total, 1e-12);
        GradientTests.AssertEqual(real.GradientOf(loss), found.Of, 1e-12, 1e-10);
        var recurrence = found.Of.Where(entry => !entry.Key.StartsWith("classifier", StringComparison.Ordinal)).SelectMany(entry => entry.Value);
        Assert.Equal(k == 0, recurrence.All(g => g == 0));
    }

    /// <summary>Method, section 2: each loss stops at its own cut, so losses minimised together have the sum of the gradients that each has alone.</summary>
    [Theory]
    [InlineData(2)]
    [InlineData(8)]
    public void Overlapping_windows_do_not_lengthen_each_other(int supervised)
    {
        var together = new SmallCase("together")
        {
            Lengths = [12, 9],
            Supervised = new(supervised),
            AuxiliaryK = new(3),
            Auxiliary = [SmallCase.Reconstruction(4) with { Weight = 0.5 }, SmallCase.Prediction(6) with { Weight = 2 }],
        };
        var all = new SmallProblem(together);
        var label = new SmallProblem(together with { Auxiliary = [] }).Evaluate();
        var each = new Gradients[2];
        for (var j = 0; j < 2; j++)
        {
            // The place in the list names weights and draws, so the other loss stays there with no segment.
            AuxiliaryOptions[] one = [.. together.Auxiliary.Select((options, place) => place == j ? options : options with { Segments = 0 })];
            each[j] = new SmallProblem(together with { Pretrain = true, Auxiliary = one }).Evaluate();
        }

        var found = all.Evaluate();

        var sum = found.Of.ToDictionary(entry => entry.Key, entry => entry.Value.Select((_, place) =>
            (label.Of.TryGetValue(entry.Key, out var own) ? own[place] : 0) + each[0].Of[entry.Key][place] + each[1].Of[entry.Key][place]).ToArray());
        GradientTests.AssertEqual(sum, found.Of, 1e-12, 1e-10);
    }

    private static Tensor RowLoss(RecurrentClassifier network, Batch row, int before)
    {
        var steps = new StepTensor(row, network.Like);
        var state = network.Recurrence.ZeroState(1);
        using (no_grad())
        {
            if (before > 0)
                state = network.Run(steps.Steps(0, before), state).End;
        }
        if (before < row.MaxLength)
            state = network.Run(steps.Steps(before, row.MaxLength - before), state).End;
        return nn.functional.cross_entropy(network.Classify(state.Output), tensor([(long)row.Labels[0]]));
    }
}
