using Recollect.Sequences;

namespace Recollect.Data;

/// <summary>A value of section <c>data</c> that is not allowed.</summary>
/// <param name="Path">The key, such as <c>data.limit</c>.</param>
/// <param name="Problem">What is wrong with it: "'data.limit' is 0; it must be at least 1."</param>
internal sealed record DataOptionFault(string Path, string Problem);

/// <summary>What the keys of section <c>data</c> may be, for recipes and for who loads data without one.</summary>
internal static class DataOptionRules
{
    /// <summary>The first value that is not allowed, or null; which keys a source reads is <see cref="KnownSource.Unread"/>'s to say.</summary>
    public static DataOptionFault? Fault(DataOptions data) => KnownSource.Of(data.Source) is { } source
        ? Faults(data, source).FirstOrDefault()
        : Refused("source", $"\"{data.Source}\"", $"one of {string.Join(", ", DataSources.All)}", Spelling.Hint(data.Source ?? "", DataSources.All));

    /// <summary>Refuses options that the source does not read, or cannot: a key without effect would mislead whoever wrote it.</summary>
    /// <exception cref="RecipeException">The source is unknown, or a key is unread, missing or out of range.</exception>
    internal static void Check(DataOptions data)
    {
        if (KnownSource.Of(data.Source)?.Unread(data).FirstOrDefault(key => IsGiven(data, key.Key)) is { Key: { } unread, Value: var reason })
            throw new RecipeException($"data.{unread}: source '{data.Source}' does not read this key: {reason}. Remove it.");
        if (Fault(data) is { } fault)
            throw new RecipeException(fault.Problem);
    }

    private static IEnumerable<DataOptionFault> Faults(DataOptions data, KnownSource source)
    {
        if (data.Limit < 1)
            yield return Refused("limit", data.Limit, "at least 1");
        if (data.TestLimit < 1)
            yield return Refused("testLimit", data.TestLimit, "at least 1");
        if (data.Validation is not (>= 0 and < 1))
            yield return Refused("validation", data.Validation, "in [0, 1)");
        foreach (var fault in OfRows(data, source).Concat(source.IsImages ? OfImages(data, source) : []))
            yield return fault;
    }

    private static IEnumerable<DataOptionFault> OfRows(DataOptions data, KnownSource source) => source.Kind switch
    {
        SourceKind.Images => [],
        SourceKind.Generated => OfGenerated(data),
        SourceKind.Text => OfText(data),
        SourceKind.Table => OfTable(data).Concat(OfText(data)),
        SourceKind.Folder => OfTrainFile(data).Concat(OfSplit(data)).Concat(OfText(data)),
        _ => OfTrainFile(data),
    };

    private static IEnumerable<DataOptionFault> OfTrainFile(DataOptions data)
    {
        if (string.IsNullOrWhiteSpace(data.Train))
        {
            yield return new("data.train", $"'data.train' is missing: source = {data.Source} needs the "
                + (KnownSource.Of(data.Source)!.Kind == SourceKind.Folder ? "folder to train on, which holds a folder for each class." : $"file to train on, such as \"mine.{data.Source}\"."));
        }
    }

    private static IEnumerable<DataOptionFault> OfText(DataOptions data)
    {
        if (data.Vocabulary < 1)
            yield return Refused("vocabulary", data.Vocabulary, "at least 1");
        if (data.MaxLength < 1)
            yield return Refused("maxLength", data.MaxLength, "at least 1");
        if (data.Source == DataSources.Bytes && data.MaxLength > BytesFile.MostBytes)
            yield return Refused("maxLength", data.MaxLength, $"at most {BytesFile.MostBytes}");
        if (data is { Unit: TextUnit.Words, Vocabulary: null })
            yield return new("data.unit", "'data.vocabulary' is missing: unit = words needs the number of words that have a token of their own, such as 10000.");
    }

