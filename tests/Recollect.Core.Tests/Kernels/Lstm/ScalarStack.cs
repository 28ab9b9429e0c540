using Recollect.Kernels;

namespace Recollect.Core.Tests.Kernels.Lstm;

/// <summary>LSTM layers number by number in double, written from PyTorch's formulas: the witness.</summary>
internal sealed class ScalarStack
{
    private readonly StackShape _shape;
    private readonly StackNumbers _numbers;
    private readonly IReadOnlyList<GradientWindow> _windows;
    private readonly Step[][][] _steps; // by row, step (0: before the first) and layer

    public ScalarStack(StackCase problem) : this(problem, problem.Numbers)
    {
    }

    /// <summary>Runs every row from zero.</summary>
    public ScalarStack(StackCase problem, StackNumbers numbers)
    {
        (_shape, _numbers, _windows) = (problem.Shape, numbers, problem.Windows);
        _steps = [.. problem.Lengths.Select((length, row) => Run(row, [.. Enumerable.Repeat(Step.Zero(_shape.Hidden), _shape.Layers)], 0, length))];
        Gradients = [.. numbers.Weights.Select(weight => new double[weight.Length])];
        StartAdjoints = [.. Enumerable.Range(0, _shape.Layers).Select(_ => _windows.Select(_ => (Array.Empty<double>(), Array.Empty<double>())).ToArray())];
        InputAdjoints = [.. _windows.Select(window => new double[window.Length][])];
    }

    /// <summary>As <see cref="StackNumbers.Weights"/>.</summary>
    public double[][] Gradients { get; }

    /// <summary>By layer and window: of the h and c before it.</summary>
    public (double[] Hidden, double[] Cell)[][] StartAdjoints { get; }

    /// <summary>By window and step: of what the bottom layer read.</summary>
    public double[][][] InputAdjoints { get; }

    public static int InputsOf(StackShape shape, int layer) => layer > 0 ? shape.Hidden : shape.Input == LayerInput.Vectors ? shape.Width : shape.Embedding;

    public double[] Hidden(int layer, int row, int step) => _steps[row][step][layer].H;

    public double[] Cell(int layer, int row, int step) => _steps[row][step][layer].C;

    /// <summary>Σ adjoint · state over windows, each run again by <paramref name="changed"/>'s weights from the state before it, which stays.</summary>
    public double Loss(StackNumbers changed)
    {
        var loss = 0.0;
        var other = new ScalarStack(_shape, changed, _windows);
        for (var w = 0; w < _windows.Count; w++)
        {
            var (row, start, end) = _windows[w];
            var steps = other.Run(row, _steps[row][start], start, end);
            for (var j = 0; j < end - start; j++)
                loss += Dot(_numbers.OutputAdjoints[w][j], steps[j + 1][^1].H);
            for (var layer = 0; layer < _shape.Layers && end > start; layer++)
                loss += Dot(_numbers.EndAdjoints[layer][w].Hidden, steps[^1][layer].H) + Dot(_numbers.EndAdjoints[layer][w].Cell, steps[^1][layer].C);
        }
        return loss;
    }

    /// <summary>Backpropagation through every window, step by step.</summary>
    public ScalarStack Backward()
    {
        for (var w = 0; w < _windows.Count; w++)
        {
            var (row, start, end) = _windows[w];
            var adjoints = Enumerable.Range(0, _shape.Layers)
                .Select(layer => (Hidden: _numbers.EndAdjoints[layer][w].Hidden.ToArray(), Cell: _numbers.EndAdjoints[layer][w].Cell.ToArray())).ToArray();
            for (var step = end; step > start; step--)
            {
                var above = _numbers.OutputAdjoints[w][step - start - 1];
                for (var layer = _shape.Layers - 1; layer >= 0; layer--)
                {
                    Add(adjoints[layer].Hidden, above);
                    (adjoints[layer], above) = BackwardStep(layer, row, step, adjoints[layer].Hidden, adjoints[layer].Cell);
                }
                InputAdjoints[w][step - start - 1] = above!;
                EmbeddingGradient(row, step, above!);
            }
            for (var layer = 0; layer < _shape.Layers; layer++)
                StartAdjoints[layer][w] = adjoints[layer];
        }
        return this;
    }

    private ScalarStack(StackShape shape, StackNumbers numbers, IReadOnlyList<GradientWindow> windows)
    {
        (_shape, _numbers, _windows, _steps) = (shape, numbers, windows, []);
        (Gradients, StartAdjoints, InputAdjoints) = ([], [], []);
    }

    private Step[][] Run(int row, Step[] before, int from, int to)
    {
        var steps = new List<Step[]> { before };
        for (var step = from + 1; step <= to; step++)
        {
            var input = Input(row, step);
            var layers = new Step[_shape.Layers];
            for (var layer = 0; layer < layers.Length; layer++)
            {
                layers[layer] = Step.Of(_numbers.Weights.AsSpan(4 * layer, 4), input, steps[^1][layer], _shape.Refined);
                input = layers[layer].H;
            }
            steps.Add(layers);
        }
        return [.. steps];
    }

