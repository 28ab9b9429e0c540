using System.Numerics;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Recollect.Training;

/// <summary>An optimiser over named parameters, whose whole state can be read and put back by name.</summary>
/// <remarks>Its rules are our own: TorchSharp's optimisers can read numbers that the garbage collector has freed (docs/decisions/0010).</remarks>
public sealed class ParameterOptimizer : IDisposable
{
    private readonly OptimizerKind _kind;
    private readonly double _decay;
    private readonly State[] _states;

    /// <summary>Creates the optimiser that <paramref name="options"/> names.</summary>
    /// <param name="options">Kind and weight decay; the rest are PyTorch's defaults (RMSProp: α 0.99; Adam: β 0.9 and 0.999; ε 1e-8).</param>
    /// <param name="parameters">What it changes, by full name.</param>
    public ParameterOptimizer(TrainingOptions options, IReadOnlyList<(string Name, Parameter Parameter)> parameters)
    {
        (_kind, _decay, Parameters) = (options.Optimizer, options.WeightDecay, parameters);
        _states = [.. parameters.Select(p => new State(p.Parameter, hasMean: _kind != OptimizerKind.RmsProp))];
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
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        foreach (var ((_, parameter), state) in Parameters.Zip(_states))
        {
            if (parameter.grad is not { } gradient)
                continue;
            state.Step++;
            if (parameter.dtype == ScalarType.Float64)
                Change<double>(parameter, gradient, state, learningRate);
            else
                Change<float>(parameter, gradient, state, learningRate);
        }
    }

    /// <summary>The running averages, by <c>average.parameter</c>; the optimiser's own tensors, not copies, on the processor.</summary>
    public IEnumerable<(string Name, Tensor Value)> Averages()
    {
        foreach (var ((name, _), state) in Parameters.Zip(_states))
        {
            if (state.Mean is not null)
                yield return ($"exp_avg.{name}", state.Mean);
            yield return ($"{(state.Mean is null ? "square_avg" : "exp_avg_sq")}.{name}", state.Squares);
        }
    }

    /// <summary>The number of updates each parameter has had, by name.</summary>
    public IReadOnlyDictionary<string, long> Steps() => Parameters.Zip(_states).ToDictionary(pair => pair.First.Name, pair => pair.Second.Step);

    /// <summary>Puts step counts back; parameters that are not named keep theirs.</summary>
    public void RestoreSteps(IReadOnlyDictionary<string, long> steps)
    {
        foreach (var ((name, _), state) in Parameters.Zip(_states))
            state.Step = steps.TryGetValue(name, out var step) ? step : state.Step;
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
    public void Dispose()
    {
        foreach (var state in _states)
            state.Dispose();
    }

    // On another device the rule is applied to a copy.
    private void Change<T>(Parameter parameter, Tensor gradient, State state, double rate)
        where T : unmanaged, INumberBase<T>
    {
        var weights = TensorStorage.OnHost(parameter);
        Span<T> w = TensorStorage.NumbersOf<T>(weights), g = TensorStorage.NumbersOf<T>(TensorStorage.OnHost(gradient)), squares = TensorStorage.NumbersOf<T>(state.Squares);
        if (state.Mean is null)
            UpdateRule.RmsProp(w, g, squares, rate, _decay);
        else
            UpdateRule.Adam(w, g, TensorStorage.NumbersOf<T>(state.Mean), squares, state.Step, rate, _decay, decoupled: _kind == OptimizerKind.AdamW);
        TensorStorage.PutBack(weights, parameter);
    }

    private sealed class State : IDisposable
    {
        public State(Parameter parameter, bool hasMean)
        {
            Squares = zeros(parameter.shape, parameter.dtype).DetachFromDisposeScope();
            Mean = hasMean ? zeros(parameter.shape, parameter.dtype).DetachFromDisposeScope() : null;
        }

        public long Step { get; set; }

        public Tensor? Mean { get; }

        public Tensor Squares { get; }

        public void Dispose()
        {
            Squares.Dispose();
            Mean?.Dispose();
        }
    }
}
