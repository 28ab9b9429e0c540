using System.Runtime.InteropServices;

namespace Recollect.Exports;

/// <summary>A size of a tensor's shape: a number, or a name where whoever runs the graph chooses it.</summary>
internal readonly record struct OnnxSize(long Number, string? Name)
{
    /// <summary>A fixed size.</summary>
    public static implicit operator OnnxSize(long number) => new(number, null);

    /// <summary>A fixed size.</summary>
    public static implicit operator OnnxSize(int number) => new(number, null);

    /// <summary>A size that is chosen when the graph runs.</summary>
    public static implicit operator OnnxSize(string name) => new(0, name);
}

/// <summary>The types of numbers that graphs here use, by ONNX's numbers (onnx.proto3, TensorProto.DataType).</summary>
internal enum OnnxType
{
    /// <summary>32-bit floating point.</summary>
    Float = 1,

    /// <summary>32-bit whole numbers.</summary>
    Int32 = 6,

    /// <summary>64-bit whole numbers.</summary>
    Int64 = 7,
}

/// <summary>Writes a graph of operators in the ONNX format: node by node, in an order in which each finds its inputs.</summary>
/// <remarks>Field numbers are those of onnx.proto3. No library on .NET writes ONNX; ONNX Runtime, which reads it, is the tests' witness.</remarks>
internal sealed class OnnxGraph(string name)
{
    /// <summary>The operator set that graphs are written for: LSTM and GRU of version 14, axes of Squeeze, Unsqueeze and Split as inputs.</summary>
    public const int OperatorSet = 14;

    private const int FormatVersion = 7; // ONNX 1.8 to 1.9, which brought operator set 14
    private const int WholeNumber = 2, WholeNumbers = 7; // AttributeProto.AttributeType
    private readonly ProtocolMessage _graph = new();
    private readonly HashSet<string> _constants = [];

    /// <summary>Adds an operator.</summary>
    /// <param name="kind">Its name in the standard.</param>
    /// <param name="inputs">Names of tensors; empty for one that is left out.</param>
    /// <param name="outputs">Names that it gives; empty for one that is not wanted.</param>
    /// <param name="attributes">Whole numbers by name; a list of several becomes a list.</param>
    public void Add(string kind, string[] inputs, string[] outputs, params ReadOnlySpan<(string Name, long[] Value)> attributes)
    {
        var node = new ProtocolMessage();
        foreach (var input in inputs)
            node.Add(1, input);
        foreach (var output in outputs)
            node.Add(2, output);
        node.Add(3, outputs.First(output => output.Length > 0)).Add(4, kind);
        foreach (var (attribute, value) in attributes)
        {
            var message = new ProtocolMessage().Add(1, attribute);
            if (value is [var number])
                message.Add(3, number).Add(20, WholeNumber);
            else
            {
                foreach (var each in value)
                    message.Add(8, each);
                message.Add(20, WholeNumbers);
            }
            node.Add(5, message);
        }
        _graph.Add(1, node);
    }

    /// <summary>Adds constant floats of a shape.</summary>
    public string Constant(string named, ReadOnlySpan<float> numbers, params ReadOnlySpan<long> shape) => Constant(named, OnnxType.Float, MemoryMarshal.AsBytes(numbers), shape);

    /// <summary>Adds a list of constant whole numbers, once for each name.</summary>
    public string Constant(string named, params ReadOnlySpan<long> numbers) => Constant(named, OnnxType.Int64, MemoryMarshal.AsBytes(numbers), [numbers.Length]);

    /// <summary>Declares what the graph reads.</summary>
    public void Input(string named, OnnxType type, params ReadOnlySpan<OnnxSize> shape) => _graph.Add(11, Value(named, type, shape));

    /// <summary>Declares what the graph gives.</summary>
    public void Output(string named, OnnxType type, params ReadOnlySpan<OnnxSize> shape) => _graph.Add(12, Value(named, type, shape));

    /// <summary>The model's file.</summary>
    /// <param name="producer">The program that makes it, and its version.</param>
    /// <param name="description">What a person should know who finds it.</param>
    /// <param name="metadata">Texts by name.</param>
    public byte[] ToModel((string Name, string Version) producer, string description, IReadOnlyDictionary<string, string> metadata)
    {
        _graph.Add(2, name);
        var model = new ProtocolMessage()
            .Add(1, FormatVersion).Add(2, producer.Name).Add(3, producer.Version).Add(6, description).Add(7, _graph)
            .Add(8, new ProtocolMessage().Add(1, "").Add(2, OperatorSet));
        foreach (var (key, value) in metadata.OrderBy(entry => entry.Key, StringComparer.Ordinal))
            model.Add(14, new ProtocolMessage().Add(1, key).Add(2, value));
        return model.Bytes.ToArray();
    }

    private string Constant(string named, OnnxType type, ReadOnlySpan<byte> bytes, ReadOnlySpan<long> shape)
    {
        if (!_constants.Add(named))
            return named;
        var tensor = new ProtocolMessage();
        foreach (var size in shape)
            tensor.Add(1, size);
        // ONNX numbers are little-endian, as are those of every processor that .NET 10 runs on but one (s390x).
        _graph.Add(5, tensor.Add(2, (int)type).Add(8, named).Add(9, bytes));
        return named;
    }

    private static ProtocolMessage Value(string named, OnnxType type, ReadOnlySpan<OnnxSize> shape)
    {
        var sizes = new ProtocolMessage();
        foreach (var size in shape)
            sizes.Add(1, size.Name is { } chosen ? new ProtocolMessage().Add(2, chosen) : new ProtocolMessage().Add(1, size.Number));
        return new ProtocolMessage().Add(1, named).Add(2, new ProtocolMessage().Add(1, new ProtocolMessage().Add(1, (int)type).Add(2, sizes)));
    }
}
