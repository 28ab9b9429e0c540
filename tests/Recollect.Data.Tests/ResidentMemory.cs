using System.Globalization;

namespace Recollect.Data.Tests;

/// <summary>Resident memory above that before, bytes: mapped files, all else, and the highest of both together.</summary>
internal sealed record ResidentMemory(long File, long Anonymous, long Peak)
{
    private const long MiB = 1 << 20;

    public override string ToString() => $"RssFile +{File / MiB:N0} MiB, RssAnon +{Anonymous / MiB:N0} MiB, VmHWM +{Peak / MiB:N0} MiB";

    /// <summary>What some work takes, by Linux's /proc; <paramref name="work"/> calls what it is given whenever File and Anonymous shall be looked at.</summary>
    public static ResidentMemory Of(Action<Action> work)
    {
        GC.Collect();
        System.IO.File.WriteAllText("/proc/self/clear_refs", "5"); // VmHWM begins again at what is resident now (proc(5))
        var (file, anonymous, resident) = (Status("RssFile"), Status("RssAnon"), Status("VmRSS"));
        var (mostFile, mostAnonymous) = (0L, 0L);
        work(() => (mostFile, mostAnonymous) = (Math.Max(mostFile, Status("RssFile") - file), Math.Max(mostAnonymous, Status("RssAnon") - anonymous)));
        return new ResidentMemory(mostFile, mostAnonymous, Status("VmHWM") - resident);
    }

    private static long Status(string key)
    {
        var line = System.IO.File.ReadLines("/proc/self/status").First(line => line.StartsWith(key + ":", StringComparison.Ordinal));
        return 1024 * long.Parse(line[(key.Length + 1)..^2], CultureInfo.InvariantCulture);
    }
}
