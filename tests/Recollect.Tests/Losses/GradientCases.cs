using Recollect.Losses;
using Recollect.Networks;
using Recollect.Sequences;
using static Recollect.Tests.Losses.SmallCase;

namespace Recollect.Tests.Losses;

/// <summary>The small problems on which gradients are compared: every kind of window, cut, segment and step.</summary>
internal static class GradientCases
{
    private static readonly StepFormat Reals = StepFormat.Reals(2);
    private static readonly IReadOnlyList<int> Unequal = [11, 4, 8];

    /// <summary>All of them.</summary>
    public static IReadOnlyList<SmallCase> All { get; } = [.. Supervised(), .. Reconstructions(), .. Predictions(), .. WholeRows(), .. OtherCells(), .. Together()];

    private static IEnumerable<SmallCase> Supervised()
    {
        yield return new("supervised full, tokens");
        yield return new("supervised full, reals, unequal lengths") { Format = Reals, Lengths = Unequal };
        yield return new("supervised k = 0") { Supervised = new(0) };
        yield return new("supervised k = 1") { Supervised = new(1) };
        yield return new("supervised k = 4, unequal lengths") { Supervised = new(4), Lengths = Unequal };
        yield return new("supervised k = T") { Supervised = new(9) };
        yield return new("supervised k = T − 1, GRU, reals") { Supervised = new(8), Cell = CellKind.Gru, Format = Reals };
        yield return new("supervised k = 3, two layers, class weights") { Supervised = new(3), Layers = 2, ClassWeights = [0.5, 2, 1.25] };
        yield return new("supervised k = 3, GRU of two layers") { Supervised = new(3), Layers = 2, Cell = CellKind.Gru };
        yield return new("supervised k = 3, dropout") { Supervised = new(3), Dropout = 0.4, FirstRow = 2 };
        yield return new("supervised k = 5, one step rows") { Supervised = new(5), Lengths = [1, 7, 2, 5] };
    }

    private static IEnumerable<SmallCase> Reconstructions()
    {
        SmallCase Of(string name, AuxiliaryOptions options) => new($"reconstruction {name}") { Pretrain = true, AuxiliaryK = new(3), Auxiliary = [options] };

        yield return Of("full", Reconstruction(4)) with { AuxiliaryK = Truncation.Full };
        yield return Of("adjacent, decoder cut at k_a with remainder", Reconstruction(4));
        yield return Of("k_a = 1", Reconstruction(4)) with { AuxiliaryK = new(1) };
        yield return Of("k_a = 0", Reconstruction(4)) with { AuxiliaryK = new(0) };
        yield return Of("k_a of its own", Reconstruction(4) with { Bptt = new(2) }) with { AuxiliaryK = Truncation.Full };
        yield return Of("decoder uncut", Reconstruction(5, decoderBptt: Truncation.Full)) with { AuxiliaryK = new(2) };
        yield return Of("decoder cut every 2 of 5", Reconstruction(5, decoderBptt: new(2))) with { AuxiliaryK = Truncation.Full };
        yield return Of("decoder cut every step, one layer", Reconstruction(3, layers: 1, decoderBptt: new(1)));
        yield return Of("reversed", Reconstruction(5, decoderBptt: new(3)) with { Direction = SegmentDirection.Reversed });
        yield return Of("distant", Reconstruction(3) with { Distance = SegmentDistance.Distant, Anchors = AnchorDraw.Row }) with { Lengths = [12, 10, 9] };
        yield return Of("distant reversed reals, row by row", Reconstruction(3, decoderBptt: new(2)) with
        {
            Distance = SegmentDistance.Distant,
            Direction = SegmentDirection.Reversed,
            Anchors = AnchorDraw.Row,
        }) with
        { Format = Reals, Lengths = [12, 7, 9], FirstRow = 4 };
        yield return Of("of the future", Reconstruction(4) with { Side = SegmentSide.Future });
        yield return Of("of the distant future, reversed, reals, row by row", Reconstruction(3) with
        {
            Side = SegmentSide.Future,
            Distance = SegmentDistance.Distant,
            Direction = SegmentDirection.Reversed,
            Anchors = AnchorDraw.Row,
        }) with
        { Format = Reals, Lengths = [12, 7, 9, 3] };
        yield return Of("reals", Reconstruction(4)) with { Format = Reals };
        yield return Of("GRU", Reconstruction(4)) with { Cell = CellKind.Gru };
        yield return Of("two main layers", Reconstruction(4)) with { Layers = 2 };
        yield return Of("two main layers of GRU, reals", Reconstruction(4, layers: 1)) with { Layers = 2, Cell = CellKind.Gru, Format = Reals };
        yield return Of("shortened and impossible rows", Reconstruction(5)) with { Lengths = [10, 5, 3, 2] };
        yield return Of("skipped rows", Reconstruction(5) with { TooShort = TooShort.Skip }) with { Lengths = [10, 5, 8, 6] };
        yield return Of("three segments", Reconstruction(3) with { Segments = 3, Anchors = AnchorDraw.Row });
        yield return Of("mixed lengths, shortened and skipped", Reconstruction(3) with { Length = [2, 5, 3] }) with { Lengths = Unequal };
        yield return Of("mixed lengths, reversed, dropout", Reconstruction(3, dropout: 0.3) with
        {
            Length = [4, 1, 3],
            Direction = SegmentDirection.Reversed,
        }) with
        { FirstRow = 1 };
        yield return Of("free", Reconstruction(5, decoderBptt: new(2)) with { Input = DecoderInputMode.Free, Segments = 2, Anchors = AnchorDraw.Row });
        yield return Of("free, reals, uncut", Reconstruction(5, decoderBptt: Truncation.Full) with { Input = DecoderInputMode.Free }) with { Format = Reals };
        yield return Of("scheduled, reversed, mixed lengths, dropout", Reconstruction(3, dropout: 0.3) with
        {
            Length = [5, 3],
            Input = DecoderInputMode.Scheduled,
            ScheduledMaximum = 0.9,
            Direction = SegmentDirection.Reversed,
        }) with
        { Lengths = Unequal, FirstRow = 5 };
        yield return Of("scheduled, reals", Reconstruction(5) with { Input = DecoderInputMode.Scheduled }) with { Format = Reals, Progress = 1 };
    }

