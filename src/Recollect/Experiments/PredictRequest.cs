namespace Recollect.Experiments;

/// <summary>Rows to label with a trained network.</summary>
/// <param name="Run">The run directory, of which the model file alone is read, or that file.</param>
/// <param name="Input">The file, or "-" for <paramref name="StandardInput"/>.</param>
/// <param name="StandardInput">The bytes of standard input, opened when they are needed.</param>
/// <param name="Workplace">Where and how fast.</param>
/// <param name="Note">Told what whoever reads the labels should know; null: nobody.</param>
public sealed record PredictRequest(string Run, string Input, Func<Stream> StandardInput, Workplace Workplace, Action<string>? Note = null);

/// <summary>What a network says about one row.</summary>
/// <param name="Index">The row, from 0.</param>
/// <param name="Label">The class with the highest probability.</param>
/// <param name="Probabilities">The probability of each class, in label order; their sum is 1.</param>
/// <param name="File">The file that the row is, where a folder of files was read; else null.</param>
public sealed record PredictedRow(int Index, string Label, IReadOnlyDictionary<string, double> Probabilities, string? File = null);
