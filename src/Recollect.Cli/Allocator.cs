using System.Runtime.InteropServices;

namespace Recollect.Cli;

/// <summary>What the C library does with the memory that libtorch frees.</summary>
/// <remarks>
/// libtorch asks for and frees every tensor of a step. By its defaults glibc hands large ones back to the system at once, which has to clear every page
/// again at the next step: up to five sixths of a training step on a virtual machine (docs/decisions/0011).
/// </remarks>
internal static partial class Allocator
{
    // Of malloc.h: M_TRIM_THRESHOLD, where −1 stands for never; M_MMAP_MAX; M_ARENA_MAX, as a further arena hands large pieces back whatever is said.
    private const int TrimThreshold = -1, MostMapped = -4, MostArenas = -8;

    private const string Tunables = "GLIBC_TUNABLES";

    /// <summary>Whether freed memory is kept for the next step: <c>keep</c>, or <c>default</c> where the C library or the caller's environment decides.</summary>
    public static string Policy { get; private set; } = "default";

    /// <summary>An environment with which a process of this program leaves the C library as it is.</summary>
    public static KeyValuePair<string, string> AsInstalled { get; } = new(Tunables, "");

    /// <summary>Lets freed memory be kept, unless the caller's environment says something of it (<c>GLIBC_TUNABLES</c>, <c>MALLOC_…</c>).</summary>
    public static void KeepFreedMemory()
    {
        if (!OperatingSystem.IsLinux() || Environment.GetEnvironmentVariables().Keys.Cast<string>().Any(Decides))
            return;
        try
        {
            if (SetOption(MostMapped, 0) != 0 && SetOption(TrimThreshold, -1) != 0 && SetOption(MostArenas, 1) != 0)
                Policy = "keep";
        }
        catch (EntryPointNotFoundException)
        {
            // Another C library than glibc.
        }
    }

    private static bool Decides(string name) =>
        name == Tunables || name.StartsWith("MALLOC_", StringComparison.Ordinal);

    [LibraryImport("libc", EntryPoint = "mallopt")]
    private static partial int SetOption(int option, int value);
}
