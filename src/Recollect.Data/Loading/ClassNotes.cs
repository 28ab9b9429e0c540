using Recollect.Sequences;

namespace Recollect.Data;

/// <summary>Says which classes have no row to train on, as a limit may leave them, so that none is lost in silence.</summary>
internal static class ClassNotes
{
    private const int MostNamed = 12;

    /// <summary>A sentence, where there are such classes.</summary>
    /// <param name="train">The rows to train on.</param>
    /// <param name="classes">The class names, in label order.</param>
    public static IEnumerable<string> Of(SequenceSet train, IReadOnlyList<string> classes)
    {
        var there = Enumerable.Range(0, train.Count).Select(train.LabelOf).ToHashSet();
        var without = classes.Where((_, label) => !there.Contains(label)).ToList();
        if (without.Count > 0)
            yield return $"{without.Count} of {classes.Count} classes have no row among the {train.Count:N0} that are trained on: {string.Join(", ", without.Take(MostNamed))}{(without.Count > MostNamed ? ", …" : "")}. Raise data.limit, or mix the rows.";
    }
}
