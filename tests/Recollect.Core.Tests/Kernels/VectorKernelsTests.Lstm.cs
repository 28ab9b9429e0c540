using FsCheck.Xunit;
using Recollect.Kernels;

namespace Recollect.Core.Tests.Kernels;

// The LSTM's step. Gates lie by the width's own layout; numbers here are in PyTorch's order: all i, all f, all g, all o.
public sealed unsafe partial class VectorKernelsTests
{
    private static readonly string[] ForwardNames = ["i", "f", "g", "o", "c", "h"];
    private static readonly string[] BackwardNames = ["adjoint of i", "adjoint of f", "adjoint of g", "adjoint of o", "adjoint of the cell before"];

    [Property(MaxTest = 30, Arbitrary = [typeof(KernelShapes)])]
    public void LstmForward_is_one_step_of_an_lstm(KernelShape shape, bool inPlace, bool refined)
    {
        var step = new LstmStep(shape, refined);
        var one = step.Forward(Widths.One, inPlace);

        foreach (var kernels in Widths.Vectors)
            Agreement.AssertSameBits(one, step.Forward(kernels, inPlace), $"{kernels.Lanes} lanes");
        for (var row = 0; row < shape.Rows; row++)
        {
            for (var unit = 0; unit < shape.Columns; unit++)
            {
                var (expected, size) = step.ForwardInDouble(row, unit);
                for (var value = 0; value < expected.Length; value++)
                    Agreement.AssertNear(expected[value], one[(row * shape.Columns + unit) * expected.Length + value], size, ForwardNames[value], row, unit);
            }
        }
    }

    [Property(MaxTest = 30, Arbitrary = [typeof(KernelShapes)])]
    public void LstmBackward_gives_the_adjoints_of_gates_and_of_the_cell_before(KernelShape shape, bool refined)
    {
        var step = new LstmStep(shape, refined);
        var one = step.Backward(Widths.One);

        foreach (var kernels in Widths.Vectors)
            Agreement.AssertSameBits(one, step.Backward(kernels), $"{kernels.Lanes} lanes");
        for (var row = 0; row < shape.Rows; row++)
        {
            for (var unit = 0; unit < shape.Columns; unit++)
            {
                var (expected, size) = step.BackwardInDouble(row, unit);
                for (var value = 0; value < expected.Length; value++)
                    Agreement.AssertNear(expected[value], one[(row * shape.Columns + unit) * expected.Length + value], size, BackwardNames[value], row, unit);
            }
        }
    }

    /// <summary>One step's numbers, for as many units as the shape has columns.</summary>
    private sealed class LstmStep
    {
        private readonly int _rows, _hidden, _split;
        private readonly bool _refined;
        private readonly float[] _before, _weights, _start, _cellBefore, _gates, _cell, _output, _behind, _cellAdjoint;

        public LstmStep(KernelShape shape, bool refined)
        {
            _refined = refined;
            var numbers = new Numbers(shape.Seed);
            (_rows, _hidden, _split) = (shape.Rows, shape.Columns, numbers.Next(100));
            var states = _rows * _hidden;
            (_before, _cellBefore, _cell) = (numbers.Floats(states), numbers.Floats(states), numbers.Floats(states));
            (_output, _behind, _cellAdjoint) = (numbers.Floats(states), numbers.Floats(states), numbers.Floats(states));
            _weights = numbers.Floats(4 * _hidden * _hidden); // [4H, H]
            _start = numbers.Floats(4 * states);              // [rows, 4H]
            _gates = [.. Enumerable.Range(0, 4 * states).Select(_ => (float)numbers.Uniform())];
        }

        /// <summary>Of every unit of every row: i, f, g, o, c, h.</summary>
        public float[] Forward(KernelSet<float> kernels, bool inPlace)
        {
            var layout = new GateLayout(_hidden, kernels.Lanes);
            using var recurrent = new PackedMatrix<float>(_hidden, layout.Columns, kernels.PanelWidth);
            fixed (float* source = _weights)
                recurrent.PackTransposed(source, _hidden, layout.Sources, 0, recurrent.Panels);
            using GuardedRows before = States(kernels, _before), cellBefore = States(kernels, _cellBefore), start = Gates(kernels, layout, _start);
            using GuardedRows cell = States(kernels), output = States(kernels), apart = new(_rows, layout.Columns, kernels.Margin());
            var gates = inPlace ? start : apart;
            var split = _split % (layout.Blocks + 1);
            void Run(int first, int end) => kernels.LstmForward(
                _refined, _rows, before.Pointers, recurrent, start.Pointers, gates.Pointers, cellBefore.Pointers, cell.Pointers, output.Pointers, first, end);

            Run(split, layout.Blocks);
            output.AssertNothingElseWritten(split * kernels.Lanes, layout.Units);
            cell.AssertNothingElseWritten(split * kernels.Lanes, layout.Units);
            Run(0, split);

            apart.AssertNothingElseWritten(0, layout.Columns);
            start.AssertNothingElseWritten(0, layout.Columns);
            before.AssertNothingElseWritten(0, _hidden);
            cellBefore.AssertNothingElseWritten(0, _hidden);
            return Collect(layout, gates, (row, unit) => [cell[row][unit], output[row][unit]]);
        }

