using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Recollect.Training;

/// <summary>A TorchSharp optimiser over named parameters, whose whole state can be read and put back by name.</summary>
public sealed class ParameterOptimizer : IDisposable
{
    private readonly OptimizerHelper _optimizer;

    /// <summary>Creates the optimiser that <paramref name="options"/> names.</summary>
    /// <param name="options">Kind and weight decay; the rest are PyTorch's defaults (RMSProp: α 0.99; Adam: β 0.9 and 0.999; ε 1e-8).</param>
    /// <param name="parameters">What it changes, by full name.</param>
    public ParameterOptimizer(TrainingOptions options, IReadOnlyList<(string Name, Parameter Parameter)> parameters)
    {
        Parameters = parameters;
        var tensors = parameters.Select(p => p.Parameter);
        _optimizer = options.Optimizer switch
        {
            OptimizerKind.RmsProp => optim.RMSProp(tensors, options.LearningRate, weight_decay: options.WeightDecay),
            OptimizerKind.Adam => optim.Adam(tensors, options.LearningRate, weight_decay: options.WeightDecay),
            OptimizerKind.AdamW => optim.AdamW(tensors, options.LearningRate, weight_decay: options.WeightDecay),
            _ => throw new ArgumentOutOfRangeException(nameof(options)),
        };
    }

    /// <summary>What it changes, by full name.</summary>
    public IReadOnlyList<(string Name, Parameter Parameter)> Parameters { get; }

    /// <summary>Forgets every gradient.</summary>
    /// <remarks>Gone, not zero: a parameter that a step does not reach is left alone, whether or not the run was resumed just before.</remarks>
    public void ForgetGradients()
    {
        foreach (var (_, parameter) in Parameters)
            parameter.grad = null;
    }

    /// <summary>Changes the parameters that have a gradient.</summary>
    public void Step(double learningRate)
    {
        foreach (var group in _optimizer.ParamGroups)
            group.LearningRate = learningRate;
        _optimizer.step();
    }

    /// <summary>The running averages and step counts, by <c>average.parameter</c>; tensors are the optimiser's own, not copies.</summary>
    public IEnumerable<(string Name, Tensor Value)> Averages() =>
        Parameters.Zip(_optimizer.state_dict().State, Averages).SelectMany(entries => entries);

    /// <summary>The number of updates each parameter has had, by name.</summary>
    public IReadOnlyDictionary<string, long> Steps() => Parameters.Zip(_optimizer.state_dict().State)
        .ToDictionary(pair => pair.First.Name, pair => pair.Second switch
        {
            Adam.State adam => adam.step,
            AdamW.State adamW => adamW.step,
            RMSProp.State rmsProp => rmsProp.step,
            _ => throw new InvalidOperationException($"Unknown optimiser state {pair.Second.GetType().Name}."),
        });

    /// <summary>Puts step counts back; parameters that are not named keep theirs.</summary>
    public void RestoreSteps(IReadOnlyDictionary<string, long> steps)
    {
        foreach (var ((name, _), state) in Parameters.Zip(_optimizer.state_dict().State))
        {
            if (!steps.TryGetValue(name, out var step))
                continue;
            switch (state)
            {
                case Adam.State adam: adam.step = step; break;
                case AdamW.State adamW: adamW.step = step; break;
                case RMSProp.State rmsProp: rmsProp.step = step; break;
            }
        }
    }

    /// <summary>Takes over the averages and step counts that <paramref name="earlier"/> has for parameters of the same names.</summary>
    public void CarryOver(ParameterOptimizer earlier)
    {
        using var _ = no_grad();
        using var scope = NewDisposeScope();
        var values = earlier.Averages().ToDictionary(entry => entry.Name, entry => entry.Value);
        foreach (var (name, value) in Averages())
        {
            if (values.TryGetValue(name, out var before))
                value.copy_(before);
        }
        RestoreSteps(earlier.Steps());
    }

    /// <inheritdoc/>
    public void Dispose() => _optimizer.Dispose();

    private static IEnumerable<(string Name, Tensor Value)> Averages((string Name, Parameter Parameter) parameter, OptimizerState state) =>
        state switch
        {
            Adam.State adam => [($"exp_avg.{parameter.Name}", adam.exp_avg), ($"exp_avg_sq.{parameter.Name}", adam.exp_avg_sq)],
            AdamW.State adamW => [($"exp_avg.{parameter.Name}", adamW.exp_avg), ($"exp_avg_sq.{parameter.Name}", adamW.exp_avg_sq)],
            RMSProp.State rmsProp => [($"square_avg.{parameter.Name}", rmsProp.square_avg)],
            _ => throw new InvalidOperationException($"Unknown optimiser state {state.GetType().Name}."),
        };
}
