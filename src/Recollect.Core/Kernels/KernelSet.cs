using System.Numerics;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Recollect.Kernels;

/// <summary>The loops in which training spends its time, over rows that pointers name; one implementation serves every vector width.</summary>
/// <remarks>
/// Rows lie anywhere; a row's columns lie side by side. Every sum is taken in the order of its operands, whatever the width, the tile or the thread, so
/// that a kernel's result depends on its operands alone. (A sum over gates runs in the order of <see cref="GateLayout"/>, which a width chooses: there, and
/// so in gradients, widths agree in rounding, not bit for bit.) Kernels may read up to <see cref="PanelWidth"/> columns behind a row's end, or a tile's 6 where those are
/// more, which <see cref="NativeArray{T}"/> allows for.
/// </remarks>
/// <typeparam name="T">float, or double for checking gradients.</typeparam>
internal abstract unsafe class KernelSet<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    /// <summary>Numbers in a vector.</summary>
    public abstract int Lanes { get; }

    /// <summary>Columns that a product computes at once: two vectors.</summary>
    public int PanelWidth => 2 * Lanes;

    /// <summary><paramref name="columns"/> rounded up to whole panels.</summary>
    public int Padded(int columns) => (columns + PanelWidth - 1) / PanelWidth * PanelWidth;

    /// <summary>result = start + left · right, over some panels of <paramref name="right"/>.</summary>
    /// <param name="rows">Rows R of the left operand.</param>
    /// <param name="left">// [R] rows of [depth]</param>
    /// <param name="right">// [depth, columns]</param>
    /// <param name="start">What the product is added to; may be the result's rows themselves. // [R] rows of [columns]</param>
    /// <param name="result">// [R] rows of [columns]</param>
    /// <param name="first">The first panel.</param>
    /// <param name="end">The panel to stop before.</param>
    public abstract void Multiply(int rows, T** left, PackedMatrix<T> right, T** start, T** result, int first, int end);

    /// <summary>sum += Σ over rows of leftᵀ · right, over some panels of the right operand's columns.</summary>
    /// <param name="rows">Rows R, over which is summed, in their order.</param>
    /// <param name="left">// [R] rows of [leftColumns]</param>
    /// <param name="leftColumns">Columns of the left operand.</param>
    /// <param name="right">// [R] rows of [columns]</param>
    /// <param name="first">The first panel.</param>
    /// <param name="end">The panel to stop before.</param>
    /// <param name="sum">Room for <see cref="KernelSet.SumRows"/> rows. // [leftColumns, stride]</param>
    /// <param name="stride">Numbers from one row of the sum to the next.</param>
    public abstract void AddTransposedProduct(int rows, T** left, int leftColumns, T** right, int first, int end, T* sum, int stride);

    /// <summary>target[r] += row[r], in the order of r, over some panels of columns; several r may have one target.</summary>
    public abstract void AddRows(int rows, T** target, T** row, int first, int end);

    /// <summary>One LSTM step of some rows, over some blocks of units (<see cref="GateLayout"/>).</summary>
    /// <remarks>Overwrites the gates with i, f, g, o after their functions: what <see cref="LstmBackward"/> reads.</remarks>
    /// <param name="refined">Whether gates are r, f, u, o as in UR-LSTM (<see cref="StackShape.Refined"/>).</param>
    /// <param name="rows">Rows R.</param>
    /// <param name="before">h of the step before. // [R] rows of [H]</param>
    /// <param name="recurrent">// [H, 4·H in blocks]</param>
    /// <param name="start">What the inputs and biases add to the gates; may be the gates themselves. // [R] rows of [4·H in blocks]</param>
    /// <param name="gates">// [R] rows of [4·H in blocks]</param>
    /// <param name="cellBefore">// [R] rows of [H]</param>
    /// <param name="cell">// [R] rows of [H]</param>
    /// <param name="output">h of this step. // [R] rows of [H]</param>
    /// <param name="first">The first block.</param>
    /// <param name="end">The block to stop before.</param>
    public abstract void LstmForward(
        bool refined, int rows, T** before, PackedMatrix<T> recurrent, T** start, T** gates, T** cellBefore, T** cell, T** output, int first, int end);

    /// <summary>The adjoints of one LSTM step's gates, before their functions, and of the cell before it.</summary>
    /// <param name="refined">As for <see cref="LstmForward"/>.</param>
    /// <param name="rows">Rows R.</param>
    /// <param name="gates">What <see cref="LstmForward"/> left. // [R] rows of [4·H in blocks]</param>
    /// <param name="cellBefore">// [R] rows of [H]</param>
    /// <param name="cell">// [R] rows of [H]</param>
    /// <param name="output">The adjoint of h from above. // [R] rows of [H]</param>
    /// <param name="hidden">The adjoint of h from the step behind. // [R] rows of [H]</param>
    /// <param name="cellAdjoint">In: the adjoint of c; out: of c of the step before. // [R] rows of [H]</param>
    /// <param name="result">// [R] rows of [4·H in blocks]</param>
    /// <param name="first">The first block.</param>
    /// <param name="end">The block to stop before.</param>
    public abstract void LstmBackward(
        bool refined, int rows, T** gates, T** cellBefore, T** cell, T** output, T** hidden, T** cellAdjoint, T** result, int first, int end);

    /// <summary>One GRU step of some rows: r, z = σ(inputs + gates), n = tanh(inputs + r·gates), h = n + z·(h₋₁ − n), as PyTorch has it.</summary>
    /// <remarks>Gates and inputs lie by <see cref="GruLayout"/>; the gates are overwritten with what states and biases add to them.</remarks>
    /// <param name="rows">Rows R.</param>
    /// <param name="before">h of the step before. // [R] rows of [units]</param>
    /// <param name="recurrent">// [H, 3·units]</param>
    /// <param name="start">What the states' own biases add to the gates. // [R] rows of [3·units in panels]</param>
    /// <param name="inputs">What the inputs and their biases add. // [R] rows of [3·units]</param>
    /// <param name="gates">// [R] rows of [3·units in panels]</param>
    /// <param name="output">h of this step. // [R] rows of [units]</param>
    /// <param name="units">Units, with those of the filling.</param>
    public abstract void GruForward(int rows, T** before, PackedMatrix<T> recurrent, T** start, T** inputs, T** gates, T** output, int units);

    /// <summary>x = max(x, 0).</summary>
    public abstract void Relu(T* x, int count);

    /// <summary>x = max(x, 0) · mask.</summary>
    public abstract void Relu(T* x, T* mask, int count);

    /// <summary>The adjoint of a ReLU's input: scale · adjoint where its output is above 0, else 0.</summary>
    public abstract void ReluBackward(T* output, T* adjoint, T scale, int count);

    /// <summary>x = e^(x − max x), and the sum of that.</summary>
    /// <param name="x">// [count]</param>
    /// <param name="count">A multiple of <see cref="KernelSet.Partials"/>.</param>
    /// <param name="largest">max x.</param>
    /// <returns>The sum, of <see cref="KernelSet.Partials"/> partial sums whatever the width.</returns>
    public abstract T SoftmaxNumerators(T* x, int count, out T largest);

    /// <summary>x = x · factor.</summary>
    public abstract void Scale(T* x, T factor, int count);
}

