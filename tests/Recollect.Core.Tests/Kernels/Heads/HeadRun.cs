using System.Numerics;
using Recollect.Kernels;

namespace Recollect.Core.Tests.Kernels.Heads;

/// <summary>A <see cref="HeadCase"/> on kernels; results as doubles, which hold a float exactly.</summary>
internal sealed unsafe class HeadRun<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    /// <summary>Scores the rows <paramref name="times"/> times, or computes outputs alone.</summary>
    public HeadRun(HeadCase problem, KernelSet<T> kernels, Team team, bool gradient = true, int times = 1)
    {
        var parameters = problem.Numbers.Parameters.Select(Native).ToArray();
        var gradients = problem.Numbers.Parameters.Select(p => new NativeArray<T>(p.Length)).ToArray();
        using var head = new StepHead<T>(kernels, team, problem.Shape);
        using var rows = new Rows(problem, kernels);
        head.Pack(Weights(parameters));
        head.ClearSums();
        for (var i = 0; i < times; i++)
        {
            if (gradient)
                head.Score(rows);
            else
                head.Apply(rows);
        }
        head.AddGradients(Weights(gradients));
        Gradients = [.. gradients.Select((g, i) => Numbers(g.Pointer, problem.Numbers.Parameters[i].Length))];
        InputAdjoints = rows.Adjoints();
        (Losses, Outputs, Sums) = (rows.Losses, rows.Outputs, rows.Sums);
        foreach (var array in parameters.Concat(gradients))
            array.Dispose();
    }

    public double[] Losses { get; }

    public double[][] Outputs { get; }

    /// <summary>By row, where there is a softmax: Σ e^(logit − largest).</summary>
    public double[] Sums { get; }

    public double[][] Gradients { get; }

    public double[][] InputAdjoints { get; }

    /// <summary>All of them, one after the other.</summary>
    public double[] Everything => [.. Losses, .. Sums, .. Outputs.Concat(Gradients).Concat(InputAdjoints).SelectMany(values => values)];

    private static HeadWeights<T> Weights(NativeArray<T>[] of) =>
        new(of[0].Pointer, of[1].Pointer, of[2].Pointer, of[3].Pointer, of[4].Pointer, of[5].Pointer);

    private static NativeArray<T> Native(double[] values)
    {
        var array = new NativeArray<T>(values.Length);
        for (var i = 0; i < values.Length; i++)
            array.Pointer[i] = T.CreateTruncating(values[i]);
        return array;
    }

    private static double[] Numbers(T* from, int count)
    {
        var values = new double[count];
        for (var i = 0; i < count; i++)
            values[i] = double.CreateTruncating(from[i]);
        return values;
    }

    private sealed class Rows(HeadCase problem, KernelSet<T> kernels) : ScoredRows<T>, IDisposable
    {
        private readonly NativeArray<T>[] _inputs = [.. problem.Numbers.Inputs.Select(Native)];
        private readonly NativeArray<T>[] _targets = [.. problem.Numbers.Targets.Select(Native)];
        private readonly NativeArray<T>[] _adjoints = [.. problem.Numbers.Inputs.Select(_ => new NativeArray<T>(kernels.Padded(problem.Shape.Inputs)))];

        public double[] Losses { get; } = new double[problem.Rows];

        public double[] Sums { get; } = new double[problem.Rows];

        public double[][] Outputs { get; } = new double[problem.Rows][];

        public override int Count => problem.Rows;

        public override bool HasMask => problem.Masked;

        public override double Kept => HeadCase.Kept;

        public override T* Input(int row) => _inputs[row].Pointer;

        public override T* InputAdjoint(int row) => _adjoints[row].Pointer;

        public override double Weight(int row) => problem.Numbers.Factors[row];

        public override int Label(int row) => problem.Numbers.Labels[row];

        public override T* Target(int row) => _targets[row].Pointer;

        public override void FillMask(int row, Span<T> mask)
        {
            for (var unit = 0; unit < mask.Length; unit++)
                mask[unit] = T.CreateTruncating(problem.Numbers.Masks[row][unit]);
        }

        public override void OnOutput(int row, T* output) => Outputs[row] = Numbers(output, problem.Shape.Outputs);

        public override void OnNumerators(int row, T* numerators, T sum)
        {
            Sums[row] = double.CreateTruncating(sum);
            Assert.Equal(Numbers(numerators, problem.Shape.Outputs).Sum(), Sums[row], 1e-5 * Sums[row]);
        }

        public override void OnLoss(int row, double loss) => Losses[row] = loss;

        public double[][] Adjoints() => [.. _adjoints.Select(adjoint => Numbers(adjoint.Pointer, problem.Shape.Inputs))];

        public void Dispose()
        {
            foreach (var array in _inputs.Concat(_targets).Concat(_adjoints))
                array.Dispose();
        }
    }
}
