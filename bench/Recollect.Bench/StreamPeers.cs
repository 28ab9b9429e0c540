using Microsoft.ML.OnnxRuntime;
using Recollect.Experiments;
using Recollect.Exports;
using Recollect.Inference;
using Recollect.Networks;
using Recollect.Sequences;
using Recollect.Training;
using static TorchSharp.torch;

namespace Recollect.Bench;

/// <summary>Whoever reads a stream of tokens a step at a time.</summary>
internal abstract class StreamPeer : IDisposable
{
    /// <summary>What it is called.</summary>
    public abstract string Name { get; }

    /// <summary>Takes a token.</summary>
    public abstract void Step(int token);

    /// <summary>The logits after the steps so far.</summary>
    public abstract ReadOnlySpan<float> Logits();

    public abstract void Dispose();
}

/// <summary>Ours, from the model file that the network saves.</summary>
internal sealed class OurStream : StreamPeer
{
    private readonly SequenceStream _stream;

    public OurStream(RecurrentClassifier network)
    {
        var folder = Directory.CreateTempSubdirectory("recollect-bench-");
        var path = Path.Combine(folder.FullName, "model.safetensors");
        string[] classes = [.. Enumerable.Range(0, network.Classes).Select(label => label.ToString())];
        var task = new TrainingTask(network, [], Truncation.Full, new InMemorySequences(network.Format, classes), null, []);
        new TrainedModel(network, new BytesPreprocessing(), null, classes).Save(path, task, new Recipe());
        _stream = SequenceModel.Load(path).OpenStream();
        folder.Delete(recursive: true);
    }

    public override string Name => "ours";

    public override void Step(int token) => _stream.PushStep(token);

    public override ReadOnlySpan<float> Logits() => _stream.Logits;

    public override void Dispose() => _stream.Dispose();
}

/// <summary>libtorch's layers in inference mode, a call a step.</summary>
internal sealed class LibtorchStream : StreamPeer
{
    private readonly RecurrentClassifier _network;
    private readonly Tensor[] _tokens; // made beforehand
    private RecurrentState _state;
    private float[] _logits = [];

    public LibtorchStream(RecurrentClassifier network)
    {
        _network = network;
        _tokens = [.. Enumerable.Range(0, network.Format.Width).Select(token => tensor(new[] { (long)token }, [1, 1]))];
        _state = network.Recurrence.ZeroState(1);
    }

    public override string Name => "libtorch";

    public override void Step(int token)
    {
        using var mode = inference_mode();
        var before = _state;
        using (NewDisposeScope())
            _state = _network.Run(_tokens[token], before).End.MoveToOuterScope();
        before.Hidden.Dispose();
        before.Cell!.Dispose();
    }

    public override ReadOnlySpan<float> Logits()
    {
        using var mode = inference_mode();
        using var scope = NewDisposeScope();
        return _logits = _network.Classify(_state.Output).data<float>().ToArray();
    }

    public override void Dispose()
    {
        foreach (var tensor in _tokens)
            tensor.Dispose();
        _state.Hidden.Dispose();
        _state.Cell!.Dispose();
    }
}

/// <summary>ONNX Runtime on a step graph with explicit state in and out, by bound buffers: the state is never copied.</summary>
internal sealed class OnnxStream : StreamPeer
{
    private const string Token = "token", Hidden = "h", Cell = "c", NextHidden = "h_next", NextCell = "c_next", Output = "logits";

    private readonly SessionOptions _options = new() { IntraOpNumThreads = 1, GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL };
    private readonly RunOptions _run = new();
    private readonly InferenceSession _session, _head;
    private readonly OrtIoBinding[] _bindings;   // from the one state to the other, and back
    private readonly OrtIoBinding[] _heads;      // from either
    private readonly long[] _token = new long[1];
    private readonly float[] _logits;
    private readonly OrtValue[] _values; // of the bindings, which do not keep them
    private int _side;

