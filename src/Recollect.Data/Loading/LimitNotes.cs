using Recollect.Sequences;

namespace Recollect.Data;

/// <summary>Says which classes a limit leaves without a row to train on, so that none is lost in silence.</summary>
internal static class LimitNotes
{
    private const int MostNamed = 12;

    /// <summary>A sentence, where there are such classes.</summary>
    /// <param name="limit">The recipe's <c>data.limit</c>; null: all rows are used.</param>
    /// <param name="train">The rows to train on.</param>
    /// <param name="classes">The class names, in label order.</param>
    public static IEnumerable<string> Of(int? limit, SequenceSet train, IReadOnlyList<string> classes)
    {
        if (limit is null)
            yield break;
        var there = Enumerable.Range(0, train.Count).Select(train.LabelOf).ToHashSet();
        var without = classes.Where((_, label) => !there.Contains(label)).ToList();
        if (without.Count > 0)
            yield return $"data.limit: {without.Count} of {classes.Count} classes have no row among the {train.Count:N0} that are trained on: {string.Join(", ", without.Take(MostNamed))}{(without.Count > MostNamed ? ", …" : "")}. Raise it, or mix the rows.";
    }
}
