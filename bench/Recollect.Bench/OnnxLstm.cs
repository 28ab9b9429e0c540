using System.Runtime.InteropServices;
using System.Text;
using Recollect.Benchmarks;

namespace Recollect.Bench;

/// <summary>Writes an embedding and an LSTM as an ONNX model: protocol buffers by hand, field numbers of onnx.proto3.</summary>
internal static class OnnxLstm
{
    /// <summary>The input: tokens. // [T, B], int64</summary>
    public const string Tokens = "tokens";

    /// <summary>The output: h after the last step. // [1, B, H]</summary>
    public const string Last = "last";

    private const int IrVersion = 8;
    private const int Opset = 14; // ONNX's LSTM-14
    private const int Float = 1;  // TensorProto.DataType
    private const int Int64 = 7;

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
        var graph = new Message()
            .Add(1, new Message().Add(1, "table").Add(1, Tokens).Add(2, "inputs").Add(4, "Gather"))
            .Add(1, new Message().Add(1, "inputs").Add(1, "W").Add(1, "R").Add(1, "B").Add(2, "").Add(2, Last).Add(4, "LSTM")
                .Add(5, new Message().Add(1, "hidden_size").Add(3, hidden).Add(20, 2)))
            .Add(2, "lstm")
            .Add(5, Initializer("table", table, table.Length / embedding, embedding))
            .Add(5, Initializer("W", Reorder(weight("weight_ih_l0"), hidden), 1, 4 * hidden, embedding))
            .Add(5, Initializer("R", Reorder(weight("weight_hh_l0"), hidden), 1, 4 * hidden, hidden))
            .Add(5, Initializer("B", bias, 1, 8 * hidden))
            .Add(11, Value(Tokens, Int64, shape.Steps, rows))
            .Add(12, Value(Last, Float, 1, rows, hidden));
        return new Message().Add(1, IrVersion).Add(8, new Message().Add(1, "").Add(2, Opset)).Add(7, graph).ToArray();
    }

    private static float[] Reorder(float[] rows, int hidden)
    {
        var gate = rows.Length / 4;
        return gate % hidden == 0 ? [.. Gates.SelectMany(from => rows[(from * gate)..((from + 1) * gate)])] : throw new ArgumentException("Not four gates.", nameof(rows));
    }

    private static Message Initializer(string name, float[] numbers, params int[] shape)
    {
        var tensor = new Message();
        foreach (var size in shape)
            tensor.Add(1, size);
        return tensor.Add(2, Float).Add(8, name).Add(9, MemoryMarshal.AsBytes<float>(numbers));
    }

    private static Message Value(string name, int type, params int[] shape)
    {
        var sizes = new Message();
        foreach (var size in shape)
            sizes.Add(1, new Message().Add(1, size));
        return new Message().Add(1, name).Add(2, new Message().Add(1, new Message().Add(1, type).Add(2, sizes)));
    }

    /// <summary>A message of protocol buffers: its fields one after the other, integers as varints, all else with its length before it.</summary>
    private sealed class Message
    {
        private readonly List<byte> _bytes = [];

        public Message Add(int field, long value)
        {
            Varint((ulong)field << 3);
            Varint((ulong)value);
            return this;
        }

        public Message Add(int field, string text) => Add(field, Encoding.UTF8.GetBytes(text));

        public Message Add(int field, Message inner) => Add(field, CollectionsMarshal.AsSpan(inner._bytes));

        public Message Add(int field, ReadOnlySpan<byte> bytes)
        {
            Varint(((ulong)field << 3) | 2);
            Varint((ulong)bytes.Length);
            _bytes.AddRange(bytes);
            return this;
        }

        public byte[] ToArray() => [.. _bytes];

        private void Varint(ulong value)
        {
            for (; value >= 128; value >>= 7)
                _bytes.Add((byte)(value | 128));
            _bytes.Add((byte)value);
        }
    }
}