    private static IEnumerable<SmallCase> Predictions()
    {
        SmallCase Of(string name, AuxiliaryOptions options, int k) => new($"prediction {name}") { Pretrain = true, AuxiliaryK = new(k), Auxiliary = [options] };

        yield return Of("k_a = 2 of l = 5", Prediction(5), 2);
        yield return Of("k_a = l", Prediction(4), 4);
        yield return Of("k_a = 1, one layer", Prediction(4, layers: 1), 1);
        yield return Of("full", Prediction(5), int.MaxValue);
        yield return Of("reals", Prediction(5), 3) with { Format = Reals };
        yield return Of("GRU", Prediction(5), 3) with { Cell = CellKind.Gru };
        yield return Of("two main layers", Prediction(5), 3) with { Layers = 2 };
        yield return Of("GRU of two layers, reals, row by row", Prediction(4, layers: 1) with { Anchors = AnchorDraw.Row }, 3) with
        {
            Layers = 2,
            Cell = CellKind.Gru,
            Format = Reals,
            FirstRow = 3,
        };
        yield return Of("shortened and impossible rows", Prediction(5), 2) with { Lengths = [10, 4, 2, 1] };
        yield return Of("skipped rows", Prediction(5) with { TooShort = TooShort.Skip }, 2) with { Lengths = [10, 5, 8, 6] };
        yield return Of("mixed lengths, dropout", Prediction(5, dropout: 0.3) with { Length = [5, 1, 3], Anchors = AnchorDraw.Row }, 2) with
        {
            Lengths = Unequal,
        };
    }

    private static IEnumerable<SmallCase> WholeRows()
    {
        SmallCase Of(string name, AuxiliaryOptions options, int k) => new(name) { Pretrain = true, AuxiliaryK = new(k), Auxiliary = [options] };
        AuxiliaryOptions model = SmallCase.WholeRows(AuxiliaryKind.LanguageModel), auto = SmallCase.WholeRows(AuxiliaryKind.Autoencoder), masked = SmallCase.WholeRows(AuxiliaryKind.Masked);

        yield return Of("language model", model, int.MaxValue);
        yield return Of("language model cut every 3, unequal rows, reals", model, 3) with { Format = Reals, Lengths = [8, 1, 2, 5] };
        yield return Of("language model of two GRU layers, dropout", SmallCase.WholeRows(AuxiliaryKind.LanguageModel, dropout: 0.3), 4) with { Cell = CellKind.Gru, Layers = 2, FirstRow = 2 };
        yield return Of("language model from step 4 on", model with { From = 4 }, 2) with { Lengths = [8, 3, 4, 6] };
        yield return Of("autoencoder", auto, int.MaxValue);
        yield return Of("autoencoder cut every 3, unequal rows, reals", auto, 3) with { Format = Reals, Lengths = [8, 1, 2, 5] };
        yield return Of("autoencoder of one layer, reversed, scheduled", SmallCase.WholeRows(AuxiliaryKind.Autoencoder, layers: 1) with
        {
            Direction = SegmentDirection.Reversed,
            Input = DecoderInputMode.Scheduled,
        }, 4);
        yield return Of("autoencoder of two GRU layers, dropout", SmallCase.WholeRows(AuxiliaryKind.Autoencoder, dropout: 0.3), 4) with { Cell = CellKind.Gru, Layers = 2, FirstRow = 2 };
        yield return Of("masked", masked with { MaskFraction = 0.4 }, int.MaxValue);
        yield return Of("masked, cut every 3, unequal rows, reals", masked with { MaskFraction = 0.5 }, 3) with { Format = Reals, Lengths = [8, 1, 2, 5], FirstRow = 3 };
        yield return Of("masked, GRU of two layers, dropout", SmallCase.WholeRows(AuxiliaryKind.Masked, dropout: 0.3) with { MaskFraction = 0.3 }, 4) with { Cell = CellKind.Gru, Layers = 2 };
        yield return new("supervised with a language model, an autoencoder and masked steps")
        {
            Supervised = new(4),
            AuxiliaryK = new(3),
            Auxiliary = [model with { Weight = 0.5 }, auto with { Weight = 2 }, masked with { MaskFraction = 0.5 }],
            Lengths = Unequal,
        };
    }

