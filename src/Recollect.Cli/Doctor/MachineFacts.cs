using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;
using Recollect.Data;
using Recollect.Experiments;
using Recollect.Runs;

namespace Recollect.Cli.Doctor;

/// <summary>Everything that the doctor looks at, gathered once, so that each check is a function of plain values.</summary>
internal sealed record MachineFacts
{
    public required Platform Platform { get; init; }

    public required MachineInfo Machine { get; init; }

    public required TorchFacts Torch { get; init; }

    /// <summary>The vector instructions that the processor has and .NET uses.</summary>
    public required IReadOnlyList<string> Vectors { get; init; }

    /// <summary>The value of OMP_NUM_THREADS, or null.</summary>
    public string? OpenMpThreads { get; init; }

    /// <summary>Whether an NVIDIA driver is installed.</summary>
    public bool NvidiaDriver { get; init; }

    /// <summary>The published sets by name, and whether their files are there.</summary>
    public required IReadOnlyDictionary<string, bool> Sets { get; init; }

    /// <summary>Where runs go that name no other folder.</summary>
    public required FolderState RunsFolder { get; init; }

    /// <summary>Where data sets are written to.</summary>
    public required FolderState DataFolder { get; init; }

    public static MachineFacts Gather(TorchFacts torch, string? data)
    {
        var folder = Recollect.Data.DataFolder.Resolve(data);
        return new MachineFacts
        {
            Platform = Platform.OfThisMachine(),
            Machine = MachineInfo.Read(),
            Torch = torch,
            Vectors = VectorInstructions(),
            OpenMpThreads = Environment.GetEnvironmentVariable("OMP_NUM_THREADS"),
            NvidiaDriver = File.Exists("/proc/driver/nvidia/version") || File.Exists(Path.Combine(Environment.SystemDirectory, "nvcuda.dll")),
            Sets = DataCatalog.Entries.ToDictionary(entry => entry.Name, entry => DataFetcher.IsHere(entry, folder)),
            RunsFolder = FolderState.Of("runs"),
            DataFolder = FolderState.Of(folder),
        };
    }

    private static List<string> VectorInstructions() =>
    [
        .. Named("AVX2", Avx2.IsSupported), .. Named("FMA", Fma.IsSupported), .. Named("AVX-512", Avx512F.IsSupported), .. Named("NEON", AdvSimd.IsSupported),
    ];

    private static string[] Named(string name, bool supported) => supported ? [name] : [];
}
