using System.Numerics;
using FsCheck.Xunit;
using Recollect.Kernels;

namespace Recollect.Core.Tests.Kernels.Forward;

public sealed unsafe class ForwardStackTests
{
    [Property(MaxTest = 60)]
    public void Steps_of_rows_of_unequal_length_are_those_of_the_formulas_one_by_one(int seed)
    {
        var problem = new Problem(seed);
        Agreement.AssertNear(problem.Expected(), problem.Run(KernelSet.Best<double>(), problem.Rows), 1e-12, problem.Shape.ToString());
    }

    [Property(MaxTest = 60)]
    public void Every_width_and_any_rows_together_give_the_same_bits(int seed)
    {
        var problem = new Problem(seed);
        var one = problem.Run(Widths.One, problem.Rows);
        Agreement.AssertNear(problem.Expected(), one, 1e-4, problem.Shape.ToString());
        foreach (var kernels in Widths.Vectors)
        {
            Agreement.AssertSameBits(one, problem.Run(kernels, problem.Rows), $"{problem.Shape}, {kernels.Lanes} lanes");
            Agreement.AssertSameBits(one, problem.Run(kernels, 1), $"{problem.Shape}, {kernels.Lanes} lanes, row by row");
        }
    }

    [Fact]
    public void A_vocabulary_that_is_too_large_to_be_folded_is_multiplied_and_gives_the_same_states()
    {
        const int hidden = 128;
        var columns = 4 * hidden;
        var vocabulary = (int)(ForwardLayer<double>.LargestTable / (columns * sizeof(double))) + 1;
        var problem = new Problem(new ForwardShape(ForwardCell.Lstm, LayerInput.Tokens, vocabulary, 1, hidden, 1), seed: 3);
        Agreement.AssertNear(problem.Expected(), problem.Run(KernelSet.Best<double>(), problem.Rows), 1e-12, "states");
    }

    [Fact]
    public void What_folding_a_projection_takes_counts_the_columns_that_fill_panels()
    {
        foreach (var kernels in Widths.Vectors)
        {
            // A unit is filled up to a vector of L: 4·L columns are two panels, and so are a GRU's 3·L. A component has 2 factors, and its columns twice.
            var expected = (Int128)(3 * (2 + 2 * 4 * kernels.Lanes) * sizeof(float));
            Assert.Equal(expected, ForwardLayer<float>.BytesToFold(kernels, new ForwardShape(ForwardCell.Lstm, LayerInput.Reals, 3, 2, 1, 1)));
            Assert.Equal(expected, ForwardLayer<float>.BytesToFold(kernels, new ForwardShape(ForwardCell.Gru, LayerInput.Reals, 3, 2, 1, 1)));
        }
    }

    /// <summary>Layers with random weights, and rows to run.</summary>
    private sealed class Problem
    {
        private readonly double[][][] _layers;
        private readonly double[] _embedding, _bias;
        private readonly int[][] _tokens;
        private readonly double[][][] _reals;

        public Problem(int seed) : this(ShapeOf(new Numbers(seed)), seed)
        {
        }

        public Problem(ForwardShape shape, int seed)
        {
            Shape = shape;
            var numbers = new Numbers(seed + 1L);
            var gates = (shape.Cell == ForwardCell.Gru ? 3 : 4) * shape.Hidden;
            double[] Weights(int count) => numbers.Normals(count, 0.4);
            _layers = [.. Enumerable.Range(0, shape.Layers).Select(layer => (double[][])
                [Weights(gates * (layer > 0 ? shape.Hidden : shape.Input == LayerInput.Vectors ? shape.Width : shape.Embedding)), Weights(gates * shape.Hidden), Weights(gates), Weights(gates)])];
            _embedding = Weights(shape.Width * shape.Embedding);
            _bias = Weights(shape.Embedding);
            Rows = 1 + numbers.Next(9);
            Lengths = [.. Enumerable.Range(0, Rows).Select(_ => 1 + numbers.Next(12)).OrderDescending()];
            _tokens = [.. Lengths.Select(length => Enumerable.Range(0, length).Select(_ => numbers.Next(shape.Width)).ToArray())];
            _reals = [.. Lengths.Select(length => Enumerable.Range(0, length).Select(_ => shape.Input == LayerInput.Tokens ? [] : numbers.Normals(shape.Width)).ToArray())];
        }

