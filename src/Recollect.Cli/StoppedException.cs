using Recollect.Experiments;

namespace Recollect.Cli;

/// <summary>A signal ended a command that has nothing to save.</summary>
internal sealed class StoppedException(string signal) : Exception($"stopped by {signal}.")
{
    public int Code { get; } = ExitCode.Of(signal);

    /// <inheritdoc cref="Unless{T}"/>
    public static void Unless(StopSignal stop, Action action) => Unless(stop, () =>
    {
        action();
        return true;
    });

    /// <summary>Does what a signal may cancel.</summary>
    /// <exception cref="StoppedException">It did.</exception>
    public static T Unless<T>(StopSignal stop, Func<T> action)
    {
        try
        {
            return action();
        }
        catch (OperationCanceledException) when (stop.Reason is { } reason)
        {
            throw new StoppedException(reason);
        }
    }
}
