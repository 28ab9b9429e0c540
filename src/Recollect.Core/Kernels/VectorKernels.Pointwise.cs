using System.Runtime.CompilerServices;

namespace Recollect.Kernels;

// Passes over single rows.
internal sealed unsafe partial class VectorKernels<TLanes, TVector, T>
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Relu(T* x, int count)
    {
        for (var i = 0; i < count; i += TLanes.Count)
        {
            var value = TLanes.Load(x + i);
            TLanes.Store(TLanes.WherePositive(value, value), x + i);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Relu(T* x, T* mask, int count)
    {
        for (var i = 0; i < count; i += TLanes.Count)
        {
            var value = TLanes.Load(x + i);
            TLanes.Store(TLanes.Multiply(TLanes.WherePositive(value, value), TLanes.Load(mask + i)), x + i);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void ReluBackward(T* output, T* adjoint, T scale, int count)
    {
        var s = TLanes.All(scale);
        for (var i = 0; i < count; i += TLanes.Count)
            TLanes.Store(TLanes.WherePositive(TLanes.Load(output + i), TLanes.Multiply(s, TLanes.Load(adjoint + i))), adjoint + i);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override T SoftmaxNumerators(T* x, int count, out T largest)
    {
        var w = TLanes.Count;
        var parts = stackalloc T[KernelSet.Partials];
        var most = TLanes.Load(x);
        for (var i = w; i < count; i += w)
            most = TLanes.Larger(most, TLanes.Load(x + i));
        TLanes.Store(most, parts);
        largest = parts[0];
        for (var i = 1; i < w; i++)
            largest = Comparer<T>.Default.Compare(parts[i], largest) > 0 ? parts[i] : largest;
        var shift = TLanes.All(largest);
        for (var part = 0; part < KernelSet.Partials; part += w)
        {
            var sum = TLanes.Subtract(shift, shift);
            for (var i = part; i < count; i += KernelSet.Partials)
            {
                var e = TLanes.Exp(TLanes.Subtract(TLanes.Load(x + i), shift));
                TLanes.Store(e, x + i);
                sum = TLanes.Add(sum, e);
            }
            TLanes.Store(sum, parts + part);
        }
        // Halves are added until one sum is left: the order is the same for every width.
        for (var half = KernelSet.Partials / 2; half > 0; half /= 2)
        {
            for (var i = 0; i < half; i++)
                parts[i] += parts[i + half];
        }
        return parts[0];
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Scale(T* x, T factor, int count)
    {
        var f = TLanes.All(factor);
        for (var i = 0; i < count; i += TLanes.Count)
            TLanes.Store(TLanes.Multiply(f, TLanes.Load(x + i)), x + i);
    }
}
