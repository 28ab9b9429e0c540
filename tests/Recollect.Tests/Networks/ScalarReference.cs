using System.Numerics;
using Recollect.Networks;
using Recollect.Randomness;
using Recollect.Sequences;

namespace Recollect.Tests.Networks;

/// <summary>A stack's state as numbers. // Hidden [L][H], Cell [L][H] or null</summary>
internal sealed record ScalarState(double[][] Hidden, double[][]? Cell);

/// <summary>The networks as scalar loops over named arrays, from their published formulas: a witness that knows nothing of libtorch.</summary>
/// <remarks>
/// Hochreiter and Schmidhuber's LSTM with forget gate and Cho et al.'s GRU, both in the form that PyTorch documents; Gu et al.'s UR-LSTM, Le et al.'s iRNN, and
/// Arjovsky et al.'s uRNN factor by factor on complex numbers.
/// </remarks>
internal sealed class ScalarReference(IReadOnlyDictionary<string, double[]> parameters)
{
    /// <summary>s_0.</summary>
    public static ScalarState Zero(CellKind cell, int layers, int width)
    {
        double[][] Part() => [.. Enumerable.Range(0, layers).Select(_ => new double[width])];
        return new ScalarState(Part(), cell == CellKind.Lstm ? Part() : null);
    }

    /// <summary>The vector of a step: a row of the table, or W·x + b.</summary>
    public double[] Embed(string name, StepFormat format, double[] step)
    {
        var weight = parameters[$"{name}.weight"];
        if (format.Kind == StepKind.Reals)
            return Affine(weight, parameters[$"{name}.bias"], step);
        var width = weight.Length / format.Width;
        return weight[((int)step[0] * width)..(((int)step[0] + 1) * width)];
    }

    /// <summary>A linear map.</summary>
    public double[] Linear(string name, double[] input) => Affine(parameters[$"{name}.weight"], parameters[$"{name}.bias"], input);

    /// <summary>The numbers called <paramref name="name"/>.</summary>
    public double[] Vector(string name) => parameters[name];

    /// <summary>One step of every layer.</summary>
    public ScalarState Step(string name, CellKind cell, double[] input, ScalarState before, GateKind gates = GateKind.Standard)
    {
        var layers = before.Hidden.Length;
        var (hidden, cells) = (new double[layers][], before.Cell is null ? null : new double[layers][]);
        for (var layer = 0; layer < layers; layer++)
        {
            if (cell == CellKind.Urnn)
            {
                input = hidden[layer] = Unitary(name, layer, input, before.Hidden[layer]);
                continue;
            }
            var fromInput = Affine(parameters[$"{name}.weight_ih_l{layer}"], parameters[$"{name}.bias_ih_l{layer}"], input);
            var fromState = Affine(parameters[$"{name}.weight_hh_l{layer}"], parameters[$"{name}.bias_hh_l{layer}"], before.Hidden[layer]);
            if (cell == CellKind.Irnn)
                hidden[layer] = Relu([.. fromInput.Zip(fromState, (a, b) => a + b)]);
            else if (gates == GateKind.Refined)
                (hidden[layer], cells![layer]) = Refined(fromInput, fromState, before.Cell![layer]);
            else if (cell == CellKind.Lstm)
                (hidden[layer], cells![layer]) = Lstm(fromInput, fromState, before.Cell![layer]);
            else
                hidden[layer] = Gru(fromInput, fromState, before.Hidden[layer]);
            input = hidden[layer];
        }
        return new ScalarState(hidden, cells);
    }

    /// <summary>Two ReLU layers, a mask on the second, a linear layer.</summary>
    public double[] Head(string name, double[] input, double[]? mask)
    {
        var first = Relu(Affine(parameters[$"{name}.0.weight"], parameters[$"{name}.0.bias"], input));
        var second = Relu(Affine(parameters[$"{name}.2.weight"], parameters[$"{name}.2.bias"], first));
        for (var unit = 0; mask is not null && unit < second.Length; unit++)
            second[unit] *= mask[unit];
        return Affine(parameters[$"{name}.5.weight"], parameters[$"{name}.5.bias"], second);
    }

    /// <summary>−log softmax(logits)[label].</summary>
    public static double CrossEntropy(double[] logits, int label) =>
        Math.Log(logits.Sum(logit => Math.Exp(logit - logits[label])));

    /// <summary>The mean over the components of the squared difference.</summary>
    public static double MeanSquaredError(double[] output, double[] target) =>
        output.Zip(target, (o, t) => (o - t) * (o - t)).Sum() / output.Length;

    /// <summary>The first token whose cumulated probability reaches <paramref name="uniform"/>.</summary>
    public static int Sample(double[] logits, double uniform)
    {
        var sum = logits.Sum(logit => Math.Exp(logit - logits.Max()));
        var (token, reached) = (0, 0.0);
        for (; token < logits.Length - 1; token++)
        {
            reached += Math.Exp(logits[token] - logits.Max()) / sum;
            if (reached >= uniform)
                break;
        }
        return token;
    }

