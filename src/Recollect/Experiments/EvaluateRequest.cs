using Recollect.Runs;

namespace Recollect.Experiments;

/// <summary>A trained network to measure.</summary>
/// <param name="Folder">The run directory.</param>
/// <param name="Split">Which rows.</param>
/// <param name="Workplace">Where and how fast.</param>
public sealed record EvaluateRequest(string Folder, DataSplit Split, Workplace Workplace);
