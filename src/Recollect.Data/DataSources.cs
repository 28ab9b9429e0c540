namespace Recollect.Data;

/// <summary>The names that the recipe's key <c>data.source</c> may take.</summary>
public static class DataSources
{
    /// <summary>The embedded 8×8 handwritten digits.</summary>
    public const string Digits = "digits";

    /// <summary>MNIST's handwritten digits, 28×28.</summary>
    public const string Mnist = "mnist";

    /// <summary>Fashion-MNIST's articles, 28×28.</summary>
    public const string FashionMnist = "fashion-mnist";

    /// <summary>CIFAR-10's colour images, 32×32×3.</summary>
    public const string Cifar10 = "cifar-10";

    /// <summary>DBpedia's articles in 14 classes.</summary>
    public const string Dbpedia = "dbpedia";

    /// <summary>Copying memory, made row by row.</summary>
    public const string Copying = "copying";

    /// <summary>The adding problem, made row by row.</summary>
    public const string Adding = "adding";

    /// <summary>A user's own comma-separated tables.</summary>
    public const string Csv = "csv";

    /// <summary>A user's own JSON Lines.</summary>
    public const string JsonLines = "jsonl";

    /// <summary>A user's own .ts files, the time-series archive's format.</summary>
    public const string Ts = "ts";

    /// <summary>A user's own Parquet tables.</summary>
    public const string Parquet = "parquet";

    /// <summary>Stanford Dogs, photographs of 120 breeds, scaled to one size.</summary>
    public const string StanfordDogs = "stanford-dogs";

    /// <summary>A user's own JPEG and PNG files, a folder a class, scaled to one size.</summary>
    public const string Images = "images";

    /// <summary>A user's own files of any kind as bytes, a folder a class.</summary>
    public const string Bytes = "bytes";

    /// <summary>A file that <c>recollect data pack</c> made of any other source.</summary>
    public const string Packed = "packed";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> All { get; } = [Digits, Mnist, FashionMnist, Cifar10, Dbpedia, StanfordDogs, Images, Bytes, .. Tables, .. Generated, Packed];

    /// <summary>Those whose rows no file holds.</summary>
    internal static IReadOnlyList<string> Generated => [Copying, Adding];

    /// <summary>Those that read tables of the user's own.</summary>
    internal static IReadOnlyList<string> Tables => [Csv, JsonLines, Ts, Parquet];

    /// <summary>Those whose files name their columns (properties).</summary>
    internal static IReadOnlyList<string> Columned => [Csv, JsonLines, Parquet];

    /// <summary>Those that may lack numbers.</summary>
    internal static IReadOnlyList<string> Gapped => [Ts, Parquet];
}
