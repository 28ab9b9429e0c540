using System.Diagnostics;

namespace Recollect.Runs;

/// <summary>The resident memory of this process, in bytes.</summary>
/// <remarks>Linux: <c>VmHWM</c> and <c>VmRSS</c> of <c>/proc/self/status</c> (proc(5)). Elsewhere: the working set, as .NET reports it.</remarks>
public static class PeakMemory
{
    /// <summary>The most that was ever resident.</summary>
    public static long Bytes => FromStatus("VmHWM") ?? OfProcess(process => Math.Max(process.PeakWorkingSet64, process.WorkingSet64));

    /// <summary>What is resident now.</summary>
    public static long NowBytes => FromStatus("VmRSS") ?? OfProcess(process => process.WorkingSet64);

    private static long? FromStatus(string key) => ProcText.Kilobytes(ProcText.Value("/proc/self/status", key));

    private static long OfProcess(Func<Process, long> measure)
    {
        using var process = Process.GetCurrentProcess();
        return measure(process);
    }
}
