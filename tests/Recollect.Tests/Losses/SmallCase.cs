using Recollect.Losses;
using Recollect.Networks;
using Recollect.Randomness;
using Recollect.Sequences;

namespace Recollect.Tests.Losses;

/// <summary>A problem small enough for finite differences: what a network reads, what is minimised, and where it is cut.</summary>
internal sealed record SmallCase(string Name)
{
    public const int HeadUnits = 5;

    /// <summary>The update whose draws are tested: not the first, so that a key that forgets it is seen.</summary>
    public const int Update = 3;

    /// <summary>The seed of weights, data and draws.</summary>
    public static Seed Draws { get; } = new(20180301);

    public StepFormat Format { get; init; } = StepFormat.Tokens(4);

    public CellKind Cell { get; init; } = CellKind.Lstm;

    public GateKind Gates { get; init; }

    public InputKind Input { get; init; }

    public int Layers { get; init; } = 1;

    public int Hidden { get; init; } = 3;

    public IReadOnlyList<int> Lengths { get; init; } = [9, 9, 9];

    public Truncation Supervised { get; init; } = Truncation.Full;

    public IReadOnlyList<double> ClassWeights { get; init; } = [];

    public double Dropout { get; init; }

    public bool Pretrain { get; init; }

    public Truncation AuxiliaryK { get; init; } = Truncation.Full;

    public IReadOnlyList<AuxiliaryOptions> Auxiliary { get; init; } = [];

    public double Progress { get; init; } = 0.6;

    public int FirstRow { get; init; }

    /// <summary>Numbers of a layer's output.</summary>
    public int StateWidth => Cell == CellKind.Urnn ? 2 * Hidden : Hidden;

    public UpdateContext Context => new(Update, Lengths.Count, Progress);

    /// <summary>A reconstruction of this small size.</summary>
    public static AuxiliaryOptions Reconstruction(int length, int layers = 2, Truncation? decoderBptt = null, double dropout = 0) => new()
    {
        Kind = AuxiliaryKind.Reconstruction,
        Length = [length],
        Decoder = new DecoderOptions { Layers = layers, HeadUnits = HeadUnits, Dropout = dropout, Bptt = decoderBptt },
    };

    /// <summary>A prediction of this small size.</summary>
    public static AuxiliaryOptions Prediction(int length, int layers = 2, double dropout = 0) =>
        Reconstruction(length, layers, null, dropout) with { Kind = AuxiliaryKind.Prediction };

    /// <summary>A loss over whole rows.</summary>
    public static AuxiliaryOptions WholeRows(AuxiliaryKind kind, int layers = 2, double dropout = 0) =>
        Reconstruction(1, layers, null, dropout) with { Kind = kind };

    /// <summary>The sequences: each row's numbers depend on its place alone, so that a longer row begins as a shorter one.</summary>
    public InMemorySequences Sequences(IReadOnlyList<int>? lengths = null)
    {
        var set = new InMemorySequences(Format, ["a", "b", "c"]);
        for (var row = 0; row < Lengths.Count; row++)
        {
            var stream = Draws.Stream("steps", 0, row);
            var length = (lengths ?? Lengths)[row];
            if (Format.Kind == StepKind.Tokens)
                set.AddTokens([.. Enumerable.Range(0, length).Select(_ => stream.Next(Format.Width))], row % 3);
            else
                set.AddReals([.. Enumerable.Range(0, length * Format.Width).Select(_ => (float)stream.NextNormal())], row % 3);
        }
        return set;
    }

    /// <summary>All rows as one batch.</summary>
    public Batch Batch(IReadOnlyList<int>? lengths = null) =>
        Recollect.Sequences.Batch.Of(Sequences(lengths), [.. Enumerable.Range(0, Lengths.Count)], FirstRow);

    /// <summary>One row alone, with its place in the whole batch.</summary>
    public Batch RowAlone(int row) => Recollect.Sequences.Batch.Of(Sequences(), [row], FirstRow + row);

    /// <summary>The rows for the scalar reference.</summary>
    public IReadOnlyList<ScalarRow> ScalarRows()
    {
        var set = Sequences();
        return [.. Enumerable.Range(0, set.Count).Select(row => new ScalarRow([[], .. StepsOf(set, row)], set.LabelOf(row)))];
    }

    public override string ToString() => Name;

    private IEnumerable<double[]> StepsOf(InMemorySequences set, int row)
    {
        if (Format.Kind == StepKind.Tokens)
        {
            var tokens = new int[set.LengthOf(row)];
            set.CopyTokens(row, 0, tokens);
            return tokens.Select(token => new double[] { token });
        }
        var reals = new float[set.LengthOf(row) * Format.Width];
        set.CopyReals(row, 0, reals);
        return reals.Select(value => (double)value).Chunk(Format.Width);
    }
}
