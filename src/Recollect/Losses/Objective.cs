using Recollect.Networks;
using Recollect.Sequences;

namespace Recollect.Losses;

/// <summary>The loss of a batch in numbers.</summary>
/// <param name="Supervised">L_sup, or null in pretraining.</param>
/// <param name="Auxiliary">Each L_aux,j, unweighted, in the recipe's order.</param>
/// <param name="Correct">Rows labelled right.</param>
/// <param name="Shortened">Segments shorter than asked.</param>
/// <param name="Skipped">Segments that rows were too short to hold.</param>
public sealed record ObjectiveValue(double? Supervised, IReadOnlyList<double> Auxiliary, int Correct, int Shortened, int Skipped);

/// <summary>What a phase minimises: the supervised loss, auxiliary losses, or both (method, sections 3 and 4).</summary>
public abstract class Objective : IDisposable
{
    private protected Objective(SupervisedLoss? supervised, IReadOnlyList<AuxiliaryLoss> auxiliary) => (Supervised, Auxiliary) = (supervised, auxiliary);

    /// <summary>The supervised loss; null in pretraining.</summary>
    protected SupervisedLoss? Supervised { get; }

    /// <summary>The auxiliary losses; empty for a plain network.</summary>
    protected IReadOnlyList<AuxiliaryLoss> Auxiliary { get; }

    /// <summary>The objective of <paramref name="network"/>, on Recollect's own kernels where they serve, else on libtorch's graphs.</summary>
    public static Objective Of(RecurrentClassifier network, SupervisedLoss? supervised, IReadOnlyList<AuxiliaryLoss> auxiliary) => network.Kernels switch
    {
        KernelNetwork<float> kernels => new KernelObjective<float>(kernels, supervised, auxiliary),
        KernelNetwork<double> kernels => new KernelObjective<double>(kernels, supervised, auxiliary),
        _ => new GraphObjective(supervised, auxiliary),
    };

    /// <summary>Adds the gradient of the batch's loss to the parameters' gradients; a parameter that it does not reach gets none.</summary>
    public abstract ObjectiveValue Differentiate(RecurrentClassifier network, Batch batch, UpdateContext context);

    /// <summary>Σ w_j·L_aux,j.</summary>
    public double Weighted(IReadOnlyList<double> values) => Auxiliary.Zip(values, (loss, value) => loss.Options.Weight * value).Sum();

    /// <inheritdoc/>
    public virtual void Dispose() => GC.SuppressFinalize(this);
}
