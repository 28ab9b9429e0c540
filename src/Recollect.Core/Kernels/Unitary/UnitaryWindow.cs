using System.Numerics;
using System.Runtime.CompilerServices;

namespace Recollect.Kernels;

/// <summary>A uRNN layer's steps over a window, forwards and back: z_t = d_t + h_{t−1}·M, h_t = modReLU(z_t) (Arjovsky, Shah and Bengio 2016, section 4.3).</summary>
/// <remarks>
/// A state is [Re; Im] of H cells. Each worker owns some rows for the whole window; what is summed over rows is shared out by columns. Results do not depend on the
/// number of workers, bit for bit. One thread at a time may compute: buffers are used again.
/// </remarks>
/// <typeparam name="T">float, or double for checking gradients.</typeparam>
internal sealed unsafe class UnitaryWindow<T> : IDisposable
    where T : unmanaged, IFloatingPointIeee754<T>
{
    // Rows times steps whose adjoints are kept at once, before they are summed into the matrix's.
    private const int ChunkRows = 2048;

    // Below this |z|², where the gradient of z·(|z| + b)/|z| has no bound, modReLU is the identity.
    private static readonly T Floor = T.CreateTruncating(1e-10);

    private readonly KernelSet<T> _kernels;
    private readonly Team _team;
    private readonly int _cells, _width, _stride;
    private readonly int[] _places;
    private readonly PackedMatrix<T> _forward, _back;
    private readonly NativeArray<T> _states = new();    // [rows, stride]: h, or the adjoint of h that comes from the step behind
    private readonly NativeArray<T> _sums = new();      // [rows, stride]: z
    private readonly NativeArray<T> _before = new();    // [chunk, stride]: h of the step before
    private readonly NativeArray<T> _adjoints = new();  // [chunk, stride]: of z
    private readonly NativeArray<T> _biases = new();    // [rows, cells]
    private readonly NativeArray<T> _matrix = new();    // [width in tiles, stride]
    private readonly NativeArray<T> _zeros;             // [stride]
    private readonly NativeArray<nint> _lists = new();

    /// <summary>Makes room for a layer of <paramref name="cells"/> complex cells.</summary>
    public UnitaryWindow(KernelSet<T> kernels, Team team, int cells)
    {
        (_kernels, _team, _cells, _width) = (kernels, team, cells, 2 * cells);
        _stride = kernels.Padded(_width);
        _places = [.. Enumerable.Range(0, _width)];
        _forward = new PackedMatrix<T>(_width, _width, kernels.PanelWidth);
        _back = new PackedMatrix<T>(_width, _width, kernels.PanelWidth);
        _zeros = new NativeArray<T>(_stride);
    }

    /// <summary>Runs a window.</summary>
    /// <param name="steps">Steps T.</param>
    /// <param name="rows">Rows B.</param>
    /// <param name="driven">What the inputs add, d. // [T, B, 2H]</param>
    /// <param name="matrix">M. // [2H, 2H]</param>
    /// <param name="bias">modReLU's. // [H]</param>
    /// <param name="start">h before the first step. // [B, 2H]</param>
    /// <param name="sums">z, which <see cref="Backward"/> reads. // [T, B, 2H]</param>
    /// <param name="outputs">h. // [T, B, 2H]</param>
    public void Forward(int steps, int rows, T* driven, T* matrix, T* bias, T* start, T* sums, T* outputs)
    {
        _forward.Pack(matrix, _width, _places, _width, 0, _forward.Panels);
        Prepare(rows);
        _team.Run(worker =>
        {
            var (first, end) = _team.Share(worker, rows);
            T** states = Rows(_states, first, end, 0), z = Rows(_sums, first, end, rows);
            for (var row = first; row < end; row++)
                Copy(start + (long)row * _width, states[row - first]);
            for (var step = 0; step < steps; step++)
            {
                var at = ((long)step * rows + first) * _width;
                for (var i = 0; i < end - first; i++)
                    Copy(driven + at + (long)i * _width, z[i]);
                _kernels.Multiply(end - first, states, _forward, z, z, 0, _forward.Panels);
                for (var i = 0; i < end - first; i++, at += _width)
                {
                    Copy(z[i], sums + at);
                    ModRelu(z[i], bias, states[i], _cells);
                    Copy(states[i], outputs + at);
                }
            }
        }, Products(steps, rows));
    }

    /// <summary>The adjoints of everything that <see cref="Forward"/> read.</summary>
    /// <param name="steps">Steps T.</param>
    /// <param name="rows">Rows B.</param>
    /// <param name="matrix">M. // [2H, 2H]</param>
    /// <param name="bias">modReLU's. // [H]</param>
    /// <param name="start">h before the first step. // [B, 2H]</param>
    /// <param name="sums">z. // [T, B, 2H]</param>
    /// <param name="outputs">The adjoint of h. // [T, B, 2H]</param>
    /// <param name="driven">Set: the adjoint of d. // [T, B, 2H]</param>
    /// <param name="ofMatrix">Set: of M. // [2H, 2H]</param>
    /// <param name="ofBias">Set: of the bias. // [H]</param>
    /// <param name="ofStart">Set: of the start. // [B, 2H]</param>
    public void Backward(int steps, int rows, T* matrix, T* bias, T* start, T* sums, T* outputs, T* driven, T* ofMatrix, T* ofBias, T* ofStart)
    {
        _back.PackTransposed(matrix, _width, _places, 0, _back.Panels);
        Prepare(rows);
        var chunk = Math.Clamp(ChunkRows / rows, 1, steps);
        _before.Ensure((long)chunk * rows * _stride);
        _adjoints.Ensure((long)chunk * rows * _stride);
        _lists.Ensure(Math.Max(3L * rows, 2L * chunk * rows));
        _states.Clear((long)rows * _stride);
        _biases.Ensure((long)rows * _cells);
        _biases.Clear((long)rows * _cells);
        _matrix.Ensure((long)KernelSet.SumRows(_width) * _stride);
        _matrix.Clear((long)KernelSet.SumRows(_width) * _stride);
        for (var end = steps; end > 0; end -= chunk)
        {
            var from = Math.Max(0, end - chunk);
            var until = end;
            _team.Run(worker => BackwardShare(worker, from, until, rows, bias, start, sums, outputs, driven), Products(until - from, rows));
            AddToMatrix((until - from) * rows);
        }
        for (var row = 0; row < rows; row++)
            Copy(_states.Pointer + (long)row * _stride, ofStart + (long)row * _width);
        for (var i = 0; i < _width; i++)
            Copy(_matrix.Pointer + (long)i * _stride, ofMatrix + (long)i * _width);
        for (var cell = 0; cell < _cells; cell++)
        {
            var sum = T.Zero;
            for (var row = 0; row < rows; row++)
                sum += _biases.Pointer[(long)row * _cells + cell];
            ofBias[cell] = sum;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _forward.Dispose();
        _back.Dispose();
        foreach (var array in new[] { _states, _sums, _before, _adjoints, _biases, _matrix, _zeros })
            array.Dispose();
        _lists.Dispose();
    }

    private void BackwardShare(int worker, int from, int until, int rows, T* bias, T* start, T* sums, T* outputs, T* driven)
    {
        var (first, end) = _team.Share(worker, rows);
        T** behind = Rows(_states, first, end, 0), adjoints = (T**)(_lists.Pointer + rows + first), zero = (T**)(_lists.Pointer + 2 * rows + first);
        for (var step = until - 1; step >= from; step--)
        {
            for (var row = first; row < end; row++)
            {
                var at = ((long)step * rows + row) * _width;
                var place = ((long)(step - from) * rows + row) * _stride;
                T* adjoint = _adjoints.Pointer + place, before = _before.Pointer + place, h = behind[row - first];
                adjoints[row - first] = adjoint;
                zero[row - first] = _zeros.Pointer;
                for (var i = 0; i < _width; i++)
                    h[i] += outputs[at + i];
                ModReluBackward(sums + at, bias, h, adjoint, _biases.Pointer + (long)row * _cells, _cells);
                Copy(adjoint, driven + at);
                if (step == 0)
                    Copy(start + (long)row * _width, before);
                else
                    ModRelu(sums + at - (long)rows * _width, bias, before, _cells);
            }
            _kernels.Multiply(end - first, adjoints, _back, zero, behind, 0, _back.Panels);
        }
    }

    // Who sums a panel of columns does so over all rows of the chunk, in their order.
    private void AddToMatrix(int count)
    {
        T** before = (T**)_lists.Pointer, adjoints = before + count;
        for (var i = 0; i < count; i++)
        {
            before[i] = _before.Pointer + (long)i * _stride;
            adjoints[i] = _adjoints.Pointer + (long)i * _stride;
        }
        _team.Run(worker =>
        {
            var (first, end) = _team.Share(worker, _back.Panels);
            _kernels.AddTransposedProduct(count, before, _width, adjoints, first, end, _matrix.Pointer, _stride);
        }, (long)count * _width * _width);
    }

    private void Prepare(int rows)
    {
        _states.Ensure((long)rows * _stride);
        _sums.Ensure((long)rows * _stride);
        _lists.Ensure(3L * rows);
    }

    // Pointers to some rows of an array, at the list's place for them.
    private T** Rows(NativeArray<T> array, int first, int end, int list)
    {
        var rows = (T**)(_lists.Pointer + list + first);
        for (var row = first; row < end; row++)
            rows[row - first] = array.Pointer + (long)row * _stride;
        return rows;
    }

    private long Products(int steps, int rows) => (long)steps * rows * _width * _width;

    private void Copy(T* from, T* to) => new Span<T>(from, _width).CopyTo(new Span<T>(to, _width));

    /// <summary>h = z·ReLU(|z| + b)/|z|, of one row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void ModRelu(T* z, T* bias, T* h, int cells)
    {
        for (var cell = 0; cell < cells; cell++)
        {
            T re = z[cell], im = z[cell + cells], square = re * re + im * im, modulus = T.Sqrt(square + Floor);
            var factor = square < Floor ? T.One : Positive(modulus + bias[cell]) / modulus;
            (h[cell], h[cell + cells]) = (re * factor, im * factor);
        }
    }

    /// <summary>The adjoint of z from h's, and what it adds to the bias's, of one row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void ModReluBackward(T* z, T* bias, T* h, T* result, T* ofBias, int cells)
    {
        for (var cell = 0; cell < cells; cell++)
        {
            T re = z[cell], im = z[cell + cells], square = re * re + im * im, modulus = T.Sqrt(square + Floor);
            T ofRe = h[cell], ofIm = h[cell + cells];
            if (square >= Floor)
            {
                var open = modulus + bias[cell];
                var along = open > T.Zero ? (ofRe * re + ofIm * im) / modulus : T.Zero;
                ofBias[cell] += along;
                var factor = Positive(open) / modulus;
                var less = along * bias[cell] / (modulus * modulus); // (1 + b/|z|)' = −b/|z|²
                (ofRe, ofIm) = (ofRe * factor - less * re, ofIm * factor - less * im);
            }
            (result[cell], result[cell + cells]) = (ofRe, ofIm);
        }
    }

    // No number stays none.
    private static T Positive(T x) => x <= T.Zero ? T.Zero : x;
}
