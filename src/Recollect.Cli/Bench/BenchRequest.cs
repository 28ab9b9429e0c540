using Recollect.Benchmarks;

namespace Recollect.Cli.Bench;

/// <summary>What <c>recollect bench</c> was asked for.</summary>
/// <param name="Suite">Which workloads.</param>
/// <param name="Only">Names of workloads or groups; empty for all.</param>
/// <param name="Threads">Threads of our side.</param>
/// <param name="Repetitions">Measurements of each side.</param>
internal sealed record BenchRequest(Suite Suite, IReadOnlyList<string> Only, int Threads, int Repetitions)
{
    /// <summary>Whether a workload of this name and group was asked for.</summary>
    public bool Wants(string name, string group) => Only.Count == 0 || Only.Contains(name) || Only.Contains(group);
}
