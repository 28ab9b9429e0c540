using System.Runtime.CompilerServices;

namespace Recollect.Kernels;

// The LSTM's step. Products fill a block of gates for all rows; a pass of its own then applies the functions, while the block is in the first cache.
internal sealed unsafe partial class VectorKernels<TLanes, TVector, T>
{
    public override void LstmForward(
        int rows, T** before, PackedMatrix<T> recurrent, T** start, T** gates, T** cellBefore, T** cell, T** output, int first, int end)
    {
        if (rows <= LoneRows) // all panels at once, so that enough sums are under way
        {
            Multiply(rows, before, recurrent, start, gates, GateLayout.PanelsOfBlock * first, GateLayout.PanelsOfBlock * end);
            for (var block = first; block < end; block++)
                Cells(rows, block * TLanes.Count, gates, cellBefore, cell, output);
            return;
        }
        for (var block = first; block < end; block++)
        {
            Multiply(rows, before, recurrent, start, gates, GateLayout.PanelsOfBlock * block, GateLayout.PanelsOfBlock * (block + 1));
            Cells(rows, block * TLanes.Count, gates, cellBefore, cell, output);
        }
    }

    /// <summary>c = f·c₋₁ + i·g, h = o·tanh c, for one block of units.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Cells(int rows, int unit, T** gates, T** cellBefore, T** cell, T** output)
    {
        var w = TLanes.Count;
        for (var r = 0; r < rows; r++)
        {
            var gate = gates[r] + 4 * unit;
            var i = TLanes.Sigmoid(TLanes.Load(gate));
            TLanes.Store(i, gate);
            var f = TLanes.Sigmoid(TLanes.Load(gate + w));
            TLanes.Store(f, gate + w);
            var g = TLanes.Tanh(TLanes.Load(gate + 2 * w));
            TLanes.Store(g, gate + 2 * w);
            var c = TLanes.MultiplyAdd(i, g, TLanes.Multiply(f, TLanes.Load(cellBefore[r] + unit)));
            TLanes.Store(c, cell[r] + unit);
            var o = TLanes.Sigmoid(TLanes.Load(gate + 3 * w));
            TLanes.Store(o, gate + 3 * w);
            TLanes.Store(TLanes.Multiply(o, TLanes.Tanh(c)), output[r] + unit);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void LstmBackward(
        int rows, T** gates, T** cellBefore, T** cell, T** output, T** hidden, T** cellAdjoint, T** result, int first, int end)
    {
        var w = TLanes.Count;
        var one = TLanes.All(T.One);
        for (var r = 0; r < rows; r++)
        {
            for (var unit = first * w; unit < end * w; unit += w)
            {
                T* gate = gates[r] + 4 * unit, to = result[r] + 4 * unit;
                TVector i = TLanes.Load(gate), f = TLanes.Load(gate + w), g = TLanes.Load(gate + 2 * w), o = TLanes.Load(gate + 3 * w);
                var dh = TLanes.Add(TLanes.Load(output[r] + unit), TLanes.Load(hidden[r] + unit));
                var t = TLanes.Tanh(TLanes.Load(cell[r] + unit));
                // dc += dh·o·(1 − t²)
                var dc = TLanes.MultiplyAdd(TLanes.Multiply(dh, o), TLanes.Subtract(one, TLanes.Multiply(t, t)), TLanes.Load(cellAdjoint[r] + unit));
                TLanes.Store(TLanes.Multiply(TLanes.Multiply(dc, g), TLanes.Multiply(i, TLanes.Subtract(one, i))), to);
                TLanes.Store(TLanes.Multiply(TLanes.Multiply(dc, TLanes.Load(cellBefore[r] + unit)), TLanes.Multiply(f, TLanes.Subtract(one, f))), to + w);
                TLanes.Store(TLanes.Multiply(TLanes.Multiply(dc, i), TLanes.Subtract(one, TLanes.Multiply(g, g))), to + 2 * w);
                TLanes.Store(TLanes.Multiply(TLanes.Multiply(dh, t), TLanes.Multiply(o, TLanes.Subtract(one, o))), to + 3 * w);
                TLanes.Store(TLanes.Multiply(dc, f), cellAdjoint[r] + unit);
            }
        }
    }
}
