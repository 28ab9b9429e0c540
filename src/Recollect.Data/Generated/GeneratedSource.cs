using Recollect.Randomness;
using Recollect.Sequences;

namespace Recollect.Data;

/// <summary>Rows that no file holds: each is made from its own stream, so that as many as one likes can be asked for.</summary>
internal static class GeneratedSource
{
    /// <summary>The rows that a recipe asks for.</summary>
    public static SourceRows Rows(DataOptions options, bool hold, CancellationToken stop)
    {
        var (steps, seed) = (options.Steps ?? DataOptions.DefaultSteps, new Seed(options.SplitSeed));
        IEnumerable<Sample> Made(string part, int count)
        {
            var streams = seed.Purpose($"{options.Source}/{part}");
            return Enumerable.Range(0, count).Select(row => Row(options.Source, new Origin($"{options.Source} {part}", "row", row + 1), steps, streams.At(0, row)));
        }
        // The columns say where a user's own rows may lie that the model is to label.
        var (classes, columns, preprocessing) = options.Source == DataSources.Copying
            ? (CopyingTask.Classes, new InputColumns { Text = TableColumns.DefaultText }, (Preprocessing)CopyingTask.Preprocessing)
            : (AddingTask.Classes, new InputColumns { Values = [InputColumns.DefaultValues] }, AddingTask.Preprocessing);
        return new(
            SourceRows.Of(Made("train", options.Limit ?? DataOptions.DefaultRows), null, hold, stop), SourceRows.Of(Made("test", options.TestLimit ?? DataOptions.DefaultTestRows), null, hold, stop),
            classes, columns, _ => preprocessing, new Dictionary<string, string>());
    }

    private static Sample Row(string source, Origin origin, int steps, RandomStream stream) =>
        source == DataSources.Copying ? CopyingTask.Row(origin, steps, stream) : AddingTask.Row(origin, steps, stream);
}
