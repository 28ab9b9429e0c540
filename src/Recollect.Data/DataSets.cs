using Recollect.Sequences;

namespace Recollect.Data;

/// <summary>What a recipe's section <c>data</c> stands for: the sets, and all that another reader of the same files needs to know.</summary>
public sealed record DataSets : IDisposable
{
    /// <summary>The rows to train on.</summary>
    public required SequenceSet Train { get; init; }

    /// <summary>The training rows held out to choose by; null where the recipe holds none out.</summary>
    public SequenceSet? Validation { get; init; }

    /// <summary>The rows to report on.</summary>
    public required SequenceSet Test { get; init; }

    /// <summary>How samples became steps; stored with the model.</summary>
    public required Preprocessing Preprocessing { get; init; }

    /// <summary>Which columns were read, with every name resolved; null for images. Stored with the model, which reads other tables by them.</summary>
    public InputColumns? Columns { get; init; }

    /// <summary>The class names, in label order.</summary>
    public required IReadOnlyList<string> Classes { get; init; }

    /// <summary>SHA-256 of the content, unpacked, of each file that was read (64 lower-case hexadecimal digits), by the name, without <c>.gz</c>, that the recipe or the publisher gives it.</summary>
    public required IReadOnlyDictionary<string, string> Hashes { get; init; }

    /// <summary>Sentences that whoever uses the data should know: how many rows are cut.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>The packed file that the sets are parts of; null where they lie in memory.</summary>
    internal PackedFile? File { get; init; }

    /// <summary>Closes what is mapped of a packed file; sets in memory stay as they are.</summary>
    public void Dispose() => File?.Dispose();
}
