namespace Recollect.Data;

/// <summary>Says which classes have no row to train on, as a limit may leave them, so that none is lost in silence.</summary>
internal static class ClassNotes
{
    private const int MostNamed = 12;

    /// <summary>A sentence, where there are such classes.</summary>
    /// <param name="rows">How many rows are trained on.</param>
    /// <param name="labels">Their labels, or each different one.</param>
    /// <param name="classes">The class names, in label order.</param>
    /// <param name="options">What may have left them without a row.</param>
    /// <param name="taken">How many rows were taken under the limit, those to validate on among them.</param>
    public static IEnumerable<string> Of(int rows, IEnumerable<int> labels, IReadOnlyList<string> classes, DataOptions options, int taken)
    {
        var there = labels.ToHashSet();
        var without = classes.Where((_, label) => !there.Contains(label)).ToList();
        if (without.Count > 0)
            yield return $"{without.Count} of {classes.Count} classes have no row among the {rows:N0} that are trained on: {string.Join(", ", without.Take(MostNamed))}{(without.Count > MostNamed ? ", …" : "")}. {Advice(options, taken)}";
    }

    private static string Advice(DataOptions options, int taken) => options switch
    {
        { Limit: { } limit } when taken >= limit => "Raise data.limit, or mix the rows.",
        { Source: DataSources.Packed } => "Pack them with rows of every class.",
        { Validation: > 0 } => "Lower data.validation, or add rows of them.",
        _ => "Add rows of them.",
    };
}
