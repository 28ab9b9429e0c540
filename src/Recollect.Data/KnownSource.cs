using Recollect.Sequences;

namespace Recollect.Data;

/// <summary>What the rows of a source are.</summary>
internal enum SourceKind
{
    /// <summary>Published images of one size.</summary>
    Images,

    /// <summary>Published texts.</summary>
    Text,

    /// <summary>A user's own table of texts or numbers.</summary>
    Table,

    /// <summary>A user's own folder that holds a folder of files for each class.</summary>
    Folder,

    /// <summary>Rows that are made when they are asked for.</summary>
    Generated,

    /// <summary>Steps that were made of another source.</summary>
    Packed,
}

/// <summary>What a recipe may say about a data source before any of its files is opened.</summary>
/// <param name="Name">The value of <c>data.source</c>.</param>
/// <param name="Kind">What its rows are.</param>
/// <param name="Shape">Images of one published shape: that shape.</param>
internal sealed record KnownSource(string Name, SourceKind Kind, ImageShape? Shape = null)
{
    /// <summary>The largest side that images may be scaled to.</summary>
    public const int LargestSize = 4096;

    private static readonly string[] Scaled = [DataSources.Images, DataSources.StanfordDogs];
    private static readonly string[] Own = [.. DataSources.Tables, DataSources.Images, DataSources.Bytes];

    /// <summary>The sources that read a key, for keys that only some read; those of images, <see cref="ImageKeys"/>, aside.</summary>
    private static readonly (string[] Keys, IReadOnlyList<string> Sources)[] Readers =
    [
        (["train"], [.. Own, DataSources.Packed]),
        (["test", "testFraction"], Own),
        (["standardize"], DataSources.Tables),
        (["label", "text", "values"], DataSources.Columned),
        (["missing"], DataSources.Gapped),
        (["steps"], DataSources.Generated),
        (["size"], [DataSources.Digits, DataSources.Mnist, DataSources.FashionMnist, DataSources.Cifar10, .. Scaled]),
        (["grey"], Scaled),
        (["box"], [DataSources.StanfordDogs]),
    ];

    private static readonly string[] ImageKeys = ["downscale", "levels", "permutationSeed", "flip", "cropPadding"];

    internal static ImageShape IdxShape { get; } = new(28, 28, 1, 256);

    /// <summary>Every source, in the order in which messages list them.</summary>
    public static IReadOnlyList<KnownSource> All { get; } =
    [
        new(DataSources.Digits, SourceKind.Images, DigitsReader.Shape),
        new(DataSources.Mnist, SourceKind.Images, IdxShape),
        new(DataSources.FashionMnist, SourceKind.Images, IdxShape),
        new(DataSources.Cifar10, SourceKind.Images, CifarReader.Shape),
        new(DataSources.Dbpedia, SourceKind.Text),
        new(DataSources.StanfordDogs, SourceKind.Images),
        new(DataSources.Images, SourceKind.Folder),
        new(DataSources.Bytes, SourceKind.Folder),
        new(DataSources.Csv, SourceKind.Table),
        new(DataSources.JsonLines, SourceKind.Table),
        new(DataSources.Ts, SourceKind.Table),
        new(DataSources.Parquet, SourceKind.Table),
        new(DataSources.Copying, SourceKind.Generated),
        new(DataSources.Adding, SourceKind.Generated),
        new(DataSources.Packed, SourceKind.Packed),
    ];

    /// <summary>Whether rows are images, of a fixed size or scaled to one.</summary>
    public bool IsImages => Shape is not null || IsScaled;

    /// <summary>Whether rows are images of any size, which a recipe's <c>size</c> and <c>grey</c> give their shape.</summary>
    public bool IsScaled => Scaled.Contains(Name);

    /// <summary>Whether rows are those of a file with columns or properties.</summary>
    public bool IsTable => Kind == SourceKind.Table;

    /// <summary>Whether rows are a user's own, without a published split.</summary>
    public bool IsOwn => Kind is SourceKind.Table or SourceKind.Folder;

    /// <summary>The source called <paramref name="name"/>, or null.</summary>
    public static KnownSource? Of(string? name) => All.FirstOrDefault(source => source.Name == name);

    /// <summary>Images: their shape when they have been scaled; a side that is missing counts as 1.</summary>
    public ImageShape ShapeOf(DataOptions data) => Shape is { } own
        ? own with { Height = data.Size ?? own.Height, Width = data.Size ?? own.Width }
        : new ImageShape(data.Size ?? 1, data.Size ?? 1, data.Grey == true ? 1 : 3, 256);

    /// <summary>Images: what the pixels become, whether given or by default.</summary>
    public StepEncoding EncodingOf(DataOptions data) => data.Encoding ?? (ShapeOf(data).Channels == 1 ? StepEncoding.Tokens : StepEncoding.Reals);

    /// <summary>Whether rows are texts.</summary>
    public bool IsText(DataOptions data) => Kind == SourceKind.Text || (Kind == SourceKind.Table && data.Text is not null);

    /// <summary>The keys of section <c>data</c> that this source does not read under the other values, each with the reason.</summary>
    public IReadOnlyDictionary<string, string> Unread(DataOptions data)
    {
        string[] texts = ["unit", "vocabulary", "maxLength"];
        if (Kind == SourceKind.Packed)
        {
            return ((string[])[.. Readers.SelectMany(reader => reader.Keys), .. ImageKeys, .. texts, "encoding", "validation", "splitSeed"]).Where(key => key != "train")
                .ToDictionary(key => key, _ => "'recollect data pack' has decided it");
        }
        var unread = new Dictionary<string, string>();
        void Add(IEnumerable<string> keys, string reason)
        {
            foreach (var key in keys)
                unread.TryAdd(key, reason);
        }
        foreach (var (keys, sources) in Readers.Where(reader => !reader.Sources.Contains(Name)))
            Add(keys, Reason(sources));
        if (!IsImages)
            Add(ImageKeys, "only sources of images read it");
        if (!IsText(data))
            Add(Name == DataSources.Bytes ? texts[..2] : texts, IsTable ? "'data.text' names no text" : "only sources of text read it");
        if (!IsImages)
            Add(["encoding"], "text and bytes are always tokens, numeric values always reals");
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
        if (data.Validation <= 0 && Kind != SourceKind.Generated && (!IsOwn || data.Test is not null))
            Add(["splitSeed"], "no split is drawn, as 'data.validation' is 0 and the test rows are published or named");
        return unread;
    }

    private static string Reason(IReadOnlyList<string> sources) => sources is [var only]
        ? $"only the source {only} reads it"
        : $"only the sources {string.Join(", ", sources.Take(sources.Count - 1))} and {sources[^1]} read it";
}
