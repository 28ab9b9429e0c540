using FsCheck;
using FsCheck.Fluent;
using Recollect.Kernels;

namespace Recollect.Core.Tests.Kernels.Lstm;

/// <summary>A stack of LSTM layers with weights, inputs, windows, and what comes to them from above.</summary>
/// <param name="Shape">The shape of the stack.</param>
/// <param name="Lengths">Steps of each row.</param>
/// <param name="Windows">Windows, which may overlap.</param>
/// <param name="Seed">Of all numbers.</param>
public sealed record StackCase(StackShape Shape, IReadOnlyList<int> Lengths, IReadOnlyList<GradientWindow> Windows, int Seed)
{
    private const int KeptWithoutAdjoint = 3; // one in so many steps of a window has no adjoint from above

    // Of this very case: a copy by "with" would keep them.
    private readonly Lazy<StackNumbers> _numbers = new(() => StackNumbers.Of(Shape, Lengths, Windows, Seed, KeptWithoutAdjoint));

    internal StackNumbers Numbers => _numbers.Value;

    public override string ToString() => $"{Shape}, lengths [{string.Join(", ", Lengths)}], windows [{string.Join(", ", Windows)}], seed {Seed}";
}

/// <summary>All numbers of a <see cref="StackCase"/>, in PyTorch's layouts.</summary>
/// <param name="Weights">Each layer's weight_ih, weight_hh, bias_ih, bias_hh; then the embedding's weight and bias, empty where there is none.</param>
/// <param name="Tokens">By row and step, from 1 on.</param>
/// <param name="Values">By row and step, from 1 on; the vector.</param>
/// <param name="OutputAdjoints">By window and step of it; null for none.</param>
/// <param name="EndAdjoints">By layer and window: of h and of c.</param>
internal sealed record StackNumbers(
    double[][] Weights, int[][] Tokens, double[][][] Values, double[]?[][] OutputAdjoints, (double[] Hidden, double[] Cell)[][] EndAdjoints)
{
    public static StackNumbers Of(StackShape shape, IReadOnlyList<int> lengths, IReadOnlyList<GradientWindow> windows, int seed, int withoutAdjoint)
    {
        var numbers = new Numbers(seed);
        var (h, gates) = (shape.Hidden, 4 * shape.Hidden);
        var scale = 1.5 / Math.Sqrt(h);
        var weights = new List<double[]>();
        for (var layer = 0; layer < shape.Layers; layer++)
        {
            weights.Add(numbers.Normals(gates * ScalarStack.InputsOf(shape, layer), scale));
            weights.Add(numbers.Normals(gates * h, scale));
            weights.Add(numbers.Normals(gates, 0.5));
            weights.Add(numbers.Normals(gates, 0.5));
        }
        weights.Add(numbers.Normals(shape.Input == LayerInput.Vectors ? 0 : shape.Width * shape.Embedding));
        weights.Add(numbers.Normals(shape.Input == LayerInput.Reals ? shape.Embedding : 0));
        return new StackNumbers(
            [.. weights],
            [.. lengths.Select(length => Enumerable.Range(0, length + 1).Select(_ => numbers.Next(shape.Width)).ToArray())],
            [.. lengths.Select(length => Enumerable.Range(0, length + 1).Select(_ => numbers.Normals(shape.Width)).ToArray())],
            [.. windows.Select(w => Enumerable.Range(0, w.Length).Select(_ => numbers.Next(withoutAdjoint) == 0 ? null : numbers.Normals(h)).ToArray())],
            [.. Enumerable.Range(0, shape.Layers).Select(_ => windows.Select(_ => (numbers.Normals(h), numbers.Normals(h))).ToArray())]);
    }
}

public static class StackCases
{
    public static Arbitrary<StackCase> Any() => Arb.From(
        from input in Gen.Elements(LayerInput.Tokens, LayerInput.Reals, LayerInput.Vectors)
        from width in Gen.Choose(1, 12)
        from embedding in Gen.Choose(1, 9)
        from hidden in Gen.Frequency((5, Gen.Choose(1, 40)), (1, Gen.Choose(41, 140)))
        from layers in Gen.Choose(1, 3)
        from refined in Gen.Elements(false, true)
        from lengths in Gen.NonEmptyListOf(Gen.Choose(1, 45)).Resize(20)
        from windows in Gen.NonEmptyListOf(
            from row in Gen.Choose(0, lengths.Count - 1)
            from start in Gen.Choose(0, lengths[row])
            from end in Gen.Choose(start, lengths[row])
            select new GradientWindow(row, start, end)).Resize(25)
        from seed in Gen.Choose(0, int.MaxValue - 1)
        select new StackCase(new StackShape(input, width, embedding, hidden, layers, refined), [.. lengths.Take(20)], windows, seed));
}
