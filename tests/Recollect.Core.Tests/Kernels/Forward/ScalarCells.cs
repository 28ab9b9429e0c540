using Recollect.Kernels;

namespace Recollect.Core.Tests.Kernels.Forward;

/// <summary>Recurrent layers and a head number by number in double, written from PyTorch's formulas: the witness.</summary>
/// <param name="shape">The shape.</param>
/// <param name="layers">Of each layer weight_ih, weight_hh, bias_ih, bias_hh, rows by rows.</param>
/// <param name="embedding">Tokens: [V, E]; reals: [E, D].</param>
/// <param name="projectionBias">Reals: [E].</param>
internal sealed class ScalarCells(ForwardShape shape, double[][][] layers, double[] embedding, double[] projectionBias)
{
    private readonly double[][] _hidden = Zeros(shape), _cells = Zeros(shape);

    /// <summary>h of a layer.</summary>
    public double[] Hidden(int layer) => _hidden[layer];

    /// <summary>c of a layer.</summary>
    public double[] Cell(int layer) => _cells[layer];

    /// <summary>Takes a step: a token, or the components.</summary>
    public void Step(int token, double[] components)
    {
        var input = shape.Input switch
        {
            LayerInput.Tokens => embedding[(token * shape.Embedding)..((token + 1) * shape.Embedding)],
            LayerInput.Reals => Linear(embedding, components, projectionBias),
            _ => components,
        };
        for (var layer = 0; layer < shape.Layers; layer++)
        {
            double[] x = Linear(layers[layer][0], input, layers[layer][2]), h = Linear(layers[layer][1], _hidden[layer], layers[layer][3]);
            _hidden[layer] = input = [.. Enumerable.Range(0, shape.Hidden).Select(unit => Unit(layer, unit, x, h))];
        }
    }

    // weights [outputs, inputs]
    private static double[] Linear(double[] weights, double[] input, double[] bias) =>
        [.. bias.Select((b, output) => b + input.Select((value, i) => value * weights[output * input.Length + i]).Sum())];

    private double Unit(int layer, int unit, double[] x, double[] h)
    {
        double X(int gate) => x[gate * shape.Hidden + unit];
        double H(int gate) => h[gate * shape.Hidden + unit];
        if (shape.Cell == ForwardCell.Gru)
        {
            double r = Sigmoid(X(0) + H(0)), z = Sigmoid(X(1) + H(1)), n = Math.Tanh(X(2) + r * H(2));
            return (1 - z) * n + z * _hidden[layer][unit];
        }
        double i = Sigmoid(X(0) + H(0)), f = Sigmoid(X(1) + H(1)), g = Math.Tanh(X(2) + H(2)), o = Sigmoid(X(3) + H(3)), before = _cells[layer][unit];
        var refined = i * (1 - (1 - f) * (1 - f)) + (1 - i) * f * f;
        _cells[layer][unit] = shape.Cell == ForwardCell.RefinedLstm ? refined * before + (1 - refined) * g : f * before + i * g;
        return o * Math.Tanh(_cells[layer][unit]);
    }

    private static double Sigmoid(double x) => 1 / (1 + Math.Exp(-x));

    private static double[][] Zeros(ForwardShape shape) => [.. Enumerable.Range(0, shape.Layers).Select(_ => new double[shape.Hidden])];
}
