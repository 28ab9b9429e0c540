using System.Runtime.CompilerServices;

namespace Recollect.Kernels;

// The LSTM's step. Products fill a block of gates for all rows; a pass of its own then applies the functions, while the block is in the first cache.
internal sealed unsafe partial class VectorKernels<TLanes, TVector, T>
{
    public override void LstmForward(
        bool refined, int rows, T** before, PackedMatrix<T> recurrent, T** start, T** gates, T** cellBefore, T** cell, T** output, int first, int end)
    {
        if (rows <= LoneRows) // all panels at once, so that enough sums are under way
        {
            Multiply(rows, before, recurrent, start, gates, GateLayout.PanelsOfBlock * first, GateLayout.PanelsOfBlock * end);
            for (var block = first; block < end; block++)
                Cells(refined, rows, block * TLanes.Count, gates, cellBefore, cell, output);
            return;
        }
        for (var block = first; block < end; block++)
        {
            Multiply(rows, before, recurrent, start, gates, GateLayout.PanelsOfBlock * block, GateLayout.PanelsOfBlock * (block + 1));
            Cells(refined, rows, block * TLanes.Count, gates, cellBefore, cell, output);
        }
    }

    public override void LstmBackward(
        bool refined, int rows, T** gates, T** cellBefore, T** cell, T** output, T** hidden, T** cellAdjoint, T** result, int first, int end)
    {
        if (refined)
            CellsBackward<RefinedCell>(rows, gates, cellBefore, cell, output, hidden, cellAdjoint, result, first, end);
        else
            CellsBackward<StandardCell>(rows, gates, cellBefore, cell, output, hidden, cellAdjoint, result, first, end);
    }

    private static void Cells(bool refined, int rows, int unit, T** gates, T** cellBefore, T** cell, T** output)
    {
        if (refined)
            Cells<RefinedCell>(rows, unit, gates, cellBefore, cell, output);
        else
            Cells<StandardCell>(rows, unit, gates, cellBefore, cell, output);
    }

    /// <summary>c by the cell's own formula, h = o·tanh c, for one block of units.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Cells<TCell>(int rows, int unit, T** gates, T** cellBefore, T** cell, T** output)
        where TCell : ICell
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
            var c = TCell.Cell(i, f, g, TLanes.Load(cellBefore[r] + unit));
            TLanes.Store(c, cell[r] + unit);
            var o = TLanes.Sigmoid(TLanes.Load(gate + 3 * w));
            TLanes.Store(o, gate + 3 * w);
            TLanes.Store(TLanes.Multiply(o, TLanes.Tanh(c)), output[r] + unit);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void CellsBackward<TCell>(
        int rows, T** gates, T** cellBefore, T** cell, T** output, T** hidden, T** cellAdjoint, T** result, int first, int end)
        where TCell : ICell
    {
        var w = TLanes.Count;
        var one = TLanes.All(T.One);
        for (var r = 0; r < rows; r++)
        {
            for (var unit = first * w; unit < end * w; unit += w)
            {
                T* gate = gates[r] + 4 * unit, to = result[r] + 4 * unit;
                TVector i = TLanes.Load(gate), f = TLanes.Load(gate + w), g = TLanes.Load(gate + 2 * w), o = TLanes.Load(gate + 3 * w);
                var before = TLanes.Load(cellBefore[r] + unit);
                var dh = TLanes.Add(TLanes.Load(output[r] + unit), TLanes.Load(hidden[r] + unit));
                var t = TLanes.Tanh(TLanes.Load(cell[r] + unit));
                // dc += dh·o·(1 − t²)
                var dc = TLanes.MultiplyAdd(TLanes.Multiply(dh, o), TLanes.Subtract(one, TLanes.Multiply(t, t)), TLanes.Load(cellAdjoint[r] + unit));
                TLanes.Store(TLanes.Multiply(TCell.OfInput(dc, i, f, g, before), TLanes.Multiply(i, TLanes.Subtract(one, i))), to);
                TLanes.Store(TLanes.Multiply(TCell.OfForget(dc, i, f, g, before), TLanes.Multiply(f, TLanes.Subtract(one, f))), to + w);
                TLanes.Store(TLanes.Multiply(TCell.OfCandidate(dc, i, f), TLanes.Subtract(one, TLanes.Multiply(g, g))), to + 2 * w);
                TLanes.Store(TLanes.Multiply(TLanes.Multiply(dh, t), TLanes.Multiply(o, TLanes.Subtract(one, o))), to + 3 * w);
                TLanes.Store(TCell.OfBefore(dc, i, f), cellAdjoint[r] + unit);
            }
        }
    }

