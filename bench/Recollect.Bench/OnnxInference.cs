using Microsoft.ML.OnnxRuntime;
using Recollect.Benchmarks;

namespace Recollect.Bench;

/// <summary>The same LSTM, with the same weights and tokens, on ONNX Runtime: an embedding look-up and one LSTM node.</summary>
internal sealed class OnnxInference : Side
{
    private const double Tolerance = 1e-4;

    private readonly SessionOptions _options;
    private readonly InferenceSession _session;
    private readonly OrtValue _tokens;
    private readonly RunOptions _run = new();
    private float[] _last = [];

    /// <summary>Builds the model, and checks that it computes what our kernels compute.</summary>
    /// <exception cref="InvalidOperationException">It does not.</exception>
    public OnnxInference(WindowShape shape, SideSetting setting) : base(setting)
    {
        using var ours = new KernelInference(shape, setting);
        _options = new SessionOptions
        {
            IntraOpNumThreads = setting.Threads,
            GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL,
        };
        _session = new InferenceSession(OnnxLstm.Model(shape, setting.Rows, ours.Weight), _options);
        _tokens = OrtValue.CreateTensorValueFromMemory([.. ours.TokensRead.Select(token => (long)token)], [shape.Steps, setting.Rows]);
        ours.Run(0);
        Run(0);
        var difference = ours.LastOutput().Zip(_last, (a, b) => Math.Abs(a - b)).Max();
        if (!(difference < Tolerance))
            throw new InvalidOperationException($"ONNX Runtime's states differ from ours by {difference}.");
    }

    /// <inheritdoc/>
    public override void Run(int round)
    {
        using var outputs = _session.Run(_run, [OnnxLstm.Tokens], [_tokens], [OnnxLstm.Last]);
        _last = outputs[0].GetTensorDataAsSpan<float>().ToArray();
    }

    /// <inheritdoc/>
    public override Outcome Result() => new(_last.Sum(x => (double)x), new Dictionary<string, float[]> { ["output"] = _last });

    /// <inheritdoc/>
    public override void Dispose()
    {
        _tokens.Dispose();
        _session.Dispose();
        _options.Dispose();
        _run.Dispose();
    }
}
