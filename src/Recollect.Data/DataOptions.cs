using Recollect.Sequences;

namespace Recollect.Data;

/// <summary>What a step of an image or a numeric row becomes.</summary>
public enum StepEncoding
{
    /// <summary>Integers: grey levels, one channel after the other for colour; bytes for text.</summary>
    Tokens,

    /// <summary>Floats: image components scaled to [0, 1], numeric columns as they are or standardised.</summary>
    Reals,
}

/// <summary>Where sequences come from and what becomes of them: the recipe's section <c>data</c>.</summary>
/// <remarks>Keys that a source does not read are null unless given, and giving them is an error of the recipe.</remarks>
public sealed record DataOptions
{
    /// <summary><see cref="TestFraction"/> where none is given.</summary>
    public const double DefaultTestFraction = 0.2;

    /// <summary>Generated rows: steps, rows to train on and rows to test on where none are given.</summary>
    public const int DefaultSteps = 100, DefaultRows = 10_000, DefaultTestRows = 1_000;

    /// <summary>One of <see cref="DataSources.All"/>.</summary>
    public string Source { get; init; } = "digits";

    /// <summary>csv, jsonl, ts, parquet: the file to train on; packed: the packed file; images, bytes: the folder: as it is where rooted, else in the data folder, else in the working folder.</summary>
    public string? Train { get; init; }

    /// <summary>Own files: the file or folder to test on; unset: <see cref="TestFraction"/> of the training rows, drawn by <see cref="SplitSeed"/>.</summary>
    public string? Test { get; init; }

    /// <summary>Own files: the fraction of rows to test on where <see cref="Test"/> is unset, in (0, 1); default 0.2.</summary>
    public double? TestFraction { get; init; }

    /// <summary>csv, jsonl, parquet: the column (property) that holds the label; default "label".</summary>
    public string? Label { get; init; }

    /// <summary>csv, jsonl, parquet: the column (property) that holds text.</summary>
    public string? Text { get; init; }

    /// <summary>Text: what a step of it is; default bytes.</summary>
    public TextUnit? Unit { get; init; }

    /// <summary>Text as characters or words: the most frequent of the training rows that have a token of their own, beside one for all others; characters: unset: all.</summary>
    public int? Vocabulary { get; init; }

    /// <summary>Text: the units after which a row is cut; unset: none.</summary>
    public int? MaxLength { get; init; }

    /// <summary>csv, parquet: the numeric columns, in order; default all but the label. jsonl, and parquet too: the one property (column) that holds the list of numbers (or of lists of numbers); default "values".</summary>
    public IReadOnlyList<string>? Values { get; init; }

    /// <summary>Images: the side of the square that every image is scaled to, in pixels; null, for sets of one size: not scaled.</summary>
    public int? Size { get; init; }

    /// <summary>images, stanford-dogs: grey levels in the place of colours; default false.</summary>
    public bool? Grey { get; init; }

    /// <summary>stanford-dogs: each image is cut to the first box of its annotation; default false.</summary>
    public bool? Box { get; init; }

    /// <summary>Tokens or reals. Images: by default tokens where they are grey, reals where they have colour. Text is always tokens, numeric values always reals.</summary>
    public StepEncoding? Encoding { get; init; }

    /// <summary>Images: the whole factor by which both sides shrink, by averaging; default 1. It must divide both.</summary>
    public int? Downscale { get; init; }

    /// <summary>Images as tokens: grey levels V that the pixel's own levels are mapped onto; default the source's own (256; digits 17).</summary>
    public int? Levels { get; init; }

    /// <summary>One fixed, uniform random permutation of every image's pixels (pMNIST), from this seed; unset: none.</summary>
    public long? PermutationSeed { get; init; }

    /// <summary>Images: an image that is trained on is mirrored with probability ½, drawn anew for every update; default false.</summary>
    public bool? Flip { get; init; }

    /// <summary>Images: an image that is trained on is framed with so many pixels of zeros on every side, and a piece of its own size cut out, drawn anew for every update; default 0.</summary>
    public int? CropPadding { get; init; }

    /// <summary>Numeric values: subtract the mean and divide by the standard deviation of each component over the training rows; default false.</summary>
    public bool? Standardize { get; init; }

    /// <summary>ts, parquet: what becomes of numbers that are not there, before any standardising; default: they are refused.</summary>
    public MissingValues? Missing { get; init; }

    /// <summary>copying: the delay T, in rows of T + 20 steps, at least 1; adding: the row's steps, at least 2; default 100.</summary>
    public int? Steps { get; init; }

    /// <summary>Only the first so many training rows are used; unset: all, of made ones 10,000.</summary>
    public int? Limit { get; init; }

    /// <summary>Only the first so many test rows are used; unset: all, of made ones 1,000.</summary>
    public int? TestLimit { get; init; }

    /// <summary>The fraction of training rows held out for validation, in [0, 1); 0: none.</summary>
    public double Validation { get; init; }

    /// <summary>The seed of the validation (and test) split, and of rows that are made; apart from the run's seed, so that seeds are compared on one split.</summary>
    public long SplitSeed { get; init; }
}
