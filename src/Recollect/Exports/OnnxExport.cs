using Recollect.Experiments;
using Recollect.Networks;
using Recollect.Sequences;
using static TorchSharp.torch;

namespace Recollect.Exports;

/// <summary>Writes a trained network as an ONNX model, for every program that runs those: whole sequences, or one step at a time.</summary>
/// <remarks>
/// The graphs read steps, as preprocessing makes them of a sample; how it does stands in the model's metadata, with the class names. LSTM and GRU alone are carried.
/// Gates are in ONNX's order (<see cref="OnnxGates"/>); the GRU's reset gate is applied after its product.
/// </remarks>
public sealed class OnnxExport
{
    /// <summary>The names of what the graphs read and give.</summary>
    public const string Tokens = "tokens", Values = "values", Lengths = "lengths", Hidden = "hidden", Cell = "cell",
        HiddenAfter = "hidden_after", CellAfter = "cell_after", Logits = "logits", Probabilities = "probabilities";

    // What a file of protocol buffers can hold, less some room for what is no weight.
    private const long MostBytes = int.MaxValue - (1 << 20);

    private readonly TrainedModel _model;
    private readonly NetworkOptions _options;
    private readonly Dictionary<string, float[]> _weights;
    private readonly OnnxGraph _graph;

    private OnnxExport(TrainedModel model, string name)
    {
        (_model, _options, _graph) = (model, model.Network.Options, new OnnxGraph(name));
        using var _ = NewDisposeScope();
        _weights = model.Network.named_parameters().ToDictionary(p => p.name, p => p.parameter.detach().cpu().data<float>().ToArray());
    }

    /// <summary>Whole rows: <c>tokens</c> [batch, steps] or <c>values</c> [batch, steps, D], and <c>lengths</c> [batch], become <c>logits</c> and <c>probabilities</c> [batch, C].</summary>
    /// <remarks>What stands behind a row's length is not read; int64 all whole numbers. Every length is at least 1.</remarks>
    /// <exception cref="RecipeException">The network is no LSTM or GRU, or is larger than an ONNX file can be.</exception>
    public static byte[] Sequence(TrainedModel model)
    {
        Check(model);
        var export = new OnnxExport(model, "sequence");
        return export.WriteSequence();
    }

    /// <summary>One step: <c>tokens</c> [batch] or <c>values</c> [batch, D] and the state before (<c>hidden</c>, and an LSTM's <c>cell</c>, [layers, batch, H]; zeros at the start) become the state after and the labels so far.</summary>
    /// <exception cref="RecipeException">As for <see cref="Sequence"/>.</exception>
    public static byte[] Step(TrainedModel model)
    {
        Check(model);
        var export = new OnnxExport(model, "step");
        return export.WriteStep();
    }

    private bool IsLstm => _options.Cell == CellKind.Lstm;

    private bool ReadsTokens => _model.Network.Format.Kind == StepKind.Tokens;

    private string Prefix => _model.Network.Recurrence.Name;

    private static void Check(TrainedModel model)
    {
        if (CommonCells.OtherOf(model.Network.Options) is { } found)
            throw new RecipeException($"export: model.cell is {found}; the ONNX export carries lstm and gru. `recollect predict` labels with every cell.");
        var bytes = model.Network.parameters().Sum(parameter => parameter.numel() * sizeof(float));
        if (bytes > MostBytes)
            throw new RecipeException($"export: the network has {bytes:N0} bytes of weights; an ONNX file holds at most {MostBytes:N0}. Train one with a smaller vocabulary or fewer cells.");
    }

    private byte[] WriteSequence()
    {
        Declare("batch", "steps");
        _graph.Input(Lengths, OnnxType.Int64, "batch");
        _graph.Add("Cast", [Lengths], ["lengths32"], ("to", [(long)OnnxType.Int32]));
        // The standard's operators read steps first.
        _graph.Add("Transpose", [Input], ["steps_first"], ("perm", ReadsTokens ? [1, 0] : [1, 0, 2]));
        var input = Embed("steps_first");
        for (var layer = 0; layer < _options.Layers; layer++)
        {
            var (outputs, end) = ($"outputs{layer}", $"end{layer}");
            Recur(layer, [input, "lengths32"], [outputs, end, ""]);
            _graph.Add("Squeeze", [outputs, _graph.Constant("directions", 1)], [input = $"layer{layer}"]);
        }
        _graph.Add("Squeeze", [$"end{_options.Layers - 1}", _graph.Constant("first", 0)], ["last"]);
        Classify("last");
        return Model("Labels whole sequences.");
    }

