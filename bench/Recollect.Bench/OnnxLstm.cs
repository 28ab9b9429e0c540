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

    /// <summary>The model.</summary>
    /// <param name="shape">The shape.</param>
    /// <param name="rows">Rows B.</param>
    /// <param name="weight">Weights by PyTorch's names.</param>
    public static byte[] Model(WindowShape shape, int rows, Func<string, float[]> weight)
    {
        int hidden = shape.Hidden, embedding = shape.Embedding;
        var table = weight("weight");
        float[] bias = [.. OnnxGates.OfLstm(weight("bias_ih_l0"), hidden), .. OnnxGates.OfLstm(weight("bias_hh_l0"), hidden)];
        var graph = new OnnxGraph("lstm");
        graph.Input(Tokens, OnnxType.Int64, shape.Steps, rows);
        graph.Output(Last, OnnxType.Float, 1, rows, hidden);
        graph.Add("Gather", [graph.Constant("table", table, table.Length / embedding, embedding), Tokens], ["inputs"]);
        string[] weights =
        [
            graph.Constant("W", OnnxGates.OfLstm(weight("weight_ih_l0"), hidden), 1, 4 * hidden, embedding),
            graph.Constant("R", OnnxGates.OfLstm(weight("weight_hh_l0"), hidden), 1, 4 * hidden, hidden),
            graph.Constant("B", bias, 1, 8 * hidden),
        ];
        graph.Add("LSTM", ["inputs", .. weights], ["", Last], ("hidden_size", [hidden]));
        return graph.ToModel(("recollect", ""), "An embedding and an LSTM.", new Dictionary<string, string>());
    }
}
