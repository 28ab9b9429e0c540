namespace Recollect.Exports;

/// <summary>The order of gates: ONNX has i, o, f, c of an LSTM and z, r, h of a GRU where PyTorch, and so our files, have i, f, g, o and r, z, n.</summary>
internal static class OnnxGates
{
    private static readonly int[] Lstm = [0, 3, 1, 2], Gru = [1, 0, 2];

    /// <summary>An LSTM's weights or biases, a block of rows a gate, in ONNX's order.</summary>
    /// <param name="rows">In PyTorch's order. // [4H, any], or [4H]</param>
    /// <param name="hidden">Units H.</param>
    public static float[] OfLstm(float[] rows, int hidden) => Ordered(rows, hidden, Lstm);

    /// <summary>The same of a GRU.</summary>
    /// <param name="rows">In PyTorch's order. // [3H, any], or [3H]</param>
    /// <param name="hidden">Units H.</param>
    public static float[] OfGru(float[] rows, int hidden) => Ordered(rows, hidden, Gru);

    private static float[] Ordered(float[] rows, int hidden, int[] order)
    {
        var gate = rows.Length / order.Length;
        return gate % hidden == 0 ? [.. order.SelectMany(from => rows[(from * gate)..((from + 1) * gate)])] : throw new ArgumentException("No whole gates.", nameof(rows));
    }
}
