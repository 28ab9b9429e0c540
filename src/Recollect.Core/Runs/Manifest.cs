namespace Recollect.Runs;

/// <summary>Where a run's numbers come from: <c>manifest.json</c>.</summary>
public sealed record Manifest
{
    /// <summary>The version of Recollect.</summary>
    public required string Program { get; init; }

    /// <summary>The version of .NET, such as <c>.NET 10.0.0</c>.</summary>
    public required string Runtime { get; init; }

    /// <summary>The machine.</summary>
    public required MachineInfo Machine { get; init; }

    /// <summary>The versions of the libraries that compute, by name: TorchSharp, libtorch.</summary>
    public required IReadOnlyDictionary<string, string> Libraries { get; init; }

    /// <summary>Where tensors live, such as <c>cpu</c> or <c>cuda:0</c>.</summary>
    public required string Device { get; init; }

    /// <summary>Threads that compute.</summary>
    public required int Threads { get; init; }

    /// <summary>The seed of every random draw.</summary>
    public required long Seed { get; init; }

    /// <summary>The files that were read, each with its hash.</summary>
    public required IReadOnlyList<DataHash> Data { get; init; }

    /// <summary>The command line, a word an element.</summary>
    public required IReadOnlyList<string> Command { get; init; }

    /// <summary>When the run began, UTC.</summary>
    public required DateTimeOffset Started { get; init; }

    /// <summary>When it was resumed, UTC, each time.</summary>
    public IReadOnlyList<DateTimeOffset> Resumed { get => field ?? []; init; } // generated readers set null where the key is absent
}

/// <summary>A data file and its content's hash.</summary>
/// <param name="File">The file's name without <c>.gz</c>, relative to the data folder where it lies there.</param>
/// <param name="Sha256">Hexadecimal, lower case, of the file's bytes, unpacked where it is gzip.</param>
public sealed record DataHash(string File, string Sha256);
