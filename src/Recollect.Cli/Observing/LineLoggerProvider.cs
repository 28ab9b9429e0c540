using Microsoft.Extensions.Logging;

namespace Recollect.Cli.Observing;

/// <summary>Logs as lines of time, level, event and message, into the stream that shows the training.</summary>
/// <param name="least">What is written, from this level on.</param>
/// <param name="write">Writes a line.</param>
/// <param name="clock">Tells the time.</param>
internal sealed class LineLoggerProvider(LogLevel least, Action<string> write, TimeProvider clock) : ILoggerProvider
{
    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName) => new LineLogger(least, write, clock);

    /// <inheritdoc/>
    public void Dispose() { }

    private sealed class LineLogger(LogLevel least, Action<string> write, TimeProvider clock) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= least;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
                write(FormattableString.Invariant($"{clock.GetUtcNow():yyyy-MM-dd'T'HH:mm:ss.fff'Z'} {logLevel.ToString().ToLowerInvariant()} {eventId.Name}: {formatter(state, exception)}"));
        }
    }
}
