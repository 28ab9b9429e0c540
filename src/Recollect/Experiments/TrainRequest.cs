using Recollect.Runs;
using Recollect.Training;

namespace Recollect.Experiments;

/// <summary>What a training is asked to do, beside the recipe: where, how fast, and until when.</summary>
public sealed record TrainRequest
{
    /// <summary>The run directory.</summary>
    public required string Out { get; init; }

    /// <summary>The recipe, resolved.</summary>
    public required Recipe Recipe { get; init; }

    /// <summary>Whether <see cref="Out"/> holds a run to go on with.</summary>
    public bool Resume { get; init; }

    /// <summary>Where data sets lie.</summary>
    public required string DataFolder { get; init; }

    /// <summary>Where tensors live: auto, cpu or cuda.</summary>
    public DeviceChoice Device { get; init; }

    /// <summary>Threads that compute; null: libtorch's own choice.</summary>
    public int? Threads { get; init; }

    /// <summary>The run ends, whole, once so many updates are done in all; null: when the recipe says.</summary>
    public long? MaxSteps { get; init; }

    /// <summary>The run ends, whole, after so long in this sitting; null: when the recipe says.</summary>
    public TimeSpan? MaxTime { get; init; }

    /// <summary>The command line, for the manifest.</summary>
    public IReadOnlyList<string> Command { get; init; } = [];
}

/// <summary>Where tensors live.</summary>
public enum DeviceChoice
{
    /// <summary>A GPU where this build and machine have one, else the CPU.</summary>
    Auto,

    /// <summary>The CPU.</summary>
    Cpu,

    /// <summary>The GPU; an error where there is none.</summary>
    Cuda,
}

/// <summary>Asks a training to stop after the update at hand; set from any thread, such as a signal's.</summary>
public sealed class StopSignal
{
    private volatile string? _reason;

    /// <summary>Why, such as <c>SIGINT</c>; null while nobody asks.</summary>
    public string? Reason => _reason;

    /// <summary>Asks for it.</summary>
    public void Request(string reason) => _reason = reason;
}

/// <summary>What a training starts from, for a display.</summary>
/// <param name="Plan">How many updates there are.</param>
/// <param name="FirstUpdate">The update it starts with; above 0 where it was resumed.</param>
/// <param name="Rows">Training rows.</param>
/// <param name="Parameters">Trainable numbers of the network.</param>
/// <param name="AuxiliaryParameters">Trainable numbers of the decoders.</param>
/// <param name="Device">Where tensors live.</param>
/// <param name="Threads">Threads that compute.</param>
public sealed record TrainingStart(
    TrainingPlan Plan, long FirstUpdate, int Rows, long Parameters, long AuxiliaryParameters, string Device, int Threads);

/// <summary>Who shows a training: called on the training thread.</summary>
public interface ITrainingDisplay
{
    /// <summary>Training begins.</summary>
    void OnStart(TrainingStart start);

    /// <summary>An update was taken.</summary>
    void OnUpdate(Position position, StepRecord step, double seconds);

    /// <summary>A line of metrics was written.</summary>
    void OnMetric(MetricRecord record);

    /// <summary>Something that a person should know; training goes on.</summary>
    void OnNotice(string message);
}

/// <summary>How a training ended.</summary>
/// <param name="Summary">What the run came to so far.</param>
/// <param name="Signal">The reason that a <see cref="StopSignal"/> gave, or null. The run is then saved but neither evaluated nor complete.</param>
public sealed record TrainOutcome(Summary Summary, string? Signal);