    public OnnxStream(RecurrentClassifier network)
    {
        var weights = network.named_parameters().ToDictionary(entry => entry.name, entry => entry.parameter.data<float>().ToArray());
        int hidden = network.Options.Hidden, classes = network.Classes;
        _session = new InferenceSession(StepModel(network.Options, weights), _options);
        _head = new InferenceSession(HeadModel(network.Options, classes, weights), _options);
        _logits = new float[classes];
        var token = OrtValue.CreateTensorValueFromMemory(_token, [1, 1]);
        var logits = OrtValue.CreateTensorValueFromMemory(_logits, [1, classes]);
        OrtValue[] states = [.. Enumerable.Range(0, 4).Select(_ => OrtValue.CreateTensorValueFromMemory(new float[hidden], [1, 1, hidden]))];
        _values = [token, logits, .. states];
        _bindings = [.. Enumerable.Range(0, 2).Select(side =>
        {
            var binding = _session.CreateIoBinding();
            binding.BindInput(Token, token);
            binding.BindInput(Hidden, states[2 * side]);
            binding.BindInput(Cell, states[2 * side + 1]);
            binding.BindOutput(NextHidden, states[2 - 2 * side]);
            binding.BindOutput(NextCell, states[3 - 2 * side]);
            return binding;
        })];
        _heads = [.. Enumerable.Range(0, 2).Select(side =>
        {
            var binding = _head.CreateIoBinding();
            binding.BindInput(Hidden, states[2 * side]);
            binding.BindOutput(Output, logits);
            return binding;
        })];
    }

    public override string Name => "ONNX Runtime";

    public override void Step(int token)
    {
        _token[0] = token;
        _session.RunWithBinding(_run, _bindings[_side]);
        _side = 1 - _side;
    }

    public override ReadOnlySpan<float> Logits()
    {
        _head.RunWithBinding(_run, _heads[_side]);
        return _logits;
    }

    public override void Dispose()
    {
        foreach (var binding in _bindings.Concat(_heads))
            binding.Dispose();
        foreach (var value in _values)
            value.Dispose();
        _session.Dispose();
        _head.Dispose();
        _run.Dispose();
        _options.Dispose();
    }

    // Beside the export's own step graph, so that a step can be measured without the classifier.
    private static byte[] StepModel(NetworkOptions options, Dictionary<string, float[]> weights)
    {
        int hidden = options.Hidden, embedding = options.Embedding;
        var table = weights["embedding.weight"];
        float[] Gates(string name) => OnnxGates.OfLstm(weights[$"lstm.{name}_l0"], hidden);
        float[] bias = [.. Gates("bias_ih"), .. Gates("bias_hh")];
        var graph = new OnnxGraph("step");
        graph.Input(Token, OnnxType.Int64, 1, 1);
        foreach (var name in new[] { Hidden, Cell })
            graph.Input(name, OnnxType.Float, 1, 1, hidden);
        foreach (var name in new[] { NextHidden, NextCell })
            graph.Output(name, OnnxType.Float, 1, 1, hidden);
        graph.Add("Gather", [graph.Constant("table", table, table.Length / embedding, embedding), Token], ["inputs"]);
        string[] matrices =
        [
            graph.Constant("W", Gates("weight_ih"), 1, 4 * hidden, embedding), graph.Constant("R", Gates("weight_hh"), 1, 4 * hidden, hidden), graph.Constant("B", bias, 1, 8 * hidden),
        ];
        graph.Add("LSTM", ["inputs", .. matrices, "", Hidden, Cell], ["", NextHidden, NextCell], ("hidden_size", [hidden]));
        return graph.ToModel(("recollect", ""), "A step of an LSTM.", new Dictionary<string, string>());
    }

    private static byte[] HeadModel(NetworkOptions options, int classes, Dictionary<string, float[]> weights)
    {
        var graph = new OnnxGraph("head");
        graph.Input(Hidden, OnnxType.Float, 1, 1, options.Hidden);
        graph.Output(Output, OnnxType.Float, 1, classes);
        graph.Add("Squeeze", [Hidden, graph.Constant("first", 0)], ["x"]);
        var read = "x";
        foreach (var place in new[] { 0, 2, 5 })
        {
            float[] weight = weights[$"classifier.{place}.weight"], bias = weights[$"classifier.{place}.bias"];
            var sum = place == 5 ? Output : $"sum{place}";
            graph.Add("Gemm", [read, graph.Constant($"W{place}", weight, bias.Length, weight.Length / bias.Length), graph.Constant($"B{place}", bias, bias.Length)], [sum], ("transB", [1]));
            if (place != 5)
                graph.Add("Relu", [sum], [read = $"units{place}"]);
        }
        return graph.ToModel(("recollect", ""), "A classifier.", new Dictionary<string, string>());
    }
}
