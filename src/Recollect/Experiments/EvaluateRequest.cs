using Recollect.Runs;

namespace Recollect.Experiments;

/// <summary>A trained network to measure.</summary>
/// <param name="Folder">The run directory.</param>
/// <param name="Split">Which rows.</param>
/// <param name="Workplace">Where and how fast.</param>
/// <param name="Note">Told what whoever reads the measures should know; null: nobody.</param>
public sealed record EvaluateRequest(string Folder, DataSplit Split, Workplace Workplace, Action<string>? Note = null);
