using Recollect.Sequences;

namespace Recollect.Data;

/// <summary>What a recipe may say about a data source before any of its files is opened.</summary>
/// <param name="Name">The value of <c>data.source</c>.</param>
/// <param name="Shape">Images: the shape of every one; null where the source is not images.</param>
/// <param name="DefaultEncoding">Images: what pixels become where the recipe does not say.</param>
public sealed record KnownSource(string Name, ImageShape? Shape = null, StepEncoding DefaultEncoding = StepEncoding.Tokens)
{
    internal static ImageShape IdxShape { get; } = new(28, 28, 1, 256);

    /// <summary>Every source, in the order in which messages list them.</summary>
    public static IReadOnlyList<KnownSource> All { get; } =
    [
        new(DataSources.Digits, DigitsReader.Shape),
        new(DataSources.Mnist, IdxShape),
        new(DataSources.FashionMnist, IdxShape),
        new(DataSources.Cifar10, CifarReader.Shape, StepEncoding.Reals),
        new(DataSources.Csv),
        new(DataSources.JsonLines),
    ];

    /// <summary>Whether rows are images of a fixed size.</summary>
    public bool IsImages => Shape is not null;

    /// <summary>Images: rows, and columns, of a pixel grid; 0 where the source is not images.</summary>
    public int Side => Shape?.Height ?? 0;

    /// <summary>Images: grey levels of a component; 0 where the source is not images.</summary>
    public int Levels => Shape?.Levels ?? 0;

    /// <summary>Whole factors that divide both sides.</summary>
    public IEnumerable<int> Downscales => Enumerable.Range(1, Side).Where(factor => Side % factor == 0);

    /// <summary>The source called <paramref name="name"/>, or null.</summary>
    public static KnownSource? Of(string? name) => All.FirstOrDefault(source => source.Name == name);

    /// <summary>Images: what the pixels become, whether given or by default.</summary>
    public StepEncoding EncodingOf(DataOptions data) => data.Encoding ?? DefaultEncoding;

    /// <summary>The keys of section <c>data</c> that this source does not read under the other values, each with the reason.</summary>
    public IReadOnlyDictionary<string, string> Unread(DataOptions data)
    {
        string[] tables = ["train", "test", "testFraction", "label", "text", "values", "standardize"];
        string[] images = ["downscale", "levels", "permutationSeed"];
        var unread = (IsImages ? tables : images).ToDictionary(
            key => key, _ => IsImages ? "only the sources csv and jsonl read it" : "only sources of images read it");
        if (!IsImages)
            unread.TryAdd("encoding", "text is always tokens, numeric values always reals");
        else if (EncodingOf(data) == StepEncoding.Reals)
            unread.TryAdd("levels", "only encoding = tokens reads it");
        if (data.Test is not null)
            unread.TryAdd("testFraction", "'data.test' names the rows to test on");
        if (data.Text is not null)
        {
            unread.TryAdd("values", "'data.text' names the sequence");
            unread.TryAdd("standardize", "only numeric values read it");
        }
        if (data.Validation <= 0 && (IsImages || data.Test is not null))
            unread.TryAdd("splitSeed", "no split is drawn, as 'data.validation' is 0 and the test rows are published or named");
        return unread;
    }
}
