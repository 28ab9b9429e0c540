using System.Runtime.CompilerServices;

namespace Recollect.Kernels;

// The GRU's step, forwards alone. The product fills all gates; a pass of its own then applies the functions.
internal sealed unsafe partial class VectorKernels<TLanes, TVector, T>
{
    public override void GruForward(int rows, T** before, PackedMatrix<T> recurrent, T** start, T** inputs, T** gates, T** output, int units)
    {
        Multiply(rows, before, recurrent, start, gates, 0, recurrent.Panels);
        GruUnits(rows, before, inputs, gates, output, units);
    }

    /// <summary>h = n + z·(h₋₁ − n): PyTorch's (1 − z)·n + z·h₋₁ with one product less.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void GruUnits(int rows, T** before, T** inputs, T** gates, T** output, int units)
    {
        for (var row = 0; row < rows; row++)
        {
            T* gate = gates[row], input = inputs[row];
            for (var unit = 0; unit < units; unit += TLanes.Count)
            {
                var r = TLanes.Sigmoid(TLanes.Add(TLanes.Load(gate + unit), TLanes.Load(input + unit)));
                var z = TLanes.Sigmoid(TLanes.Add(TLanes.Load(gate + units + unit), TLanes.Load(input + units + unit)));
                var n = TLanes.Tanh(TLanes.MultiplyAdd(r, TLanes.Load(gate + 2 * units + unit), TLanes.Load(input + 2 * units + unit)));
                TLanes.Store(TLanes.MultiplyAdd(z, TLanes.Subtract(TLanes.Load(before[row] + unit), n), n), output[row] + unit);
            }
        }
    }
}
