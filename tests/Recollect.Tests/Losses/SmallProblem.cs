using Recollect.Losses;
using Recollect.Networks;
using Recollect.Sequences;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Recollect.Tests.Losses;

/// <summary>An objective's numbers and its gradient by parameter name.</summary>
internal sealed record Gradients(
    double Total, double? Supervised, IReadOnlyList<double> Auxiliary, int Correct, int Shortened, int Skipped,
    IReadOnlyDictionary<string, double[]> Of);

/// <summary>The real network and the real objective of a <see cref="SmallCase"/>.</summary>
internal sealed class SmallProblem
{
    private readonly SmallCase _case;
    private readonly EngineKind _engine;
    private readonly bool _recompute;
    private readonly SupervisedLoss? _supervised;
    private readonly (string Name, Parameter Parameter)[] _parameters;

    public SmallProblem(SmallCase problem, ScalarType type = ScalarType.Float64, EngineKind engine = EngineKind.Libtorch, bool recompute = false)
    {
        _case = problem;
        var seed = SmallCase.Draws;
        Network = new RecurrentClassifier(problem.Format, 3, new NetworkOptions
        {
            Cell = problem.Cell,
            Gates = problem.Gates,
            Input = problem.Input,
            Embedding = 2,
            Hidden = problem.Hidden,
            Layers = problem.Layers,
            HeadUnits = SmallCase.HeadUnits,
            Dropout = problem.Dropout,
            Engine = engine,
        }, seed);
        Auxiliary = [.. problem.Auxiliary.Select((options, j) => AuxiliaryLoss.Of(options, j, problem.AuxiliaryK, Network, seed))];
        Network.to(type);
        foreach (var loss in Auxiliary)
            loss.MoveTo(Network.Like);
        (_engine, _recompute) = (engine, recompute);
        _supervised = problem.Pretrain ? null : new SupervisedLoss(problem.Supervised, problem.ClassWeights, seed);
        _parameters =
        [
            .. Network.named_parameters().Select(entry => (entry.name, entry.parameter)),
            .. Auxiliary.SelectMany(loss => loss.NamedParameters()),
        ];
        if (problem.Cell == CellKind.Irnn)
            Roughen();
        else
            Strengthen();
    }

    public RecurrentClassifier Network { get; }

    public IReadOnlyList<AuxiliaryLoss> Auxiliary { get; }

    /// <summary>Every weight by name.</summary>
    public IReadOnlyList<(string Name, Parameter Parameter)> Parameters => _parameters;

    /// <summary>Takes over another's weights, whatever their type.</summary>
    public SmallProblem WithWeightsOf(SmallProblem other)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        foreach (var (mine, its) in _parameters.Zip(other._parameters))
            mine.Parameter.copy_(its.Parameter);
        return this;
    }

    /// <summary>Copies of the weights.</summary>
    public Dictionary<string, double[]> Weights() => _parameters.ToDictionary(p => p.Name, p => Numbers(p.Parameter));

    /// <summary>The objective of the whole batch and its gradient.</summary>
    public Gradients Evaluate() => Evaluate(_case.Batch(), _case.Context);

    /// <summary>The objective of <paramref name="batch"/> and its gradient.</summary>
    public Gradients Evaluate(Batch batch, UpdateContext context)
    {
        if (_engine != EngineKind.Libtorch || _recompute)
            return EvaluateAsInTraining(batch, context);
        using var scope = NewDisposeScope();
        using var objective = new GraphObjective(_supervised, Auxiliary);
        var (total, value) = objective.Of(Network, batch, context);
        return new Gradients(
            total is null ? 0 : TensorNumber.Of(total), value.Supervised, value.Auxiliary, value.Correct, value.Shortened, value.Skipped, GradientOf(total));
    }

    private Gradients EvaluateAsInTraining(Batch batch, UpdateContext context)
    {
        foreach (var (_, parameter) in _parameters)
            parameter.grad = null;
        using var objective = Objective.Of(Network, _supervised, Auxiliary, _recompute);
        var value = objective.Differentiate(Network, batch, context);
        return new Gradients(
            (value.Supervised ?? 0) + objective.Weighted(value.Auxiliary), value.Supervised, value.Auxiliary, value.Correct, value.Shortened, value.Skipped,
            _parameters.ToDictionary(p => p.Name, p => p.Parameter.grad is { } gradient ? Numbers(gradient) : new double[p.Parameter.numel()]));
    }

    /// <summary>The gradient of a scalar by name: zeros where it does not reach.</summary>
    public Dictionary<string, double[]> GradientOf(Tensor? value)
    {
        using var scope = NewDisposeScope();
        var gradients = value is null
            ? null
            : autograd.grad([value], [.. _parameters.Select(p => (Tensor)p.Parameter)], allow_unused: true);
        return _parameters.Select((p, i) => (p.Name, Numbers: gradients?[i] is { IsInvalid: false } gradient
            ? Numbers(gradient)
            : new double[p.Parameter.numel()])).ToDictionary(entry => entry.Name, entry => entry.Numbers);
    }

    // Larger weights remember longer, so that a gradient which passes a cut is seen.
    private void Strengthen()
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        using var factor = 1.5.ToScalar();
        foreach (var (_, parameter) in _parameters)
            parameter.mul_(factor);
    }

    // An iRNN remembers without end, starts with units at exactly 0, where ReLU has no derivative, and dead ones carry no gradient to a cut.
    private void Roughen()
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        foreach (var (name, parameter) in _parameters)
        {
            var stream = SmallCase.Draws.Stream($"rough/{name}");
            var noise = Enumerable.Range(0, (int)parameter.numel()).Select(_ => 0.2 * stream.NextNormal())
                .Select(value => name.Contains("bias", StringComparison.Ordinal) ? Math.Abs(value) : value).ToArray();
            parameter.copy_(parameter.Plus(tensor(noise, parameter.shape).to(parameter.dtype)));
        }
    }

    public static double[] Numbers(Tensor tensor)
    {
        using var scope = NewDisposeScope();
        return tensor.detach().to(ScalarType.Float64).contiguous().data<double>().ToArray();
    }
}
