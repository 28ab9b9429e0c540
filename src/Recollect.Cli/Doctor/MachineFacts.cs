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

    public required string DataFolder { get; init; }

    /// <summary>The published sets by name, and whether their files are there.</summary>
    public required IReadOnlyDictionary<string, bool> Sets { get; init; }

    /// <summary>Folders that are written to, and the bytes free there; null where that cannot be told.</summary>
    public required IReadOnlyDictionary<string, long?> Free { get; init; }

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
            DataFolder = folder,
            Sets = DataCatalog.Entries.ToDictionary(entry => entry.Name, entry => DataFetcher.IsHere(entry, folder)),
            Free = new Dictionary<string, long?> { ["runs"] = FreeAt("runs"), ["data"] = FreeAt(folder) },
        };
    }

    private static List<string> VectorInstructions() =>
    [
        .. Named("AVX2", Avx2.IsSupported), .. Named("FMA", Fma.IsSupported), .. Named("AVX-512", Avx512F.IsSupported), .. Named("NEON", AdvSimd.IsSupported),
    ];

    private static string[] Named(string name, bool supported) => supported ? [name] : [];

    /// <summary>Bytes free where <paramref name="folder"/> is, or will be.</summary>
    private static long? FreeAt(string folder)
    {
        try
        {
            var at = Path.GetFullPath(folder);
            while (!Directory.Exists(at) && Path.GetDirectoryName(at) is { } parent)
                at = parent;
            return new DriveInfo(at).AvailableFreeSpace;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return null;
        }
    }
}
