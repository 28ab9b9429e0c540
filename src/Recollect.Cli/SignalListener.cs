using System.Runtime.InteropServices;
using Recollect.Experiments;

namespace Recollect.Cli;

/// <summary>Turns the first SIGINT or SIGTERM into a wish to stop; the second one ends the process at once.</summary>
internal sealed partial class SignalListener : IDisposable
{
    /// <summary>Ctrl-C.</summary>
    public const string Interrupt = "SIGINT";

    /// <summary>What schedulers and containers send.</summary>
    public const string Terminate = "SIGTERM";

    private readonly StopSignal _stop;
    private readonly Action<string> _tell;
    private readonly PosixSignalRegistration[] _registrations;
    private int _taken;

    public SignalListener(StopSignal stop, Action<string> tell)
    {
        (_stop, _tell) = (stop, tell);
        _registrations =
        [
            PosixSignalRegistration.Create(PosixSignal.SIGINT, context => Take(context, Interrupt)),
            PosixSignalRegistration.Create(PosixSignal.SIGTERM, context => Take(context, Terminate)),
        ];
    }

    public void Dispose() => Array.ForEach(_registrations, registration => registration.Dispose());

    private void Take(PosixSignalContext context, string signal)
    {
        context.Cancel = true; // the system's own way would end the process before it has saved
        if (Interlocked.Increment(ref _taken) > 1) // a wish that the command at the head of a plan has raised is no signal
            End(ExitCode.Of(signal));
        _stop.Raise(signal);
        _tell("Stopping as soon as the run can be saved; a second signal ends at once.");
    }

    /// <summary>Ends the process at once.</summary>
    /// <remarks>
    /// Environment.Exit would take libtorch apart while it computes on another thread, which crashes as often as not. Nothing is left to
    /// write: files are whole or not there. Windows ends the other threads first.
    /// </remarks>
    internal static void End(int code)
    {
        if (OperatingSystem.IsWindows())
            Environment.Exit(code);
        EndProcess(code);
    }

    [LibraryImport("libc", EntryPoint = "_exit")]
    private static partial void EndProcess(int code);
}
