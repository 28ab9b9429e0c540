using Recollect.Experiments;

namespace Recollect.Cli.Display;

/// <summary>Shows a training to whoever waits for it, on the error stream.</summary>
internal abstract class TrainDisplay : IProgress<TrainNews>, IDisposable
{
    /// <summary>A line that is drawn over on a terminal, plain lines in a pipe.</summary>
    public static TrainDisplay For(Terminal terminal) =>
        terminal.ErrorIsTerminal ? new LiveTrainDisplay(terminal) : new PlainTrainDisplay(terminal.Error, TimeProvider.System);

    /// <inheritdoc/>
    public abstract void Report(TrainNews value);

    /// <summary>Does <paramref name="work"/>, which reports to this display.</summary>
    public virtual T During<T>(Func<T> work) => work();

    /// <inheritdoc/>
    public virtual void Dispose() { }
}
