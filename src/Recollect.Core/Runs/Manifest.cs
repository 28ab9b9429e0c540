namespace Recollect.Runs;

/// <summary>Where a run's numbers come from: <c>manifest.json</c>. Program, machine and the like are the first sitting's.</summary>
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

    /// <summary>What computes the network in training: <c>kernels</c>, <c>libtorch</c>, or both, as in <c>libtorch, then kernels</c>; null in a manifest from before it was told.</summary>
    public string? Engine { get; init; }

    /// <summary>Whether states inside long windows are computed again on the way back; null in a manifest from before it was told.</summary>
    public bool? Recompute { get; init; }

    /// <summary>Processes that train together; null in a manifest from before it was told, which stands for one.</summary>
    public int? Processes { get; init; }

    /// <summary>The seed of every random draw.</summary>
    public required long Seed { get; init; }

    /// <summary>The files that were read, each with its hash.</summary>
    public required IReadOnlyList<DataHash> Data { get; init; }

    /// <summary>The command line, a word an element.</summary>
    public required IReadOnlyList<string> Command { get; init; }

    /// <summary>When the run began, UTC.</summary>
    public required DateTimeOffset Started { get; init; }

    /// <summary>Every sitting, the first included; a resume adds one.</summary>
    public IReadOnlyList<Sitting> Sittings { get => field ?? [First]; init; } // generated readers set null where the key is absent

    private Sitting First => new()
    {
        Started = Started,
        Program = Program,
        Runtime = Runtime,
        Libraries = Libraries,
        Machine = Machine,
        Device = Device,
        Threads = Threads,
        Engine = Engine,
        Recompute = Recompute,
        Processes = Processes,
        Command = Command,
    };
}

/// <summary>One uninterrupted part of a run, and all that its last digits may depend on.</summary>
public sealed record Sitting
{
    /// <summary>When it began, UTC.</summary>
    public required DateTimeOffset Started { get; init; }

    /// <summary>The version of Recollect.</summary>
    public required string Program { get; init; }

    /// <summary>The version of .NET.</summary>
    public required string Runtime { get; init; }

    /// <summary>The versions of the libraries that compute, by name.</summary>
    public required IReadOnlyDictionary<string, string> Libraries { get; init; }

    /// <summary>The machine.</summary>
    public required MachineInfo Machine { get; init; }

    /// <summary>Where tensors lived.</summary>
    public required string Device { get; init; }

    /// <summary>Threads that computed.</summary>
    public required int Threads { get; init; }

    /// <summary>What computed the network, as <see cref="Manifest.Engine"/> says it; null in a manifest from before it was told.</summary>
    public string? Engine { get; init; }

    /// <summary>Whether states inside long windows were computed again on the way back; null in a manifest from before it was told.</summary>
    public bool? Recompute { get; init; }

    /// <summary>Processes that trained together; null in a manifest from before it was told, which stands for one.</summary>
    public int? Processes { get; init; }

    /// <summary>The command line, a word an element.</summary>
    public required IReadOnlyList<string> Command { get; init; }

    /// <summary>What is another than in <paramref name="earlier"/> and may change a number's last digits, each as a clause: "threads: 2, before 1".</summary>
    public IEnumerable<string> DifferencesFrom(Sitting earlier)
    {
        (string Name, string Now, string Before)[] all =
        [
            ("device", Device, earlier.Device),
            ("threads", $"{Threads}", $"{earlier.Threads}"),
            ("processes", $"{Processes ?? 1}", $"{earlier.Processes ?? 1}"),
            ("engine", Engine ?? "", earlier.Engine ?? Engine ?? ""),
            ("recomputation of states", Word(Recompute), Word(earlier.Recompute ?? Recompute)),
            ("processor", Machine.Processor, earlier.Machine.Processor),
            ("architecture", Machine.Architecture, earlier.Machine.Architecture),
            ("program", Program, earlier.Program),
            ("runtime", Runtime, earlier.Runtime),
            .. Libraries.Select(library => (library.Key, library.Value, earlier.Libraries.GetValueOrDefault(library.Key, "none"))),
        ];
        return all.Where(entry => entry.Now != entry.Before).Select(entry => $"{entry.Name}: {entry.Now}, before {entry.Before}");
    }

    private static string Word(bool? whether) => whether switch { null => "not told", true => "yes", false => "no" };
}

/// <summary>A data file and its content's hash.</summary>
/// <param name="File">The file's name without <c>.gz</c>, relative to the data folder where it lies there.</param>
/// <param name="Sha256">Hexadecimal, lower case, of the file's bytes, unpacked where it is gzip.</param>
public sealed record DataHash(string File, string Sha256);