        public ForwardShape Shape { get; }

        public int Rows { get; }

        private int[] Lengths { get; }

        /// <summary>Of every row and layer: h after the row's last step.</summary>
        public double[] Expected()
        {
            var all = new List<double>();
            for (var row = 0; row < Rows; row++)
            {
                var cells = new ScalarCells(Shape, _layers, _embedding, _bias);
                for (var step = 0; step < Lengths[row]; step++)
                    cells.Step(_tokens[row][step], _reals[row][step]);
                for (var layer = 0; layer < Shape.Layers; layer++)
                    all.AddRange(cells.Hidden(layer));
            }
            return [.. all];
        }

        /// <summary>The same by kernels, some rows together.</summary>
        public double[] Run<T>(KernelSet<T> kernels, int together)
            where T : unmanaged, IFloatingPointIeee754<T>
        {
            var copies = new List<NativeArray<T>>();
            T* Copy(double[] values)
            {
                copies.Add(new NativeArray<T>(values.Length));
                for (var i = 0; i < values.Length; i++)
                    copies[^1].Pointer[i] = T.CreateTruncating(values[i]);
                return copies[^1].Pointer;
            }
            var weights = new LstmWeights<T>[Shape.Layers];
            for (var layer = 0; layer < weights.Length; layer++)
                weights[layer] = new LstmWeights<T>(Copy(_layers[layer][0]), Copy(_layers[layer][1]), Copy(_layers[layer][2]), Copy(_layers[layer][3]));
            var stack = new ForwardStack<T>(kernels, Shape, weights, new EmbeddingWeights<T>(Copy(_embedding), Copy(_bias)));
            foreach (var copy in copies)
                copy.Dispose(); // the stack has its own
            var all = new List<double>();
            for (var first = 0; first < Rows; first += together)
                all.AddRange(Run(stack, first, Math.Min(together, Rows - first)));
            return [.. all];
        }

        private List<double> Run<T>(ForwardStack<T> stack, int first, int rows)
            where T : unmanaged, IFloatingPointIeee754<T>
        {
            using var states = new ForwardStates<T>(stack, rows);
            using var values = new NativeArray<T>((long)rows * Shape.Width);
            for (var step = 0; step < Lengths[first]; step++)
            {
                var running = Lengths.Skip(first).Take(rows).Count(length => length > step);
                for (var row = 0; row < running; row++)
                {
                    states.Read[row] = Shape.Input == LayerInput.Tokens ? stack.Layers[0].RowOf(_tokens[first + row][step]) : values.Pointer + row * Shape.Width;
                    for (var i = 0; i < _reals[first + row][step].Length; i++)
                        states.Read[row][i] = T.CreateTruncating(_reals[first + row][step][i]);
                }
                stack.Step(states, running);
            }
            var all = new List<double>();
            for (var row = 0; row < rows; row++)
            {
                for (var layer = 0; layer < Shape.Layers; layer++)
                {
                    var output = states.Output(layer, row, Lengths[first + row]);
                    for (var unit = 0; unit < Shape.Hidden; unit++)
                        all.Add(double.CreateTruncating(output[unit]));
                }
            }
            return all;
        }

        private static ForwardShape ShapeOf(Numbers numbers) => new(
            (ForwardCell)numbers.Next(3), (LayerInput)numbers.Next(3), 1 + numbers.Next(9), 1 + numbers.Next(9), 1 + numbers.Next(40), 1 + numbers.Next(3));
    }
}
