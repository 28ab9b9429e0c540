using Recollect.Benchmarks;
using Recollect.Exports;

namespace Recollect.Bench;

/// <summary>An embedding and an LSTM as an ONNX model.</summary>
internal static class OnnxLstm
{
    /// <summary>The input: tokens. // [T, B], int64</summary>
    public const string Tokens = "tokens";

    /// <summary>The output: h after the last step. // [1, B, H]</summary>
    public const string Last = "last";

    // ONNX has the gates in the order i, o, f, c; PyTorch i, f, g, o.
    private static readonly int[] Gates = [0, 3, 1, 2];

    /// <summary>The model.</summary>
    /// <param name="shape">The shape.</param>
    /// <param name="rows">Rows B.</param>
    /// <param name="weight">Weights by PyTorch's names.</param>
    public static byte[] Model(WindowShape shape, int rows, Func<string, float[]> weight)
    {
        int hidden = shape.Hidden, embedding = shape.Embedding;
        var table = weight("weight");
        float[] bias = [.. Reorder(weight("bias_ih_l0"), hidden), .. Reorder(weight("bias_hh_l0"), hidden)];
        var graph = new OnnxGraph("lstm");
        graph.Input(Tokens, OnnxType.Int64, shape.Steps, rows);
        graph.Output(Last, OnnxType.Float, 1, rows, hidden);
        graph.Add("Gather", [graph.Constant("table", table, table.Length / embedding, embedding), Tokens], ["inputs"]);
        string[] weights =
        [
            graph.Constant("W", Reorder(weight("weight_ih_l0"), hidden), 1, 4 * hidden, embedding),
            graph.Constant("R", Reorder(weight("weight_hh_l0"), hidden), 1, 4 * hidden, hidden),
            graph.Constant("B", bias, 1, 8 * hidden),
        ];
        graph.Add("LSTM", ["inputs", .. weights], ["", Last], ("hidden_size", [hidden]));
        return graph.ToModel(("recollect", ""), "An embedding and an LSTM.", new Dictionary<string, string>());
    }

    /// <summary>Four gates' rows in ONNX's order.</summary>
    internal static float[] Reorder(float[] rows, int hidden)
    {
        var gate = rows.Length / 4;
        return gate % hidden == 0 ? [.. Gates.SelectMany(from => rows[(from * gate)..((from + 1) * gate)])] : throw new ArgumentException("Not four gates.", nameof(rows));
    }
}
