using Recollect.Benchmarks;
using Recollect.Cli.Plans;
using Recollect.Data;
using Recollect.Experiments;
using Recollect.Runs;
using Recollect.SelfTests;
using Recollect.Training;

namespace Recollect.Cli;

/// <summary>The long work behind the commands, so that their parsing, display and exit codes are tested without it.</summary>
internal sealed record Engine
{
    /// <summary>Trains, or goes on with, a run.</summary>
    public Func<TrainRequest, IProgress<TrainNews>, StopSignal, Summary> Train { get; init; } = Experiment.Train;

    /// <summary>The processes that train together with this one.</summary>
    public Func<Peers> Peers { get; init; } = Training.Peers.Join;

    /// <summary>Does the part of one of them that is not the first.</summary>
    public Action<TrainRequest, StopSignal> Follow { get; init; } = Experiment.Follow;

    /// <summary>Trains in a process of its own: what follows <c>train</c>, the file for its messages, and when to stop.</summary>
    public Func<IReadOnlyList<string>, string, StopSignal, TrainOutcome> TrainProcess { get; init; } = Plans.TrainProcess.Run;

    /// <summary>Measures a trained network on a split.</summary>
    public Func<EvaluateRequest, Evaluation> Evaluate { get; init; } = Experiment.Evaluate;

    /// <summary>Labels rows.</summary>
    public Func<PredictRequest, IEnumerable<PredictedRow>> Predict { get; init; } = Experiment.Predict;

    /// <summary>Looks whether libtorch works.</summary>
    public Func<TorchFacts> Torch { get; init; } = TorchProbe.Look;

    /// <summary>Tests this machine by some seconds of work: where runs go, and whether libtorch loads.</summary>
    public Func<string, bool, IProgress<string>, SelfTestFacts> SelfTest { get; init; } = SelfTests.SelfTest.Run;

    /// <summary>The workloads that are timed.</summary>
    public Func<Suite, IReadOnlyList<Workload>> Workloads { get; init; } = Benchmarks.Workloads.Of;

    /// <summary>The updates whose memory is measured.</summary>
    public Func<IReadOnlyList<MemoryWork>> MemoryWorks { get; init; } = () => Benchmarks.Workloads.OfMemory;

    /// <summary>What downloads data sets.</summary>
    public Func<Downloader> Downloader { get; init; } = () => new Downloader();
}
