using Recollect.Losses;
using Recollect.Networks;
using Recollect.Randomness;
using Recollect.Sequences;

namespace Recollect.Tests.Losses;

public sealed class AuxiliaryLossTests
{
    /// <summary>Every kind of loss, on cells with and without a cell's state and of another width, over all that a network reads.</summary>
    public static IEnumerable<TheoryDataRow<AuxiliaryKind, CellKind, StepKind, InputKind>> Decoders =>
        from kind in Enum.GetValues<AuxiliaryKind>()
        from cell in new[] { CellKind.Lstm, CellKind.Gru, CellKind.Urnn }
        from read in new[] { (StepKind.Tokens, InputKind.Embedded), (StepKind.Reals, InputKind.Embedded), (StepKind.Reals, InputKind.Raw) }
        select new TheoryDataRow<AuxiliaryKind, CellKind, StepKind, InputKind>(kind, cell, read.Item1, read.Item2);

    [Theory]
    [MemberData(nameof(Decoders))]
    public void The_shapes_told_beforehand_are_those_of_the_decoder(AuxiliaryKind kind, CellKind cell, StepKind steps, InputKind input)
    {
        var format = new StepFormat(steps, 5);
        var main = new NetworkOptions { Cell = cell, Embedding = 3, Hidden = 4, HeadUnits = 6, Input = input };
        var options = new AuxiliaryOptions { Kind = kind, Length = [2], Decoder = new DecoderOptions { Layers = 2, HeadUnits = 7 } };
        using var network = new RecurrentClassifier(format, 7, main, new Seed(1));
        var loss = AuxiliaryLoss.Of(options, 3, new Truncation(2), network, new Seed(1));
        Assert.Equal(
            loss.NamedParameters().Select(p => $"{p.Name} {string.Join('x', p.Parameter.shape)}").Order(),
            AuxiliaryLoss.Shapes(options, 3, format, main).Select(w => $"{w.Name} {string.Join('x', w.Shape)}").Order());
    }
}