    // Every other cell under the supervised loss and under each kind of auxiliary loss, and raw reals.
    private static IEnumerable<SmallCase> OtherCells()
    {
        (string Name, SmallCase Of)[] cells =
        [
            ("iRNN", new("") { Cell = CellKind.Irnn }),
            ("uRNN", new("") { Cell = CellKind.Urnn }),
            ("UR-LSTM", new("") { Gates = GateKind.Refined }),
            ("LSTM of raw reals", new("") { Input = InputKind.Raw, Format = Reals }),
        ];
        foreach (var (name, cell) in cells)
        {
            yield return cell with { Name = $"{name}, full" };
            yield return cell with { Name = $"{name} of two layers, k = 4, reals, unequal", Layers = 2, Supervised = new(4), Format = Reals, Lengths = Unequal };
            yield return cell with { Name = $"{name}, reconstruction", Pretrain = true, AuxiliaryK = new(3), Auxiliary = [Reconstruction(4)] };
            yield return cell with { Name = $"{name}, prediction", Pretrain = true, AuxiliaryK = new(2), Auxiliary = [Prediction(5)] };
            yield return cell with { Name = $"{name}, language model", Pretrain = true, AuxiliaryK = new(3), Auxiliary = [SmallCase.WholeRows(AuxiliaryKind.LanguageModel)] };
            yield return cell with { Name = $"{name}, autoencoder, unequal", Lengths = Unequal, Pretrain = true, AuxiliaryK = new(3), Auxiliary = [SmallCase.WholeRows(AuxiliaryKind.Autoencoder)] };
            yield return cell with { Name = $"{name}, masked", Pretrain = true, AuxiliaryK = new(3), Auxiliary = [SmallCase.WholeRows(AuxiliaryKind.Masked)] };
            yield return cell with { Name = $"{name}, r+p", Supervised = new(3), AuxiliaryK = new(2), Auxiliary = [Reconstruction(3), Prediction(4)] };
        }
    }

    // A supervised window that overlaps the auxiliary ones: each stops at its own cut.
    private static IEnumerable<SmallCase> Together()
    {
        IReadOnlyList<AuxiliaryOptions> Both(int reconstructed, int predicted) =>
        [
            Reconstruction(reconstructed, decoderBptt: new(3)) with { Weight = 0.75, Bptt = new(5), Anchors = AnchorDraw.Row, Segments = 2 },
            Prediction(predicted) with { Weight = 1.5, Anchors = AnchorDraw.Row },
        ];

        yield return new("r+p, supervised inside the auxiliary windows") { Supervised = new(2), AuxiliaryK = new(3), Auxiliary = Both(3, 4) };
        yield return new("r+p, supervised beyond the auxiliary windows") { Supervised = new(8), AuxiliaryK = new(2), Auxiliary = Both(3, 4) };
        yield return new("r+p, supervised k = 0") { Supervised = new(0), AuxiliaryK = new(2), Auxiliary = Both(3, 4) };
        yield return new("r+p, everything at once")
        {
            Format = Reals,
            Cell = CellKind.Gru,
            Layers = 2,
            Lengths = [12, 6, 3, 9],
            Supervised = new(5),
            ClassWeights = [1, 0.5, 3],
            Dropout = 0.25,
            AuxiliaryK = new(2),
            FirstRow = 6,
            Auxiliary =
            [
                Reconstruction(3, dropout: 0.3) with { Weight = 0.5, Distance = SegmentDistance.Distant, Input = DecoderInputMode.Scheduled, Length = [4, 2] },
                Prediction(4, dropout: 0.2) with { Weight = 2, TooShort = TooShort.Skip },
                Reconstruction(2) with { Direction = SegmentDirection.Reversed, Bptt = new(4) },
            ],
        };
    }
}