/// <summary>Which kernels there are, and what holds for all of them.</summary>
internal static class KernelSet
{
    /// <summary>Partial sums of a sum over a row: the lanes of the widest vector.</summary>
    public const int Partials = 16;

    internal const int TileRows = 6;

    /// <summary>Whether this machine multiplies and adds vectors in one instruction, without which kernels are right and slow.</summary>
    public static bool IsFast => Fma.IsSupported || AdvSimd.IsSupported;

    /// <summary>The fastest kernels of this machine.</summary>
    /// <typeparam name="T">float, or double for checking gradients.</typeparam>
    /// <exception cref="NotSupportedException"><typeparamref name="T"/> is neither.</exception>
    public static KernelSet<T> Best<T>()
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        if (typeof(T) == typeof(double))
            return (KernelSet<T>)(object)new VectorKernels<OneDouble, double, double>();
        if (typeof(T) == typeof(float))
            return (KernelSet<T>)Single();
        throw new NotSupportedException($"Kernels compute in float or double, not in {typeof(T).Name}.");
    }

    /// <summary>Rows of a sum of transposed products with <paramref name="leftColumns"/> columns: whole tiles; those behind the last column hold nothing.</summary>
    public static int SumRows(int leftColumns) => (leftColumns + TileRows - 1) / TileRows * TileRows;

    private static object Single()
    {
        if (Vector512.IsHardwareAccelerated)
            return new VectorKernels<Lanes512, Vector512<float>, float>();
        if (Vector256.IsHardwareAccelerated)
            return new VectorKernels<Lanes256, Vector256<float>, float>();
        return Vector128.IsHardwareAccelerated
            ? new VectorKernels<Lanes128, Vector128<float>, float>()
            : new VectorKernels<OneSingle, float, float>();
    }
}
