namespace Recollect.Data;

/// <summary>Refuses options that the source does not read, or cannot: a key without effect would mislead whoever wrote it.</summary>
internal static class DataOptionRules
{
    /// <exception cref="RecipeException">The source is unknown, or a key is unread, missing or out of range.</exception>
    public static void Check(DataOptions data)
    {
        if (!DataSources.All.Contains(data.Source))
        {
            var nearest = Spelling.Hint(data.Source ?? "", DataSources.All);
            throw new RecipeException($"data.source: there is no source '{data.Source}'; expected one of {string.Join(", ", DataSources.All)}.{nearest}");
        }
        if (data.Source is DataSources.Csv or DataSources.JsonLines)
            CheckTable(data);
        else
            CheckImages(data);
        CheckRanges(data);
    }

    private static void CheckTable(DataOptions data)
    {
        const string images = "only image sources do";
        Unread(data, data.Encoding, "encoding", "text is always tokens, and numeric values are always reals");
        Unread(data, data.Downscale, "downscale", images);
        Unread(data, data.Levels, "levels", images);
        Unread(data, data.PermutationSeed, "permutationSeed", images);
        if (string.IsNullOrEmpty(data.Train))
            throw new RecipeException($"data.train: source '{data.Source}' needs the file to train on; found none.");
        if (data.Test is not null)
            Unread(data, data.TestFraction, "testFraction", "data.test names a file");
        if (data.Text is not null)
        {
            Unread(data, data.Values, "values", "data.text names the steps");
            Unread(data, data.Standardize, "standardize", "text is tokens");
        }
        if (data.Source == DataSources.JsonLines && data.Values is { Count: not 1 } several)
            throw new RecipeException($"data.values: source 'jsonl' reads one property that lists the numbers; found {several.Count} names.");
        if (data.Values is { Count: 0 })
            throw new RecipeException("data.values: found an empty list; expected the numeric columns, or leave the key out for all but the label.");
    }

    private static void CheckImages(DataOptions data)
    {
        const string tables = "only csv and jsonl do";
        Unread(data, data.Train, "train", tables);
        Unread(data, data.Test, "test", tables);
        Unread(data, data.TestFraction, "testFraction", tables);
        Unread(data, data.Label, "label", tables);
        Unread(data, data.Text, "text", tables);
        Unread(data, data.Values, "values", tables);
        Unread(data, data.Standardize, "standardize", tables);
        if (ImageSource.EncodingOf(data) == StepEncoding.Reals)
            Unread(data, data.Levels, "levels", "its steps are reals");
    }

    private static void CheckRanges(DataOptions data)
    {
        Require(data.Validation is >= 0 and < 1, "validation", data.Validation, "a fraction in [0, 1)");
        Require(data.TestFraction is null or (> 0 and < 1), "testFraction", data.TestFraction, "a fraction in (0, 1)");
        Require(data.Downscale is null or >= 1, "downscale", data.Downscale, "a whole factor of at least 1");
        Require(data.Limit is null or >= 1, "limit", data.Limit, "at least 1 row");
        Require(data.TestLimit is null or >= 1, "testLimit", data.TestLimit, "at least 1 row");
    }

    private static void Unread(DataOptions data, object? given, string key, string why)
    {
        if (given is not null)
            throw new RecipeException($"data.{key}: source '{data.Source}' does not read this key: {why}. Remove it.");
    }

    private static void Require(bool holds, string key, object? found, string expected)
    {
        if (!holds)
            throw new RecipeException($"data.{key}: found {found}; expected {expected}.");
    }
}
