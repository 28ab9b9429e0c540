using Recollect.Losses;
using Recollect.Networks;
using Recollect.Randomness;
using Recollect.Sequences;
using Recollect.Training;

namespace Recollect.Tests.Training;

/// <summary>A task small enough to train in a test: short random rows of unequal length, whose label is their first token.</summary>
internal static class SmallTask
{
    public static readonly Seed Seed = new(7);

    public static InMemorySequences Rows(int count, long seed = 1)
    {
        var set = new InMemorySequences(StepFormat.Tokens(3), ["a", "b", "c"]);
        var stream = new Seed(seed).Stream("rows");
        for (var row = 0; row < count; row++)
        {
            var tokens = new int[6 + stream.Next(5)];
            for (var t = 0; t < tokens.Length; t++)
                tokens[t] = stream.Next(3);
            set.AddTokens(tokens, tokens[0]);
        }
        return set;
    }

    /// <summary>What may compute a task, and with which cell.</summary>
    public static TheoryData<EngineKind, CellKind> Engines => new()
    {
        { EngineKind.Kernels, CellKind.Lstm },
        { EngineKind.Libtorch, CellKind.Lstm },
        { EngineKind.Libtorch, CellKind.Gru },
    };

    public static AuxiliaryOptions Reconstruction { get; } = new()
    {
        Kind = AuxiliaryKind.Reconstruction,
        Segments = 2,
        Length = [3],
        Bptt = new Truncation(3),
        Anchors = AnchorDraw.Row,
        Input = DecoderInputMode.Scheduled,
        ScheduledMaximum = 0.5,
        Decoder = new DecoderOptions { HeadUnits = 4, Dropout = 0.25 },
    };

    public static AuxiliaryOptions Prediction { get; } = new()
    {
        Kind = AuxiliaryKind.Prediction,
        Length = [4],
        Bptt = new Truncation(2),
        Weight = 0.5,
        Decoder = new DecoderOptions { HeadUnits = 4, Dropout = 0.25 },
    };

    public static TrainingTask Task(
        IReadOnlyList<AuxiliaryOptions> auxiliary, SequenceSet? train = null, SequenceSet? validation = null, double dropout = 0.5,
        EngineKind engine = EngineKind.Auto, CellKind cell = CellKind.Lstm, GateKind gates = GateKind.Standard)
    {
        var options = new NetworkOptions { Cell = cell, Gates = gates, Embedding = 5, Hidden = 6, Heads = 2, HeadUnits = 7, Dropout = dropout, Engine = engine };
        var network = new RecurrentClassifier(StepFormat.Tokens(3), 3, options, Seed);
        AuxiliaryLoss[] losses = [.. auxiliary.Select((options, place) => AuxiliaryLoss.Of(options, place, new Truncation(4), network, Seed))];
        return new TrainingTask(network, losses, new Truncation(4), train ?? Rows(22), validation, []);
    }

    /// <summary>Every parameter's values by name, copied.</summary>
    public static IReadOnlyDictionary<string, double[]> Values(TrainingTask task) => task.NamedParameters()
        .ToDictionary(p => p.Name, p => p.Parameter.to(TorchSharp.torch.float64).detach().flatten().data<double>().ToArray());
}

/// <summary>Keeps what a trainer reports, and stops it before a given update.</summary>
internal sealed class RecordingObserver : ITrainingObserver
{
    public long StopBefore { get; init; } = long.MaxValue;

    public List<(Position Position, StepRecord Step, double LearningRate)> Steps { get; } = [];

    public List<(Position Position, EpochRecord Epoch)> Epochs { get; } = [];

    public Func<bool> Interrupted { get; init; } = () => false;

    public long? Saved { get; init; }

    public Action<Position, bool> Savable { get; init; } = (_, _) => { };

    public void OnStep(Position position, StepRecord step, double learningRate, double secondsPerUpdate) =>
        Steps.Add((position, step, learningRate));

    public bool OnEpoch(Position position, EpochRecord epoch)
    {
        Epochs.Add((position, epoch));
        return true;
    }

    public bool ShouldStop(Position next) => next.Update >= StopBefore;

    public void OnSavable(Position position, bool endsEpoch) => Savable(position, endsEpoch);

    public bool IsInterrupted() => Interrupted();
}