    private byte[] WriteStep()
    {
        Declare("batch");
        OnnxSize[] state = [_options.Layers, "batch", _options.Hidden];
        string[] before = IsLstm ? [Hidden, Cell] : [Hidden], after = IsLstm ? [HiddenAfter, CellAfter] : [HiddenAfter];
        foreach (var name in before)
            _graph.Input(name, OnnxType.Float, state);
        foreach (var name in before)
            _graph.Add("Split", [name], [.. Layers(layer => $"{name}{layer}")], ("axis", [0]));
        _graph.Add("Unsqueeze", [Input, _graph.Constant("first", 0)], ["one_step"]);
        var input = Embed("one_step");
        for (var layer = 0; layer < _options.Layers; layer++)
        {
            Recur(layer, [input, "", .. before.Select(name => $"{name}{layer}")], [$"outputs{layer}", .. after.Select(name => $"{name}{layer}")]);
            _graph.Add("Squeeze", [$"outputs{layer}", _graph.Constant("directions", 1)], [input = $"layer{layer}"]);
        }
        foreach (var name in after)
        {
            _graph.Add("Concat", [.. Layers(layer => $"{name}{layer}")], [name], ("axis", [0]));
            _graph.Output(name, OnnxType.Float, state);
        }
        _graph.Add("Squeeze", [input, "first"], ["last"]);
        Classify("last");
        return Model("Reads one step, and says the labels so far.");
    }

    private string Input => ReadsTokens ? Tokens : Values;

    private IEnumerable<string> Layers(Func<int, string> name) => Enumerable.Range(0, _options.Layers).Select(name);

    private void Declare(params OnnxSize[] sizes)
    {
        if (ReadsTokens)
            _graph.Input(Tokens, OnnxType.Int64, sizes);
        else
            _graph.Input(Values, OnnxType.Float, [.. sizes, _model.Network.Format.Width]);
    }

    // [T, B(, D)] → [T, B, E]
    private string Embed(string steps)
    {
        if (_options.Input == InputKind.Raw)
            return steps;
        var format = _model.Network.Format;
        if (ReadsTokens)
        {
            _graph.Add("Gather", [_graph.Constant("embedding.weight", _weights["embedding.weight"], format.Width, _options.Embedding), steps], ["embedded"]);
            return "embedded";
        }
        var projection = Transposed(_weights["embedding.weight"], _options.Embedding, format.Width);
        _graph.Add("MatMul", [steps, _graph.Constant("embedding.weight", projection, format.Width, _options.Embedding)], ["projected"]);
        _graph.Add("Add", ["projected", _graph.Constant("embedding.bias", _weights["embedding.bias"], _options.Embedding)], ["embedded"]);
        return "embedded";
    }

    /// <summary>One layer of the recurrence.</summary>
    /// <param name="layer">The layer, from 0.</param>
    /// <param name="read">The input, and then, each empty where there is none: lengths, h before, c before.</param>
    /// <param name="given">Outputs [T, 1, B, H], and the state after.</param>
    private void Recur(int layer, string[] read, string[] given)
    {
        var hidden = _options.Hidden;
        var gates = IsLstm ? 4 : 3;
        Func<float[], int, float[]> ordered = IsLstm ? OnnxGates.OfLstm : OnnxGates.OfGru;
        float[] Gates(string name) => ordered(_weights[$"{Prefix}.{name}_l{layer}"], hidden);
        float[] inputs = Gates("weight_ih"), bias = [.. Gates("bias_ih"), .. Gates("bias_hh")];
        string[] weights =
        [
            _graph.Constant($"W{layer}", inputs, 1, gates * hidden, inputs.Length / (gates * hidden)),
            _graph.Constant($"R{layer}", Gates("weight_hh"), 1, gates * hidden, hidden),
            _graph.Constant($"B{layer}", bias, 1, 2 * gates * hidden),
        ];
        string[] all = [read[0], .. weights, .. read[1..]];
        if (IsLstm)
            _graph.Add("LSTM", all, given, ("hidden_size", [hidden]));
        else
            _graph.Add("GRU", all, given[..2], ("hidden_size", [hidden]), ("linear_before_reset", [1]));
    }

    private static float[] Transposed(float[] matrix, int rows, int columns)
    {
        var turned = new float[matrix.Length];
        for (var row = 0; row < rows; row++)
        {
            for (var column = 0; column < columns; column++)
                turned[column * rows + row] = matrix[row * columns + column];
        }
        return turned;
    }

    // [B, H] → logits and probabilities, [B, C]
    private void Classify(string states)
    {
        foreach (var (place, output) in new[] { (0, "first_layer"), (2, "second_layer"), (5, Logits) })
        {
            var bias = _weights[$"classifier.{place}.bias"];
            var weight = _weights[$"classifier.{place}.weight"];
            var sum = place == 5 ? output : output + "_sum";
            _graph.Add("Gemm", [states, _graph.Constant($"classifier.{place}.weight", weight, bias.Length, weight.Length / bias.Length), _graph.Constant($"classifier.{place}.bias", bias, bias.Length)],
                [sum], ("transB", [1]));
            if (place != 5)
                _graph.Add("Relu", [sum], [output]);
            states = output;
        }
        _graph.Add("Softmax", [Logits], [Probabilities], ("axis", [1]));
        foreach (var name in new[] { Logits, Probabilities })
            _graph.Output(name, OnnxType.Float, "batch", _model.Classes.Count);
    }

    private byte[] Model(string what) => _graph.ToModel(
        ("recollect", ProgramVersion.Text), $"{what} Steps are {_model.Network.Format}, made as the metadata 'preprocessing' says; the metadata 'classes' names the labels in order.", _model.Describe());
}
