using Recollect.Losses;
using Recollect.Networks;
using Recollect.Randomness;
using Recollect.Sequences;

namespace Recollect.Tests.Losses;

public sealed class AuxiliaryLossTests
{
    [Theory]
    [InlineData(AuxiliaryKind.Reconstruction, CellKind.Lstm, StepKind.Tokens, InputKind.Embedded)]
    [InlineData(AuxiliaryKind.Reconstruction, CellKind.Urnn, StepKind.Reals, InputKind.Embedded)]
    [InlineData(AuxiliaryKind.Reconstruction, CellKind.Gru, StepKind.Reals, InputKind.Raw)]
    [InlineData(AuxiliaryKind.Prediction, CellKind.Lstm, StepKind.Reals, InputKind.Embedded)]
    [InlineData(AuxiliaryKind.Prediction, CellKind.Urnn, StepKind.Tokens, InputKind.Embedded)]
    [InlineData(AuxiliaryKind.LanguageModel, CellKind.Irnn, StepKind.Tokens, InputKind.Embedded)]
    [InlineData(AuxiliaryKind.LanguageModel, CellKind.Urnn, StepKind.Tokens, InputKind.Embedded)]
    [InlineData(AuxiliaryKind.Autoencoder, CellKind.Lstm, StepKind.Tokens, InputKind.Embedded)]
    [InlineData(AuxiliaryKind.Masked, CellKind.Gru, StepKind.Reals, InputKind.Raw)]
    [InlineData(AuxiliaryKind.Masked, CellKind.Lstm, StepKind.Tokens, InputKind.Embedded)]
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
