using Recollect.Losses;
using Recollect.Randomness;
using Recollect.Sequences;

namespace Recollect.Tests.Losses.Kernels;

/// <summary>Small problems of every shape that the kernels serve.</summary>
internal static class RandomProblem
{
    /// <summary>The problem of <paramref name="number"/>.</summary>
    public static SmallCase Of(int number)
    {
        var stream = new Seed(number).Stream("engines");
        var reals = stream.Next(2) == 0;
        var pretrain = stream.Next(4) == 0;
        var dropout = stream.Next(2) * 0.5;
        var auxiliary = new List<AuxiliaryOptions>();
        var losses = pretrain ? 1 + stream.Next(3) : stream.Next(4); // bits: reconstruction, prediction
        if ((losses & 1) != 0)
            auxiliary.Add(Reconstruction(ref stream, reals, dropout));
        if ((losses & 2) != 0)
            auxiliary.Add(Common(ref stream, AuxiliaryKind.Prediction, dropout));
        return new SmallCase($"random problem {number}")
        {
            Format = reals ? StepFormat.Reals(1 + stream.Next(4)) : StepFormat.Tokens(2 + stream.Next(40)),
            Hidden = 1 + stream.Next(48),
            Layers = 1 + stream.Next(2),
            Lengths = Lengths(ref stream),
            Supervised = Cut(ref stream, least: 0),
            ClassWeights = stream.Next(2) == 0 ? [] : [0.5, 2, 1.25],
            Dropout = dropout,
            Pretrain = pretrain,
            AuxiliaryK = Cut(ref stream, least: 1),
            Auxiliary = auxiliary,
            FirstRow = stream.Next(5),
        };
    }

    private static int[] Lengths(ref RandomStream stream)
    {
        var lengths = new int[1 + stream.Next(9)];
        for (var row = 0; row < lengths.Length; row++)
            lengths[row] = 2 + stream.Next(39);
        lengths[0] = Math.Max(lengths[0], 5); // long enough for some segment
        return lengths;
    }

    private static Truncation Cut(ref RandomStream stream, int least) => stream.Next(4) == 0 ? Truncation.Full : new(least + stream.Next(20));

    // What is fed back is compared for reals alone: a token sampled from nearly equal probabilities may rightly be another.
    private static AuxiliaryOptions Reconstruction(ref RandomStream stream, bool reals, double dropout) => Common(ref stream, AuxiliaryKind.Reconstruction, dropout) with
    {
        Bptt = stream.Next(3) == 0 ? new Truncation(0) : null,
        Distance = (SegmentDistance)stream.Next(2),
        Direction = (SegmentDirection)stream.Next(2),
        Input = reals ? (DecoderInputMode)stream.Next(3) : DecoderInputMode.Teacher,
    };

    private static AuxiliaryOptions Common(ref RandomStream stream, AuxiliaryKind kind, double dropout) => new()
    {
        Kind = kind,
        Length = [1 + stream.Next(15)],
        Segments = 1 + stream.Next(3),
        Weight = 0.5 + stream.NextDouble(),
        Anchors = (AnchorDraw)stream.Next(2),
        TooShort = (TooShort)stream.Next(2),
        Decoder = new DecoderOptions
        {
            Layers = 1 + stream.Next(2),
            HeadUnits = 1 + stream.Next(40),
            Dropout = dropout,
            Bptt = kind == AuxiliaryKind.Reconstruction && stream.Next(2) == 0 ? new Truncation(1 + stream.Next(8)) : null,
        },
    };
}