    private double[] Input(int row, int step)
    {
        var (weight, bias, e) = (_numbers.Weights[^2], _numbers.Weights[^1], _shape.Embedding);
        return _shape.Input switch
        {
            LayerInput.Tokens => weight[(_numbers.Tokens[row][step] * e)..((_numbers.Tokens[row][step] + 1) * e)],
            LayerInput.Reals => [.. bias.Select((b, i) => b + Dot(weight[(i * _shape.Width)..((i + 1) * _shape.Width)], _numbers.Values[row][step]))],
            _ => _numbers.Values[row][step],
        };
    }

    // The adjoints of the state before, and of the input.
    private ((double[] Hidden, double[] Cell) Before, double[] Input) BackwardStep(int layer, int row, int step, double[] dh, double[] dc)
    {
        var (now, before, h) = (_steps[row][step][layer], _steps[row][step - 1][layer], _shape.Hidden);
        var x = layer == 0 ? Input(row, step) : _steps[row][step][layer - 1].H;
        ReadOnlySpan<double[]> weights = _numbers.Weights.AsSpan(4 * layer, 4), gradients = Gradients.AsSpan(4 * layer, 4);
        var gates = new double[4 * h];
        var cell = new double[h];
        for (var u = 0; u < h; u++)
        {
            double i = now.Gates[u], f = now.Gates[h + u], g = now.Gates[2 * h + u], o = now.Gates[3 * h + u], t = Math.Tanh(now.C[u]);
            var d = dc[u] + dh[u] * o * (1 - t * t);
            // c = kept·c₋₁ + taken·g
            var (kept, taken) = _shape.Refined ? (Refined(i, f), 1 - Refined(i, f)) : (f, i);
            var (ofInput, ofForget) = _shape.Refined
                ? (2 * f * (1 - f) * (before.C[u] - g), (2 * f + 2 * i - 4 * i * f) * (before.C[u] - g))
                : (g, before.C[u]);
            (gates[u], gates[h + u]) = (d * ofInput * i * (1 - i), d * ofForget * f * (1 - f));
            (gates[2 * h + u], gates[3 * h + u]) = (d * taken * (1 - g * g), dh[u] * t * o * (1 - o));
            cell[u] = d * kept;
        }
        Add(gradients[2], gates);
        Add(gradients[3], gates);
        return ((BackThrough(weights[1], gradients[1], gates, before.H), cell), BackThrough(weights[0], gradients[0], gates, x));
    }

    private void EmbeddingGradient(int row, int step, double[] adjoint)
    {
        for (var i = 0; i < _shape.Embedding && _shape.Input != LayerInput.Vectors; i++)
        {
            if (_shape.Input == LayerInput.Tokens)
            {
                Gradients[^2][_numbers.Tokens[row][step] * _shape.Embedding + i] += adjoint[i];
                continue;
            }
            Gradients[^1][i] += adjoint[i];
            for (var d = 0; d < _shape.Width; d++)
                Gradients[^2][i * _shape.Width + d] += adjoint[i] * _numbers.Values[row][step][d];
        }
    }

    private static double[] BackThrough(double[] weight, double[] gradient, double[] outputs, double[] input)
    {
        var adjoint = new double[input.Length];
        for (var o = 0; o < outputs.Length; o++)
        {
            for (var i = 0; i < input.Length; i++)
            {
                gradient[o * input.Length + i] += outputs[o] * input[i];
                adjoint[i] += outputs[o] * weight[o * input.Length + i];
            }
        }
        return adjoint;
    }

    private static double Dot(double[]? a, double[] b)
    {
        var sum = 0.0;
        for (var i = 0; a is not null && i < b.Length; i++)
            sum += a[i] * b[i];
        return sum;
    }

    // UR-LSTM's gate as it was published: r·(1 − (1−f)²) + (1−r)·f² (Gu et al. 2020).
    private static double Refined(double r, double f) => r * (1 - (1 - f) * (1 - f)) + (1 - r) * f * f;

    private static void Add(double[] to, double[]? more)
    {
        for (var i = 0; more is not null && i < to.Length; i++)
            to[i] += more[i];
    }

    private sealed record Step(double[] Gates, double[] C, double[] H)
    {
        public static Step Zero(int hidden) => new([], new double[hidden], new double[hidden]);

        public static Step Of(ReadOnlySpan<double[]> weights, double[] x, Step before, bool refined)
        {
            var h = before.H.Length;
            var gates = new double[4 * h];
            for (var g = 0; g < gates.Length; g++)
            {
                var sum = weights[2][g] + weights[3][g];
                for (var i = 0; i < x.Length; i++)
                    sum += weights[0][g * x.Length + i] * x[i];
                for (var i = 0; i < h; i++)
                    sum += weights[1][g * h + i] * before.H[i];
                gates[g] = g / h == 2 ? Math.Tanh(sum) : 1 / (1 + Math.Exp(-sum));
            }
            var c = new double[h];
            for (var u = 0; u < h; u++)
            {
                var (kept, taken) = refined ? (Refined(gates[u], gates[h + u]), 1 - Refined(gates[u], gates[h + u])) : (gates[h + u], gates[u]);
                c[u] = kept * before.C[u] + taken * gates[2 * h + u];
            }
            return new Step(gates, c, [.. c.Select((value, u) => gates[3 * h + u] * Math.Tanh(value))]);
        }
    }
}
