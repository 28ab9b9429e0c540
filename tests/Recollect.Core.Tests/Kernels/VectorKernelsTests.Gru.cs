using FsCheck.Xunit;
using Recollect.Kernels;

namespace Recollect.Core.Tests.Kernels;

// The GRU's step. Gates lie by the width's own layout; numbers here are in PyTorch's order: all r, all z, all n.
public sealed unsafe partial class VectorKernelsTests
{
    [Property(MaxTest = 30, Arbitrary = [typeof(KernelShapes)])]
    public void GruForward_is_one_step_of_a_gru(KernelShape shape, bool inPlace)
    {
        var step = new GruStep(shape);
        var one = step.Forward(Widths.One, inPlace);

        foreach (var kernels in Widths.Vectors)
            Agreement.AssertSameBits(one, step.Forward(kernels, inPlace), $"{kernels.Lanes} lanes");
        for (var row = 0; row < shape.Rows; row++)
        {
            for (var unit = 0; unit < shape.Columns; unit++)
            {
                var (expected, size) = step.InDouble(row, unit);
                Agreement.AssertNear(expected, one[row * shape.Columns + unit], size, "h", row, unit);
            }
        }
    }

    /// <summary>One step's numbers, for as many units as the shape has columns.</summary>
    private sealed class GruStep
    {
        private readonly int _rows, _hidden;
        private readonly float[] _before, _weights, _start, _inputs;

        public GruStep(KernelShape shape)
        {
            var numbers = new Numbers(shape.Seed);
            (_rows, _hidden) = (shape.Rows, shape.Columns);
            _before = numbers.Floats(_rows * _hidden);
            _weights = numbers.Floats(3 * _hidden * _hidden); // [3H, H]
            (_start, _inputs) = (numbers.Floats(3 * _rows * _hidden), numbers.Floats(3 * _rows * _hidden)); // [rows, 3H]
        }

        /// <summary>h of every unit of every row; or, in place, over h of the step before.</summary>
        public float[] Forward(KernelSet<float> kernels, bool inPlace)
        {
            var layout = new GruLayout(_hidden, kernels.Lanes);
            using var recurrent = new PackedMatrix<float>(_hidden, layout.Sources.Length, kernels.PanelWidth);
            fixed (float* source = _weights)
                recurrent.PackTransposed(source, _hidden, layout.Sources, 0, recurrent.Panels);
            var (margin, columns) = (kernels.Margin(), recurrent.Columns);
            using GuardedRows before = new GuardedRows(_rows, _hidden, margin).With(_before), apart = new(_rows, _hidden, margin);
            using GuardedRows start = Gates(layout, columns, margin, _start), inputs = Gates(layout, columns, margin, _inputs), gates = new(_rows, columns, margin);
            var output = inPlace ? before : apart;
            kernels.GruForward(_rows, before.Pointers, recurrent, start.Pointers, inputs.Pointers, gates.Pointers, output.Pointers, layout.Units);

            output.AssertNothingElseWritten(0, layout.Units);
            gates.AssertNothingElseWritten(0, columns);
            start.AssertNothingElseWritten(0, columns);
            inputs.AssertNothingElseWritten(0, columns);
            return [.. Enumerable.Range(0, _rows).SelectMany(output.Row)];
        }

        public (double Value, double Size) InDouble(int row, int unit)
        {
            double[] recurrent = new double[3], inputs = new double[3];
            var size = 1.0;
            for (var gate = 0; gate < 3; gate++)
            {
                var at = (row * 3 + gate) * _hidden + unit;
                (recurrent[gate], inputs[gate]) = (_start[at], _inputs[at]);
                var absolute = Math.Abs(recurrent[gate]) + Math.Abs(inputs[gate]);
                for (var k = 0; k < _hidden; k++)
                {
                    var term = (double)_before[row * _hidden + k] * _weights[(gate * _hidden + unit) * _hidden + k];
                    recurrent[gate] += term;
                    absolute += Math.Abs(term);
                }
                size = Math.Max(size, 1 + absolute);
            }
            static double Sigmoid(double x) => 1 / (1 + Math.Exp(-x));
            double r = Sigmoid(recurrent[0] + inputs[0]), z = Sigmoid(recurrent[1] + inputs[1]), n = Math.Tanh(inputs[2] + r * recurrent[2]);
            var before = (double)_before[row * _hidden + unit];
            return ((1 - z) * n + z * before, size * size * (1 + Math.Abs(before)));
        }

        // From PyTorch's order to the layout's; the filling stays no number, which must not reach any unit.
        private GuardedRows Gates(GruLayout layout, int columns, int margin, float[] values)
        {
            var rows = new GuardedRows(_rows, columns, margin);
            for (var row = 0; row < _rows; row++)
            {
                for (var column = 0; column < layout.Sources.Length; column++)
                {
                    if (layout.Sources[column] is >= 0 and var source)
                        rows[row][column] = values[row * 3 * _hidden + source];
                }
            }
            return rows;
        }
    }
}
