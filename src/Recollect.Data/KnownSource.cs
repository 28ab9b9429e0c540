using Recollect.Sequences;

namespace Recollect.Data;

/// <summary>What the rows of a source are.</summary>
public enum SourceKind
{
    /// <summary>Published images of one size.</summary>
    Images,

    /// <summary>Published texts.</summary>
    Text,

    /// <summary>A user's own table of texts or numbers.</summary>
    Table,

    /// <summary>Steps that were made of another source.</summary>
    Packed,
}

/// <summary>What a recipe may say about a data source before any of its files is opened.</summary>
/// <param name="Name">The value of <c>data.source</c>.</param>
/// <param name="Kind">What its rows are.</param>
/// <param name="Shape">Images: the shape of every one; null where the source is not images.</param>
/// <param name="DefaultEncoding">Images: what pixels become where the recipe does not say.</param>
public sealed record KnownSource(string Name, SourceKind Kind, ImageShape? Shape = null, StepEncoding DefaultEncoding = StepEncoding.Tokens)
{
    internal static ImageShape IdxShape { get; } = new(28, 28, 1, 256);

    /// <summary>Every source, in the order in which messages list them.</summary>
    public static IReadOnlyList<KnownSource> All { get; } =
    [
        new(DataSources.Digits, SourceKind.Images, DigitsReader.Shape),
        new(DataSources.Mnist, SourceKind.Images, IdxShape),
        new(DataSources.FashionMnist, SourceKind.Images, IdxShape),
        new(DataSources.Cifar10, SourceKind.Images, CifarReader.Shape, StepEncoding.Reals),
        new(DataSources.Dbpedia, SourceKind.Text),
        new(DataSources.Csv, SourceKind.Table),
        new(DataSources.JsonLines, SourceKind.Table),
        new(DataSources.Ts, SourceKind.Table),
        new(DataSources.Parquet, SourceKind.Table),
        new(DataSources.Packed, SourceKind.Packed),
    ];

    /// <summary>Whether rows are images of a fixed size.</summary>
    public bool IsImages => Kind == SourceKind.Images;

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

    /// <summary>Whether rows are texts.</summary>
    public bool IsText(DataOptions data) => Kind == SourceKind.Text || (Kind == SourceKind.Table && data.Text is not null);

    /// <summary>The keys of section <c>data</c> that this source does not read under the other values, each with the reason.</summary>
    public IReadOnlyDictionary<string, string> Unread(DataOptions data)
    {
        string[] tables = ["train", "test", "testFraction", "standardize"];
        string[] columns = ["label", "text", "values"];
        string[] images = ["downscale", "levels", "permutationSeed"];
        string[] texts = ["unit", "vocabulary", "maxLength"];
        if (Kind == SourceKind.Packed)
        {
            return ((string[])[.. tables[1..], .. columns, "missing", .. images, .. texts, "encoding", "validation", "splitSeed"])
                .ToDictionary(key => key, _ => "'recollect data pack' has decided it");
        }
        var unread = new Dictionary<string, string>();
        void Add(IEnumerable<string> keys, string reason)
        {
            foreach (var key in keys)
                unread.TryAdd(key, reason);
        }
        void Only(IReadOnlyList<string> sources, IEnumerable<string> keys)
        {
            if (!sources.Contains(Name))
                Add(keys, $"only the sources {string.Join(", ", sources.Take(sources.Count - 1))} and {sources[^1]} read it");
        }
        Only(DataSources.Tables, tables);
        Only(DataSources.Columned, columns);
        Only(DataSources.Gapped, ["missing"]);
        if (!IsImages)
            Add(images, "only sources of images read it");
        if (!IsText(data))
            Add(texts, Kind == SourceKind.Table ? "'data.text' names no text" : "only sources of text read it");
        if (!IsImages)
            Add(["encoding"], "text is always tokens, numeric values always reals");
        else if (EncodingOf(data) == StepEncoding.Reals)
            Add(["levels"], "only encoding = tokens reads it");
        if (data.Test is not null)
            Add(["testFraction"], "'data.test' names the rows to test on");
        if (data.Text is not null)
        {
            Add(["values"], "'data.text' names the sequence");
            Add(["standardize", "missing"], "only numeric values read it");
        }
        if (data.Unit is null or TextUnit.Bytes)
            Add(["vocabulary"], "unit = bytes needs none, as a byte is one of 256");
        if (data.Validation <= 0 && (Kind != SourceKind.Table || data.Test is not null))
            Add(["splitSeed"], "no split is drawn, as 'data.validation' is 0 and the test rows are published or named");
        return unread;
    }
}
