namespace Recollect.Cli.Display;

/// <summary>Progress as lines on the error stream.</summary>
internal sealed class ErrorLines(TextWriter error) : IProgress<string>
{
    /// <inheritdoc/>
    public void Report(string value) => error.WriteLine(value);
}
