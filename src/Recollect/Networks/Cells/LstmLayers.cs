using Recollect.Randomness;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Recollect.Networks;

/// <summary>libtorch's LSTM.</summary>
public sealed class LstmLayers : RecurrentLayers
{
    private readonly LSTM _lstm;
    private readonly double _forgetBias;

    /// <summary>Creates <paramref name="layers"/> LSTM layers over inputs of width <paramref name="inputs"/>.</summary>
    public LstmLayers(int inputs, int width, int layers, double forgetBias) : base(layers, width)
    {
        _lstm = nn.LSTM(inputs, width, layers);
        _forgetBias = forgetBias;
    }

    /// <inheritdoc/>
    public override string Name => "lstm";

    /// <inheritdoc/>
    public override nn.Module Module => _lstm;

    /// <inheritdoc/>
    protected override bool HasCell => true;

    /// <inheritdoc/>
    public override RecurrentRun Run(Tensor inputs, RecurrentState start)
    {
        if (!OneDnnIsWrong(inputs))
            return RunAsIs(inputs, start);
        using var graph = enable_grad(); // another kernel serves where a graph is wanted
        var run = RunAsIs(inputs, start);
        return new RecurrentRun(run.Outputs.detach(), run.End.Cut());
    }

    /// <inheritdoc/>
    internal override GraphNumbers GraphOfStep() => new(7L * Layers * Width, 10L * Width); // gates, c, h, outputs; gates and their adjoints

    /// <inheritdoc/>
    internal override long NumbersOfStep => 4L * Layers * Width;

    private RecurrentRun RunAsIs(Tensor inputs, RecurrentState start)
    {
        var (outputs, hidden, cell) = _lstm.call(inputs, (start.Hidden.contiguous(), start.Cell!.contiguous()));
        return new RecurrentRun(outputs, new RecurrentState(hidden, cell));
    }

    // On processors with AVX-512, oneDNN's float32 LSTM without a graph gives wrong numbers unless the width is a multiple of 32 (decision 0007).
    private bool OneDnnIsWrong(Tensor inputs) =>
        Width % 32 != 0 && inputs.dtype == ScalarType.Float32 && inputs.device_type == TorchSharp.DeviceType.CPU && !is_grad_enabled();

    /// <inheritdoc/>
    public override void Initialize(Seed seed, string prefix)
    {
        base.Initialize(seed, prefix);
        using var _ = no_grad();
        using var scope = NewDisposeScope(); // holds what nothing else does until libtorch has read it
        using Scalar bias = _forgetBias.ToScalar(), none = 0.0.ToScalar(); // held until libtorch has read them: decision 0010
        foreach (var (name, parameter) in _lstm.named_parameters())
        {
            // PyTorch adds two biases; the forget gate's sum is set, through the first alone.
            if (name.StartsWith("bias_", StringComparison.Ordinal))
                parameter.narrow(0, Width, Width).fill_(name.StartsWith("bias_ih", StringComparison.Ordinal) ? bias : none);
        }
    }
}
