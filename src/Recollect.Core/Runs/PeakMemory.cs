using System.Diagnostics;

namespace Recollect.Runs;

/// <summary>The most resident memory that this process has had.</summary>
/// <remarks>Linux: <c>VmHWM</c> of <c>/proc/self/status</c> (proc(5)). Elsewhere: the working set, as .NET reports it.</remarks>
internal static class PeakMemory
{
    /// <summary>Bytes that were resident at the most.</summary>
    public static long Bytes => ProcText.Kilobytes(ProcText.Value("/proc/self/status", "VmHWM")) ?? OfProcess();

    /// <summary>Bytes that are resident now.</summary>
    public static long ResidentBytes => ProcText.Kilobytes(ProcText.Value("/proc/self/status", "VmRSS")) ?? Environment.WorkingSet;

    private static long OfProcess()
    {
        using var process = Process.GetCurrentProcess();
        return Math.Max(process.PeakWorkingSet64, process.WorkingSet64);
    }
}