        /// <summary>Of every unit of every row: the adjoints of i, f, g, o and of the cell before.</summary>
        public float[] Backward(KernelSet<float> kernels)
        {
            var layout = new GateLayout(_hidden, kernels.Lanes);
            using GuardedRows gates = Gates(kernels, layout, _gates), result = new(_rows, layout.Columns, kernels.Margin());
            using GuardedRows cellBefore = States(kernels, _cellBefore), cell = States(kernels, _cell), output = States(kernels, _output);
            using GuardedRows behind = States(kernels, _behind), adjoint = States(kernels, _cellAdjoint);
            var split = _split % (layout.Blocks + 1);
            void Run(int first, int end) => kernels.LstmBackward(
                _refined, _rows, gates.Pointers, cellBefore.Pointers, cell.Pointers, output.Pointers, behind.Pointers, adjoint.Pointers, result.Pointers, first, end);

            Run(split, layout.Blocks);
            result.AssertNothingElseWritten(split * 4 * kernels.Lanes, layout.Columns);
            Run(0, split);

            result.AssertNothingElseWritten(0, layout.Columns);
            adjoint.AssertNothingElseWritten(0, layout.Units);
            foreach (var read in new[] { cellBefore, cell, output, behind })
                read.AssertNothingElseWritten(0, _hidden);
            return Collect(layout, result, (row, unit) => [adjoint[row][unit]]);
        }

        public (double[] Values, double Size) ForwardInDouble(int row, int unit)
        {
            var gates = new double[4];
            var size = 1.0;
            for (var gate = 0; gate < 4; gate++)
            {
                double sum = _start[(row * 4 + gate) * _hidden + unit], absolute = Math.Abs(sum);
                for (var k = 0; k < _hidden; k++)
                {
                    var term = (double)_before[row * _hidden + k] * _weights[(gate * _hidden + unit) * _hidden + k];
                    (sum, absolute) = (sum + term, absolute + Math.Abs(term));
                }
                gates[gate] = gate == 2 ? Math.Tanh(sum) : 1 / (1 + Math.Exp(-sum));
                size = Math.Max(size, 1 + absolute);
            }
            double cellBefore = _cellBefore[row * _hidden + unit], refined = Refined(gates[0], gates[1]);
            var cell = _refined ? refined * cellBefore + (1 - refined) * gates[2] : gates[1] * cellBefore + gates[0] * gates[2];
            return ([.. gates, cell, gates[3] * Math.Tanh(cell)], size * (1 + Math.Abs(cellBefore)));
        }

        public (double[] Values, double Size) BackwardInDouble(int row, int unit)
        {
            var at = row * _hidden + unit;
            double Gate(int gate) => _gates[(row * 4 + gate) * _hidden + unit];
            double i = Gate(0), f = Gate(1), g = Gate(2), o = Gate(3), t = Math.Tanh(_cell[at]);
            var dh = (double)_output[at] + _behind[at];
            var dc = _cellAdjoint[at] + dh * o * (1 - t * t);
            var size = (1 + Math.Abs(_output[at]) + Math.Abs(_behind[at]) + Math.Abs(_cellAdjoint[at])) * (1 + Math.Abs(_cellBefore[at]));
            double before = _cellBefore[at], refined = Refined(i, f);
            return (_refined
                ? [dc * (before - g) * 2 * f * (1 - f) * i * (1 - i), dc * (before - g) * (2 * f + 2 * i - 4 * i * f) * f * (1 - f), dc * (1 - refined) * (1 - g * g), dh * t * o * (1 - o), dc * refined]
                : [dc * g * i * (1 - i), dc * before * f * (1 - f), dc * i * (1 - g * g), dh * t * o * (1 - o), dc * f], size);
        }

        private static double Refined(double r, double f) => r * (1 - (1 - f) * (1 - f)) + (1 - r) * f * f;

        private GuardedRows States(KernelSet<float> kernels, float[]? values = null)
        {
            var rows = new GuardedRows(_rows, _hidden, kernels.Margin());
            return values is null ? rows : rows.With(values);
        }

        // From PyTorch's order to the layout's; the filling stays no number, which must not reach any unit.
        private GuardedRows Gates(KernelSet<float> kernels, GateLayout layout, float[] values)
        {
            var rows = new GuardedRows(_rows, layout.Columns, kernels.Margin());
            for (var row = 0; row < _rows; row++)
            {
                for (var column = 0; column < layout.Columns; column++)
                {
                    if (layout.Sources[column] is >= 0 and var source)
                        rows[row][column] = values[row * 4 * _hidden + source];
                }
            }
            return rows;
        }

        private float[] Collect(GateLayout layout, GuardedRows gates, Func<int, int, float[]> more)
        {
            var places = new int[4 * _hidden];
            for (var column = 0; column < layout.Columns; column++)
            {
                if (layout.Sources[column] is >= 0 and var source)
                    places[source] = column;
            }
            var all = new List<float>();
            for (var row = 0; row < _rows; row++)
            {
                for (var unit = 0; unit < _hidden; unit++)
                {
                    for (var gate = 0; gate < 4; gate++)
                        all.Add(gates[row][places[gate * _hidden + unit]]);
                    all.AddRange(more(row, unit));
                }
            }
            return [.. all];
        }
    }
}