    private static IEnumerable<DataOptionFault> OfGenerated(DataOptions data)
    {
        var least = data.Source == DataSources.Adding ? 2 : 1;
        if (data.Steps < least)
            yield return Refused("steps", data.Steps, $"at least {least}");
    }

    private static IEnumerable<DataOptionFault> OfSplit(DataOptions data)
    {
        if (data.TestFraction is not (null or (> 0 and < 1)))
            yield return Refused("testFraction", data.TestFraction, "in (0, 1)");
    }

    private static IEnumerable<DataOptionFault> OfTable(DataOptions data)
    {
        foreach (var fault in OfTrainFile(data).Concat(OfSplit(data)))
            yield return fault;
        if (data.Source == DataSources.JsonLines && data.Values is { Count: not 1 })
            yield return Refused("values", $"a list of {data.Values.Count}", "the one property that holds the numbers");
        if (data.Source != DataSources.JsonLines && data.Values is { Count: 0 })
            yield return Refused("values", "a list of 0", "at least one column");
        var label = data.Label ?? InputColumns.DefaultLabel;
        if (data.Text == label)
            yield return Refused("text", $"\"{label}\"", "another column than the label's (data.label)");
        if (data.Values?.Contains(label) == true)
            yield return Refused("values", $"a list with \"{label}\" in it", "other columns than the label's (data.label)");
        if (data.Values?.GroupBy(name => name).FirstOrDefault(same => same.Count() > 1) is { Key: var twice })
            yield return Refused("values", $"a list with \"{twice}\" twice", "different columns");
    }

    private static IEnumerable<DataOptionFault> OfImages(DataOptions data, KnownSource source)
    {
        var shape = source.ShapeOf(data);
        if (source.IsScaled && data.Size is null)
            yield return new("data.size", $"'data.size' is missing: source = {data.Source} needs the side, in pixels, that images are scaled to.");
        if (data.Size is < 1 or > KnownSource.LargestSize)
        {
            yield return Refused("size", data.Size, $"from 1 to {KnownSource.LargestSize}");
            yield break; // the keys below are held against it
        }
        if (data.Levels < 2 || data.Levels > shape.Levels)
            yield return Refused("levels", data.Levels, $"from 2 to {shape.Levels}, the levels of {source.Name}");
        var side = shape.Height;
        if (data.Downscale is { } factor && (factor < 1 || side % factor != 0))
        {
            yield return Refused("downscale", factor,
                $"a factor that divides {side}, the side of {source.Name}: {string.Join(", ", Enumerable.Range(1, side).Where(whole => side % whole == 0))}");
        }
        if (data.CropPadding is { } padding && (padding < 0 || padding >= side))
            yield return Refused("cropPadding", padding, $"from 0 to {side - 1}, less than the side of {source.Name}");
    }

    private static DataOptionFault Refused(string key, object? found, string allowed, string hint = "") =>
        new($"data.{key}", $"'data.{key}' is {found}; it must be {allowed}.{hint}");

    private static bool IsGiven(DataOptions data, string key) => key switch
    {
        "train" => data.Train is not null,
        "test" => data.Test is not null,
        "testFraction" => data.TestFraction is not null,
        "label" => data.Label is not null,
        "text" => data.Text is not null,
        "values" => data.Values is not null,
        "unit" => data.Unit is not null,
        "vocabulary" => data.Vocabulary is not null,
        "maxLength" => data.MaxLength is not null,
        "validation" => data.Validation != 0,
        "standardize" => data.Standardize is not null,
        "missing" => data.Missing is not null,
        "encoding" => data.Encoding is not null,
        "downscale" => data.Downscale is not null,
        "levels" => data.Levels is not null,
        "steps" => data.Steps is not null,
        "permutationSeed" => data.PermutationSeed is not null,
        "size" => data.Size is not null,
        "grey" => data.Grey is not null,
        "box" => data.Box is not null,
        "flip" => data.Flip is not null,
        "cropPadding" => data.CropPadding is not null,
        _ => false, // splitSeed always has a value
    };
}
