using Recollect.Networks;
using Recollect.Sequences;

namespace Recollect.Losses;

/// <summary>The loss of a batch in numbers.</summary>
/// <param name="Supervised">L_sup, or null in pretraining.</param>
/// <param name="Auxiliary">Each L_aux,j, unweighted, in the recipe's order.</param>
/// <param name="Correct">Rows labelled right.</param>
/// <param name="Shortened">Segments shorter than asked.</param>
/// <param name="Skipped">Segments that rows were too short to hold.</param>
public sealed record ObjectiveValue(double? Supervised, IReadOnlyList<double> Auxiliary, int Correct, int Shortened, int Skipped)
{
    /// <summary>That of no loss.</summary>
    public static ObjectiveValue None { get; } = new(null, [], 0, 0, 0);

    /// <summary>With further losses of the same rows, behind its own.</summary>
    public ObjectiveValue Beside(ObjectiveValue other) => new(
        Sum(Supervised, other.Supervised), [.. Auxiliary, .. other.Auxiliary], Correct + other.Correct, Shortened + other.Shortened, Skipped + other.Skipped);

    /// <summary>With the same losses of further rows.</summary>
    public ObjectiveValue Plus(ObjectiveValue other) => new(
        Sum(Supervised, other.Supervised),
        Auxiliary.Count == 0 ? other.Auxiliary : [.. Auxiliary.Zip(other.Auxiliary, (a, b) => a + b)],
        Correct + other.Correct, Shortened + other.Shortened, Skipped + other.Skipped);

    private static double? Sum(double? a, double? b) => a is null ? b : b is null ? a : a + b;
}

/// <summary>What a phase minimises: the supervised loss, auxiliary losses, or both (method, sections 3 and 4).</summary>
public abstract class Objective : IDisposable
{
    private protected Objective(SupervisedLoss? supervised, IReadOnlyList<AuxiliaryLoss> auxiliary) => (Supervised, Auxiliary) = (supervised, auxiliary);

    /// <summary>The supervised loss; null in pretraining.</summary>
    protected SupervisedLoss? Supervised { get; }

    /// <summary>The auxiliary losses; empty for a plain network.</summary>
    protected IReadOnlyList<AuxiliaryLoss> Auxiliary { get; }

    /// <summary>How many auxiliary losses it has.</summary>
    internal int AuxiliaryCount => Auxiliary.Count;

    /// <summary>The objective of <paramref name="network"/>, on Recollect's own kernels where they serve, else on libtorch's graphs.</summary>
    /// <param name="network">The network.</param>
    /// <param name="supervised">The supervised loss; null in pretraining.</param>
    /// <param name="auxiliary">The auxiliary losses; empty for a plain network.</param>
    /// <param name="recompute">Whether states inside long windows are computed again on the way back, and not kept (decision 0019); a Transformer has none.</param>
    public static Objective Of(RecurrentClassifier network, SupervisedLoss? supervised, IReadOnlyList<AuxiliaryLoss> auxiliary, bool recompute = false) => network.Kernels switch
    {
        _ when network.Encoder is not null => new EncoderObjective(supervised!),
        _ when auxiliary.Any(loss => !loss.HasKernels) => new GraphObjective(supervised, auxiliary, recompute),
        KernelNetwork<float> kernels => new KernelObjective<float>(kernels, supervised, auxiliary, recompute),
        KernelNetwork<double> kernels => new KernelObjective<double>(kernels, supervised, auxiliary, recompute),
        _ => new GraphObjective(supervised, auxiliary, recompute),
    };

    /// <summary>What computes the main network's steps in the objective that <see cref="Of"/> makes: <c>kernels</c> or <c>libtorch</c>.</summary>
    internal static string EngineOf(RecurrentClassifier network, IReadOnlyList<AuxiliaryLoss> auxiliary) =>
        network.Kernels is not null && auxiliary.Any(loss => !loss.HasKernels) ? RecurrentClassifier.Libtorch : network.EngineName;

    /// <summary>The same objective, as so many whose gradients are clipped each by itself.</summary>
    public static Objective OfEach(RecurrentClassifier network, SupervisedLoss? supervised, IReadOnlyList<AuxiliaryLoss> auxiliary, bool recompute = false) =>
        new SeparateObjectives(supervised, auxiliary, [
            .. supervised is null ? Array.Empty<Objective>() : [Of(network, supervised, [], recompute)],
            .. auxiliary.Select(loss => Of(network, null, [loss], recompute))]);

    /// <summary>Objectives whose sum this one is, and whose gradients are clipped each by itself; in the order of the losses.</summary>
    public virtual IReadOnlyList<Objective> Parts => [this];

    /// <summary>Adds the gradient of the batch's loss to the parameters' gradients; a parameter that it does not reach gets none.</summary>
    /// <remarks>A parameter without a gradient may get it in the memory of the last one that it had: whoever keeps gradients from call to call copies them.</remarks>
    public abstract ObjectiveValue Differentiate(RecurrentClassifier network, Batch batch, UpdateContext context);

    /// <summary>What <see cref="Differentiate"/> holds at once of so many rows, none of more than <paramref name="steps"/> steps, on a CPU: all but the parameters, their gradients and the batch itself.</summary>
    internal abstract IEnumerable<MemoryShare> MemoryFor(RecurrentClassifier network, int rows, int steps);

    /// <summary>Σ w_j·L_aux,j.</summary>
    public double Weighted(IReadOnlyList<double> values) => Auxiliary.Zip(values, (loss, value) => loss.Options.Weight * value).Sum();

    /// <inheritdoc/>
    public virtual void Dispose() => GC.SuppressFinalize(this);
}