    private static (double[] Hidden, double[] Cell) Lstm(double[] fromInput, double[] fromState, double[] cell)
    {
        var width = cell.Length;
        var (hidden, next) = (new double[width], new double[width]);
        for (var unit = 0; unit < width; unit++)
        {
            double Gate(int gate) => fromInput[gate * width + unit] + fromState[gate * width + unit];
            next[unit] = Sigmoid(Gate(1)) * cell[unit] + Sigmoid(Gate(0)) * Math.Tanh(Gate(2));
            hidden[unit] = Sigmoid(Gate(3)) * Math.Tanh(next[unit]);
        }
        return (hidden, next);
    }

    private static (double[] Hidden, double[] Cell) Refined(double[] fromInput, double[] fromState, double[] cell)
    {
        var width = cell.Length;
        var (hidden, next) = (new double[width], new double[width]);
        for (var unit = 0; unit < width; unit++)
        {
            double Gate(int gate) => fromInput[gate * width + unit] + fromState[gate * width + unit];
            var (r, f) = (Sigmoid(Gate(0)), Sigmoid(Gate(1)));
            var g = r * (1 - (1 - f) * (1 - f)) + (1 - r) * f * f;
            next[unit] = g * cell[unit] + (1 - g) * Math.Tanh(Gate(2));
            hidden[unit] = Sigmoid(Gate(3)) * Math.Tanh(next[unit]);
        }
        return (hidden, next);
    }

    // D₃·R₂·F⁻¹·D₂·Π·R₁·F·D₁ on h, factor by factor, then + V·x, then modReLU.
    private double[] Unitary(string name, int layer, double[] input, double[] before)
    {
        var width = before.Length / 2;
        var (angles, reflections) = (parameters[$"{name}.angles_l{layer}"], parameters[$"{name}.reflections_l{layer}"]);
        var bias = parameters[$"{name}.bias_l{layer}"];
        var permutation = new Seed(0).Stream("urnn/permutation").Permutation(width);
        Complex[] Turned(int k, Complex[] h) => [.. h.Select((z, i) => Complex.FromPolarCoordinates(1, angles[k * width + i]) * z)];
        Complex[] Reflected(int k, Complex[] h)
        {
            Complex[] v = [.. Enumerable.Range(0, width).Select(i => new Complex(reflections[2 * k * width + i], reflections[(2 * k + 1) * width + i]))];
            var part = v.Zip(h, (a, z) => Complex.Conjugate(a) * z).Aggregate(Complex.Add) / v.Sum(a => a.Real * a.Real + a.Imaginary * a.Imaginary);
            return [.. h.Zip(v, (z, a) => z - 2 * part * a)];
        }
        Complex[] Fourier(int sign, Complex[] h) => [.. Enumerable.Range(0, width).Select(k =>
            h.Select((z, n) => z * Complex.FromPolarCoordinates(1 / Math.Sqrt(width), sign * 2 * Math.PI * k * n / width)).Aggregate(Complex.Add))];

        Complex[] state = [.. Enumerable.Range(0, width).Select(i => new Complex(before[i], before[width + i]))];
        state = Reflected(0, Fourier(-1, Turned(0, state)));
        state = Turned(1, [.. permutation.Select(place => state[place])]);
        state = Turned(2, Reflected(1, Fourier(1, state)));
        var driven = Affine(parameters[$"{name}.weight_ih_l{layer}"], new double[2 * width], input);
        var next = new double[2 * width];
        for (var i = 0; i < width; i++)
        {
            var z = state[i] + new Complex(driven[i], driven[width + i]);
            var size = Math.Sqrt(z.Real * z.Real + z.Imaginary * z.Imaginary + 1e-10);
            var factor = Math.Max(0, size + bias[i]) / size;
            (next[i], next[width + i]) = (factor * z.Real, factor * z.Imaginary);
        }
        return next;
    }

    private static double[] Gru(double[] fromInput, double[] fromState, double[] hidden)
    {
        var width = hidden.Length;
        var next = new double[width];
        for (var unit = 0; unit < width; unit++)
        {
            var reset = Sigmoid(fromInput[unit] + fromState[unit]);
            var update = Sigmoid(fromInput[width + unit] + fromState[width + unit]);
            var candidate = Math.Tanh(fromInput[2 * width + unit] + reset * fromState[2 * width + unit]);
            next[unit] = (1 - update) * candidate + update * hidden[unit];
        }
        return next;
    }

    private static double[] Affine(double[] weight, double[] bias, double[] input)
    {
        var output = new double[bias.Length];
        for (var o = 0; o < output.Length; o++)
        {
            output[o] = bias[o];
            for (var i = 0; i < input.Length; i++)
                output[o] += weight[o * input.Length + i] * input[i];
        }
        return output;
    }

    private static double[] Relu(double[] values) => Array.ConvertAll(values, v => Math.Max(0, v));

    private static double Sigmoid(double value) => 1 / (1 + Math.Exp(-value));
}
