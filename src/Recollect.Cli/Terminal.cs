namespace Recollect.Cli;

/// <summary>What a command line stands between: three streams and the environment.</summary>
internal sealed record Terminal
{
    /// <summary>Results.</summary>
    public required TextWriter Out { get; init; }

    /// <summary>Progress and messages.</summary>
    public required TextWriter Error { get; init; }

    /// <summary>Opens standard input's bytes.</summary>
    public Func<Stream> In { get; init; } = () => Stream.Null;

    /// <summary>Whether standard input is a person's keyboard.</summary>
    public bool InIsTerminal { get; init; }

    /// <summary>Whether a person watches <see cref="Error"/>, so that a line may be drawn over.</summary>
    public bool ErrorIsTerminal { get; init; }

    /// <summary>Whether colour is welcome (no-color.org).</summary>
    public bool Colour { get; init; }

    /// <summary>This process's own.</summary>
    public static Terminal OfThisProcess()
    {
        // mpirun reads what its processes say by a terminal that nobody watches: .NET would greet it, and the greeting would stand before a result.
        if (Environment.GetEnvironmentVariable("OMPI_COMM_WORLD_SIZE") is not null)
            Environment.SetEnvironmentVariable("TERM", "dumb");
        return new Terminal
        {
            Out = Console.Out,
            Error = Console.Error,
            In = Console.OpenStandardInput,
            InIsTerminal = !Console.IsInputRedirected,
            ErrorIsTerminal = !Console.IsErrorRedirected && Environment.GetEnvironmentVariable("TERM") != "dumb",
            Colour = string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR")),
        };
    }
}
