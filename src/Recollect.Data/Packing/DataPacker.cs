using Recollect.Runs;
using Recollect.Sequences;

namespace Recollect.Data;

/// <summary>Turns a recipe's data into one packed file, whose rows need not fit into memory.</summary>
public static class DataPacker
{
    private const string Elsewhere = "name another file with -o";

    /// <summary>Packs what <see cref="DataSetLoader.Load"/> would load: the same rows in the same parts and order, the same classes and preprocessing.</summary>
    /// <remarks>
    /// Files are read as streams: once for each part, and before that where counts, classes, a vocabulary or means of all training rows have to be known first.
    /// What an earlier packing that was killed left beside the file is removed.
    /// Memory holds a byte a row where rows are held out, the different units of a text, and what <see cref="PackedWriter"/> needs.
    /// </remarks>
    /// <param name="options">The recipe's section.</param>
    /// <param name="dataFolder">Where published sets lie, and where relative file names start.</param>
    /// <param name="path">The file; an earlier one is replaced when the new one is whole.</param>
    /// <param name="stop">Ends it at the next row, or the next piece of a file that is hashed, and leaves nothing.</param>
    /// <exception cref="RecipeException">The options ask for what the source cannot do, or the source is packed already.</exception>
    /// <exception cref="DataException">A file is missing or wrong in a row, or changed while it was read.</exception>
    /// <exception cref="RunException">The file cannot be written.</exception>
    public static PackedSummary Pack(DataOptions options, string dataFolder, string path, CancellationToken stop = default)
    {
        DataOptionRules.Check(options);
        if (options.Source == DataSources.Packed)
            throw new RecipeException($"'data.source' is \"{DataSources.Packed}\": the data are packed already. Name the recipe, or the source, that they were packed from.");
        if (options.Flip == true || options.CropPadding > 0)
            throw new RecipeException("data.flip, data.cropPadding: a packed file holds steps, of which no image is left to mirror or to move; expected neither. Set data.flip=false and data.cropPadding=0 to pack, or train without packing.");
        RefuseToReplace(path);
        RefuseNowhere(path);
        AtomicFile.RemoveStaleOf(path);
        var rows = ArrangedRows.Of(options, dataFolder, hold: false, stop);
        var (parts, trained) = (new List<PackedPartSummary>(), new HashSet<int>());
        AtomicFile.Write(path, target =>
        {
            using var writer = new PackedWriter(target, path, rows.Preprocessing.Format, rows.Classes.Count);
            parts.Add(PackPart(writer, PackedPart.Train, rows.Train, rows, trained, stop));
            if (rows.Validation is not null)
                parts.Add(PackPart(writer, PackedPart.Validation, rows.Validation, rows, [], stop));
            parts.Add(PackPart(writer, PackedPart.Test, rows.Test, rows, [], stop));
            writer.Finish(rows.Preprocessing, rows.Source.Columns, rows.Classes, rows.Source.Hashes);
        }, Elsewhere);
        return new PackedSummary(path, new FileInfo(path).Length, rows.Preprocessing.Format.ToString(), rows.Classes.Count, parts)
        {
            Notes = [.. CutNotes.Of(rows.Preprocessing, parts.Select(part => (part.Name, part.Rows, part.Cut))), .. ClassNotes.Of(parts[0].Rows, trained, rows.Classes, options, parts.Where(part => part.Name != PackedPart.Test).Sum(part => part.Rows))],
        };
    }

    // A slip of the hand must not cost the rows themselves.
    private static void RefuseToReplace(string path)
    {
        if (!File.Exists(path) || SpecialFile.IsAt(path)) // which is refused where it would be written, and is not opened here: a pipe would be waited for
            return;
        using var there = InputStream.OpenRaw(path);
        var first = new byte[PackedFormat.Magic.Length];
        if (there.ReadAtLeast(first, first.Length, throwOnEndOfStream: false) < first.Length || !PackedFormat.Magic.SequenceEqual(first))
            throw new RecipeException($"'{path}' exists and is no packed file; expected a new name, or a packed file to replace. Choose another name, or remove the file.");
    }

    // Known before the rows are read, which may take long.
    private static void RefuseNowhere(string path)
    {
        if (!Directory.Exists(Path.GetDirectoryName(Path.GetFullPath(path))))
            throw StorageFailure.Writing(path, new DirectoryNotFoundException(), "nothing was read", Elsewhere);
    }

    private static PackedPartSummary PackPart(PackedWriter writer, string name, IEnumerable<Sample> samples, ArrangedRows rows, HashSet<int> labels, CancellationToken stop)
    {
        var part = writer.Begin(name);
        var (preprocessing, width) = (rows.Preprocessing, writer.Format.Width);
        var (tokens, reals) = (Array.Empty<int>(), Array.Empty<float>());
        var (count, steps, cut) = (0, 0L, 0);
        foreach (var sample in samples.Select(preprocessing.Complete))
        {
            stop.ThrowIfCancellationRequested();
            var (length, isCut, label) = (preprocessing.StepsOf(sample), preprocessing.Cuts(sample), rows.LabelOf(sample));
            if (writer.Format.Kind == StepKind.Tokens)
            {
                Grow(ref tokens, length);
                preprocessing.WriteTokens(sample, 0, tokens.AsSpan(0, length));
                part.AddTokens(tokens.AsSpan(0, length), label, isCut);
            }
            else
            {
                Grow(ref reals, checked(length * width));
                preprocessing.WriteReals(sample, 0, reals.AsSpan(0, length * width));
                part.AddReals(reals.AsSpan(0, length * width), label, isCut);
            }
            labels.Add(label);
            (count, steps, cut) = (count + 1, steps + length, cut + (isCut ? 1 : 0));
        }
        return new PackedPartSummary(name, count, steps, cut);
    }

    private static void Grow<T>(ref T[] array, int length)
    {
        if (array.Length < length)
            array = new T[Math.Max(length, (int)Math.Min(2L * array.Length, Array.MaxLength))];
    }
}

/// <summary>What was packed.</summary>
/// <param name="File">The file.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="Format">What its steps are.</param>
/// <param name="Classes">The number of classes.</param>
/// <param name="Parts">Its parts.</param>
public sealed record PackedSummary(string File, long Bytes, string Format, int Classes, IReadOnlyList<PackedPartSummary> Parts)
{
    /// <summary>Sentences that whoever trains on it should know: how many rows are cut.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];
}

/// <summary>One part of what was packed.</summary>
/// <param name="Name"><c>train</c>, <c>validation</c> or <c>test</c>.</param>
/// <param name="Rows">Its rows.</param>
/// <param name="Steps">Their steps in all.</param>
/// <param name="Cut">Rows of which only the first part became steps.</param>
public sealed record PackedPartSummary(string Name, int Rows, long Steps, int Cut);
