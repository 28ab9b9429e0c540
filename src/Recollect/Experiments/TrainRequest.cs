using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Recollect.Training;

namespace Recollect.Experiments;

/// <summary>Where a network is computed.</summary>
public enum DeviceChoice
{
    /// <summary>A CUDA device where there is one and the program was built for it, else the processor.</summary>
    Auto,

    /// <summary>The processor.</summary>
    Cpu,

    /// <summary>The first CUDA device; an error where there is none.</summary>
    Cuda,
}

/// <summary>Where and how fast something is computed; no part of a recipe.</summary>
/// <param name="DataFolder">The folder of the data sets; null: $RECOLLECT_DATA, else the platform's user-data folder.</param>
/// <param name="Device">The device.</param>
/// <param name="Threads">Threads of the processor; null: as many as libtorch chooses, or this process's part of the cores that it shares with others of the same training.</param>
/// <param name="Sharing">Commands that train on this machine at a time, this one included; each is to keep to its part of the memory.</param>
public sealed record Workplace(string? DataFolder = null, DeviceChoice Device = DeviceChoice.Auto, int? Threads = null, int Sharing = 1);

/// <summary>A run to start, or to go on with.</summary>
public sealed record TrainRequest
{
    /// <summary>The checked recipe; resolved or not.</summary>
    public required Recipe Recipe { get; init; }

    /// <summary>The run directory.</summary>
    public required string Folder { get; init; }

    /// <summary>Whether <see cref="Folder"/> holds a run to go on with; else it must not hold one.</summary>
    public bool Resume { get; init; }

    /// <summary>The processes that train together; each is given the same request, and the first alone writes to <see cref="Folder"/>.</summary>
    public Peers Peers { get; init; } = Peers.Alone;

    /// <summary>Where and how fast.</summary>
    public Workplace Workplace { get; init; } = new();

    /// <summary>The run ends, as if it were complete but able to go on, before update number this of the whole run; at least 1.</summary>
    public long? MaxSteps { get; init; }

    /// <summary>The run ends likewise after this much time in this sitting.</summary>
    public TimeSpan? MaxTime { get; init; }

    /// <summary>The command as typed, a word an element, for the manifest.</summary>
    public IReadOnlyList<string> Command { get; init; } = [];

    /// <summary>Where the run logs what happens to it.</summary>
    public ILogger Log { get; init; } = NullLogger.Instance;
}

/// <summary>A wish to stop, raised from any thread and polled by a training between two updates.</summary>
public sealed class StopSignal
{
    private readonly Lock _gate = new();
    private string? _reason;
    private Action? _raised;

    /// <summary>Why to stop, such as <c>SIGINT</c>; null as long as nobody asked.</summary>
    public string? Reason => Volatile.Read(ref _reason);

    /// <summary>Asks to stop; the first reason stays.</summary>
    public void Raise(string reason)
    {
        lock (_gate)
        {
            if (_reason is not null)
                return;
            Volatile.Write(ref _reason, reason);
            _raised?.Invoke();
        }
    }

    /// <summary>Does what takes long and updates nothing; the wish, once raised, cancels it.</summary>
    internal T Cancelling<T>(Func<CancellationToken, T> action)
    {
        using var cancel = new CancellationTokenSource();
        lock (_gate)
        {
            _raised = cancel.Cancel;
            if (_reason is not null)
                cancel.Cancel();
        }
        try
        {
            return action(cancel.Token);
        }
        finally
        {
            lock (_gate)
                _raised = null;
        }
    }
}
