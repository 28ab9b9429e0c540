namespace Recollect.Cli;

/// <summary>A signal ended a command that has nothing to save.</summary>
internal sealed class StoppedException(string signal) : Exception($"stopped by {signal}.")
{
    public int Code { get; } = ExitCode.Of(signal);
}
