namespace Recollect.Sweeps;

/// <summary>One combination of values that a sweep tries.</summary>
/// <param name="Name">What its folders are called, the seed apart: <c>learningRate=0.003+hidden=32</c>.</param>
/// <param name="Edits">Its edits <c>key.path=value</c>, those that all settings share apart.</param>
internal sealed record SweepSetting(string Name, IReadOnlyList<string> Edits);
