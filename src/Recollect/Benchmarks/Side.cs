namespace Recollect.Benchmarks;

/// <summary>What a run of a workload came to, so that both sides can be held against each other.</summary>
/// <param name="Loss">The loss, or another sum over all results where there is none.</param>
/// <param name="Gradients">The gradients, or the results themselves, by name.</param>
internal sealed record Outcome(double Loss, IReadOnlyDictionary<string, float[]> Gradients);

/// <summary>One side of a workload: everything is set up, and the work can be done again and again.</summary>
/// <param name="setting">With how many threads, on how many rows at a time.</param>
internal abstract class Side(SideSetting setting) : IDisposable
{
    /// <summary>With how many threads, on how many rows at a time.</summary>
    public SideSetting Setting => setting;

    /// <summary>How much of the workload one run does: 1, or another part where the side has a batch of its own.</summary>
    public virtual double Share => 1;

    /// <summary>Does the work once.</summary>
    /// <param name="round">The key of random draws: both sides draw the same in the same round.</param>
    public abstract void Run(int round);

    /// <summary>What the last run came to.</summary>
    public abstract Outcome Result();

    /// <inheritdoc/>
    public abstract void Dispose();
}

/// <summary>How a side is run.</summary>
/// <param name="Threads">Threads.</param>
/// <param name="Rows">Rows computed together.</param>
internal sealed record SideSetting(int Threads, int Rows);

/// <summary>A piece of work that both sides can do.</summary>
/// <param name="Name">Its name, such as <c>A</c>.</param>
/// <param name="Group">The name that stands for all of a kind, such as <c>E</c> for every cell of the grid; else the name itself.</param>
/// <param name="Title">What it is.</param>
/// <param name="Rows">Rows of its batch.</param>
/// <param name="Ours">Our side.</param>
/// <param name="Libtorch">libtorch's side, with a setting of its own.</param>
internal sealed record Workload(string Name, string Group, string Title, int Rows, Func<SideSetting, Side> Ours, Func<SideSetting, Side> Libtorch)
{
    /// <summary>Rows that libtorch's side tries to compute together; the fastest a row counts.</summary>
    public IReadOnlyList<int> LibtorchRows { get; init; } = [Rows];

    /// <summary>What is counted in the work, and how many of it there are; null where seconds say all.</summary>
    public Quantity? Counted { get; init; }
}

/// <summary>Something that is counted in a work.</summary>
/// <param name="Unit">What, such as <c>steps</c>; <c>GFLOP</c> for 10⁹ multiplications and additions.</param>
/// <param name="Amount">How many.</param>
internal sealed record Quantity(string Unit, double Amount);
