using FsCheck;
using FsCheck.Fluent;
using Recollect.Kernels;

namespace Recollect.Core.Tests.Kernels.Heads;

/// <summary>Rows that a head scores, with weights and all numbers; a float holds each.</summary>
/// <param name="Shape">The head.</param>
/// <param name="Rows">Rows.</param>
/// <param name="Masked">Whether units are dropped.</param>
/// <param name="Seed">Of all numbers.</param>
public sealed record HeadCase(HeadShape Shape, int Rows, bool Masked, int Seed)
{
    /// <summary>What kept units are multiplied with.</summary>
    public const double Kept = 2.5;

    // Of this very case: a copy by "with" would keep them.
    private readonly Lazy<HeadNumbers> _numbers = new(() => HeadNumbers.Of(Shape, Rows, Masked, Seed));

    internal HeadNumbers Numbers => _numbers.Value;
}

/// <summary>The numbers of a <see cref="HeadCase"/>.</summary>
/// <param name="Parameters">Weight and bias of each of three layers, one after the other. // [outputs, inputs], [outputs]</param>
/// <param name="Inputs">By row.</param>
/// <param name="Masks">By row: 0 or <see cref="HeadCase.Kept"/>; 1 everywhere without a mask.</param>
/// <param name="Labels">By row.</param>
/// <param name="Targets">By row.</param>
/// <param name="Factors">By row: of its loss in the whole.</param>
internal sealed record HeadNumbers(double[][] Parameters, double[][] Inputs, double[][] Masks, int[] Labels, double[][] Targets, double[] Factors)
{
    public static HeadNumbers Of(HeadShape shape, int rows, bool masked, int seed)
    {
        var numbers = new Numbers(seed);
        int[] widths = [shape.Inputs, shape.Units, shape.Units, shape.Outputs];
        T[] EachRow<T>(Func<T> of) => [.. Enumerable.Range(0, rows).Select(_ => of())];
        return new HeadNumbers(
            [.. Enumerable.Range(0, 3).SelectMany(l => new[] { numbers.Normals(widths[l] * widths[l + 1], 1.5 / Math.Sqrt(widths[l])), numbers.Normals(widths[l + 1], 0.5) })],
            EachRow(() => numbers.Normals(shape.Inputs)),
            EachRow(() => Enumerable.Range(0, shape.Units).Select(_ => !masked ? 1 : numbers.Next(2) * HeadCase.Kept).ToArray()),
            EachRow(() => numbers.Next(shape.Outputs)),
            EachRow(() => numbers.Normals(shape.Outputs)),
            EachRow(() => numbers.Normal() / rows));
    }
}

public static class HeadCases
{
    public static Arbitrary<HeadCase> Any() => Arb.From(
        from inputs in Gen.Choose(1, 40)
        from units in Gen.Choose(1, 40)
        from outputs in Gen.Choose(1, 40)
        from rows in Gen.Frequency((4, Gen.Choose(1, 30)), (1, Gen.Choose(80, 220)))
        from softmax in Gen.Elements(true, false)
        from masked in Gen.Elements(true, false)
        from seed in Gen.Choose(0, int.MaxValue - 1)
        select new HeadCase(new HeadShape(inputs, units, outputs, softmax), rows, masked, seed));
}

/// <summary>The head number by number in double: the witness.</summary>
internal sealed class ScalarHead
{
    private readonly HeadCase _problem;
    private readonly double[][] _parameters;

    public ScalarHead(HeadCase problem, double[][]? parameters = null, double[][]? inputs = null)
    {
        (_problem, _parameters) = (problem, parameters ?? problem.Numbers.Parameters);
        Gradients = [.. _parameters.Select(p => new double[p.Length])];
        InputAdjoints = new double[problem.Rows][];
        Losses = new double[problem.Rows];
        Outputs = new double[problem.Rows][];
        for (var row = 0; row < problem.Rows; row++)
            Score(row, (inputs ?? problem.Numbers.Inputs)[row]);
    }

    /// <summary>By row, before its factor.</summary>
    public double[] Losses { get; }

    /// <summary>By row: logits or numbers.</summary>
    public double[][] Outputs { get; }

    /// <summary>As <see cref="HeadNumbers.Parameters"/>.</summary>
    public double[][] Gradients { get; }

    /// <summary>By row.</summary>
    public double[][] InputAdjoints { get; }

    /// <summary>The weighted sum.</summary>
    public double Loss => Losses.Zip(_problem.Numbers.Factors, (loss, factor) => loss * factor).Sum();

    private void Score(int row, double[] input)
    {
        var mask = _problem.Numbers.Masks[row];
        double[] first = [.. Linear(0, input).Select(x => Math.Max(x, 0))];
        double[] second = [.. Linear(1, first).Select((x, unit) => Math.Max(x, 0) * mask[unit])];
        var output = Outputs[row] = Linear(2, second);
        (Losses[row], var adjoint) = _problem.Shape.Softmax ? CrossEntropy(output, _problem.Numbers.Labels[row]) : SquaredError(output, _problem.Numbers.Targets[row]);
        var factor = _problem.Numbers.Factors[row];
        adjoint = Back(2, second, [.. adjoint.Select(a => a * factor)]);
        adjoint = Back(1, first, [.. adjoint.Select((a, unit) => second[unit] > 0 ? a * mask[unit] : 0)]);
        InputAdjoints[row] = Back(0, input, [.. adjoint.Select((a, unit) => first[unit] > 0 ? a : 0)]);
    }

    private static (double Loss, double[] Adjoint) CrossEntropy(double[] logits, int label)
    {
        var whole = logits.Sum(Math.Exp);
        return (Math.Log(whole) - logits[label], [.. logits.Select((logit, c) => Math.Exp(logit) / whole - (c == label ? 1 : 0))]);
    }

    private static (double Loss, double[] Adjoint) SquaredError(double[] output, double[] target) => (
        output.Zip(target, (o, t) => (o - t) * (o - t)).Average(), [.. output.Zip(target, (o, t) => 2 * (o - t) / output.Length)]);

    private double[] Linear(int layer, double[] input)
    {
        var (weight, bias) = (_parameters[2 * layer], _parameters[2 * layer + 1]);
        return [.. bias.Select((b, o) => b + input.Select((x, i) => x * weight[o * input.Length + i]).Sum())];
    }

    private double[] Back(int layer, double[] input, double[] adjoint)
    {
        var result = new double[input.Length];
        for (var o = 0; o < adjoint.Length; o++)
        {
            Gradients[2 * layer + 1][o] += adjoint[o];
            for (var i = 0; i < input.Length; i++)
            {
                Gradients[2 * layer][o * input.Length + i] += adjoint[o] * input[i];
                result[i] += adjoint[o] * _parameters[2 * layer][o * input.Length + i];
            }
        }
        return result;
    }
}
