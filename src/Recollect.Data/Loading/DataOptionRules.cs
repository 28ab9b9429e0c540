namespace Recollect.Data;

/// <summary>Refuses options that the source does not read, or cannot: a key without effect would mislead whoever wrote it.</summary>
internal static class DataOptionRules
{
    /// <exception cref="RecipeException">The source is unknown, or a key is unread, missing or out of range.</exception>
    public static void Check(DataOptions data)
    {
        if (KnownSource.Of(data.Source) is not { } source)
        {
            var nearest = Spelling.Hint(data.Source ?? "", DataSources.All);
            throw new RecipeException($"data.source: there is no source '{data.Source}'; expected one of {string.Join(", ", DataSources.All)}.{nearest}");
        }
        if (source.Unread(data).FirstOrDefault(key => IsGiven(data, key.Key)) is { Key: { } unread, Value: var reason })
            throw new RecipeException($"data.{unread}: source '{data.Source}' does not read this key: {reason}. Remove it.");
        if (!source.IsImages)
            CheckTable(data);
        CheckRanges(data);
    }

    private static bool IsGiven(DataOptions data, string key) => key switch
    {
        "train" => data.Train is not null,
        "test" => data.Test is not null,
        "testFraction" => data.TestFraction is not null,
        "label" => data.Label is not null,
        "text" => data.Text is not null,
        "values" => data.Values is not null,
        "standardize" => data.Standardize is not null,
        "encoding" => data.Encoding is not null,
        "downscale" => data.Downscale is not null,
        "levels" => data.Levels is not null,
        "permutationSeed" => data.PermutationSeed is not null,
        _ => false, // splitSeed always has a value
    };

    private static void CheckTable(DataOptions data)
    {
        if (string.IsNullOrEmpty(data.Train))
            throw new RecipeException($"data.train: source '{data.Source}' needs the file to train on; found none.");
        if (data.Source == DataSources.JsonLines && data.Values is { Count: not 1 } several)
            throw new RecipeException($"data.values: source 'jsonl' reads one property that lists the numbers; found {several.Count} names.");
        if (data.Values is { Count: 0 })
            throw new RecipeException("data.values: found an empty list; expected the numeric columns, or leave the key out for all but the label.");
    }

    private static void CheckRanges(DataOptions data)
    {
        Require(data.Validation is >= 0 and < 1, "validation", data.Validation, "a fraction in [0, 1)");
        Require(data.TestFraction is null or (> 0 and < 1), "testFraction", data.TestFraction, "a fraction in (0, 1)");
        Require(data.Downscale is null or >= 1, "downscale", data.Downscale, "a whole factor of at least 1");
        Require(data.Limit is null or >= 1, "limit", data.Limit, "at least 1 row");
        Require(data.TestLimit is null or >= 1, "testLimit", data.TestLimit, "at least 1 row");
    }

    private static void Require(bool holds, string key, object? found, string expected)
    {
        if (!holds)
            throw new RecipeException($"data.{key}: found {found}; expected {expected}.");
    }
}
