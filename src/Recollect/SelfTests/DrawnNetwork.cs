using Recollect.Losses;
using Recollect.Networks;
using Recollect.Randomness;
using Recollect.Sequences;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Recollect.SelfTests;

/// <summary>The shape of a small LSTM with both auxiliary losses, and of what it reads.</summary>
/// <param name="Format">A step.</param>
/// <param name="Options">The network.</param>
/// <param name="Lengths">Steps of each row.</param>
/// <param name="Cut">Where gradients stop.</param>
internal sealed record DrawnShape(StepFormat Format, NetworkOptions Options, IReadOnlyList<int> Lengths, Truncation Cut)
{
    /// <summary>A shape that no tile and no vector fits.</summary>
    public static DrawnShape Of(int number)
    {
        var stream = new Seed(number).Stream("self-test");
        var format = stream.Next(2) == 0 ? StepFormat.Tokens(2 + stream.Next(60)) : StepFormat.Reals(1 + stream.Next(5));
        var options = new NetworkOptions
        {
            Embedding = 1 + stream.Next(40),
            Hidden = 1 + stream.Next(90),
            Layers = 1 + stream.Next(2),
            Gates = (GateKind)stream.Next(2),
            HeadUnits = 1 + stream.Next(40),
            Engine = EngineKind.Kernels,
        };
        var lengths = new int[1 + stream.Next(14)];
        for (var row = 0; row < lengths.Length; row++)
            lengths[row] = 8 + stream.Next(50);
        return new DrawnShape(format, options, lengths, new Truncation(4 + stream.Next(50)));
    }

    /// <summary>One that is large enough for threads to share its work.</summary>
    public static DrawnShape Large { get; } = new(
        StepFormat.Tokens(200), new NetworkOptions { Engine = EngineKind.Kernels }, [.. Enumerable.Range(0, 32).Select(row => 70 - row)], Truncation.Full);
}

/// <summary>A network of a drawn shape, and one batch for it.</summary>
internal sealed class DrawnNetwork : IDisposable
{
    private static readonly Seed Draws = new(20180301);
    private static readonly string[] Labels = ["a", "b", "c"];

    private readonly RecurrentClassifier _network;
    private readonly AuxiliaryLoss[] _losses;
    private readonly (string Name, Parameter Parameter)[] _parameters;
    private readonly Batch _batch;
    private readonly Truncation _cut;

    /// <summary>Makes it; in another type the same weights are the same numbers.</summary>
    public DrawnNetwork(DrawnShape shape, ScalarType type)
    {
        _network = new RecurrentClassifier(shape.Format, Labels.Length, shape.Options, Draws);
        _cut = shape.Cut;
        var decoder = new DecoderOptions { HeadUnits = shape.Options.HeadUnits };
        AuxiliaryOptions[] options =
        [
            new() { Kind = AuxiliaryKind.Reconstruction, Length = [7], Segments = 2, Anchors = AnchorDraw.Row, Decoder = decoder },
            new() { Kind = AuxiliaryKind.Prediction, Length = [6], Anchors = AnchorDraw.Row, Decoder = decoder },
        ];
        _losses = [.. options.Select((each, place) => AuxiliaryLoss.Of(each, place, shape.Cut, _network, Draws))];
        _network.to(type);
        foreach (var loss in _losses)
            loss.MoveTo(_network.Like);
        _parameters = [.. _network.named_parameters().Select(entry => (entry.name, entry.parameter)), .. _losses.SelectMany(loss => loss.NamedParameters())];
        var set = Sequences(shape);
        _batch = Batch.Of(set, [.. Enumerable.Range(0, set.Count)]);
    }

    /// <summary>The losses, and the gradient of each weight.</summary>
    public IReadOnlyDictionary<string, double[]> Differentiate()
    {
        using var scope = NewDisposeScope();
        using var objective = Objective.Of(_network, new SupervisedLoss(_cut, [], Draws), _losses);
        var value = objective.Differentiate(_network, _batch, new UpdateContext(0, _batch.Rows, 0));
        var numbers = _parameters.ToDictionary(entry => entry.Name, entry => entry.Parameter.grad is { } gradient ? Numbers(gradient) : []);
        numbers["loss"] = [value.Supervised!.Value, .. value.Auxiliary];
        return numbers;
    }

    public void Dispose()
    {
        _network.Dispose();
        foreach (var loss in _losses)
            loss.Dispose();
    }

    private static InMemorySequences Sequences(DrawnShape shape)
    {
        var set = new InMemorySequences(shape.Format, Labels);
        for (var row = 0; row < shape.Lengths.Count; row++)
        {
            var stream = Draws.Stream("steps", 0, row);
            if (shape.Format.Kind == StepKind.Tokens)
                set.AddTokens([.. Enumerable.Range(0, shape.Lengths[row]).Select(_ => stream.Next(shape.Format.Width))], row % Labels.Length);
            else
                set.AddReals([.. Enumerable.Range(0, shape.Lengths[row] * shape.Format.Width).Select(_ => (float)stream.NextNormal())], row % Labels.Length);
        }
        return set;
    }

    private static double[] Numbers(Tensor tensor) => tensor.to(ScalarType.Float64).contiguous().data<double>().ToArray();
}