    /// <summary>How a cell is made of its gates and the cell before it, and the adjoints of these from the cell's.</summary>
    private interface ICell
    {
        static abstract TVector Cell(TVector i, TVector f, TVector g, TVector before);

        static abstract TVector OfInput(TVector dc, TVector i, TVector f, TVector g, TVector before);

        static abstract TVector OfForget(TVector dc, TVector i, TVector f, TVector g, TVector before);

        static abstract TVector OfCandidate(TVector dc, TVector i, TVector f);

        static abstract TVector OfBefore(TVector dc, TVector i, TVector f);
    }

    /// <summary>c = f·c₋₁ + i·g.</summary>
    private readonly struct StandardCell : ICell
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TVector Cell(TVector i, TVector f, TVector g, TVector before) => TLanes.MultiplyAdd(i, g, TLanes.Multiply(f, before));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TVector OfInput(TVector dc, TVector i, TVector f, TVector g, TVector before) => TLanes.Multiply(dc, g);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TVector OfForget(TVector dc, TVector i, TVector f, TVector g, TVector before) => TLanes.Multiply(dc, before);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TVector OfCandidate(TVector dc, TVector i, TVector f) => TLanes.Multiply(dc, i);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TVector OfBefore(TVector dc, TVector i, TVector f) => TLanes.Multiply(dc, f);
    }

    /// <summary>UR-LSTM: c = g + e·(c₋₁ − g) with the refined gate e = f² + 2·r·f·(1 − f); r lies where the standard cell's i does (Gu et al. 2020).</summary>
    private readonly struct RefinedCell : ICell
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TVector Cell(TVector r, TVector f, TVector g, TVector before) => TLanes.MultiplyAdd(Refined(r, f), TLanes.Subtract(before, g), g);

        // ∂e/∂r = 2·f·(1 − f)
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TVector OfInput(TVector dc, TVector r, TVector f, TVector g, TVector before)
        {
            var between = TLanes.Subtract(f, TLanes.Multiply(f, f));
            return TLanes.Multiply(TLanes.Multiply(dc, TLanes.Subtract(before, g)), TLanes.Add(between, between));
        }

        // ∂e/∂f = 2·(f + r·(1 − 2·f))
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TVector OfForget(TVector dc, TVector r, TVector f, TVector g, TVector before)
        {
            var half = TLanes.MultiplyAdd(r, TLanes.Subtract(TLanes.All(T.One), TLanes.Add(f, f)), f);
            return TLanes.Multiply(TLanes.Multiply(dc, TLanes.Subtract(before, g)), TLanes.Add(half, half));
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TVector OfCandidate(TVector dc, TVector r, TVector f) => TLanes.Multiply(dc, TLanes.Subtract(TLanes.All(T.One), Refined(r, f)));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TVector OfBefore(TVector dc, TVector r, TVector f) => TLanes.Multiply(dc, Refined(r, f));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static TVector Refined(TVector r, TVector f)
        {
            var square = TLanes.Multiply(f, f);
            return TLanes.MultiplyAdd(TLanes.Add(r, r), TLanes.Subtract(f, square), square);
        }
    }
}
