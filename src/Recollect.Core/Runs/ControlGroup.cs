using System.Globalization;

namespace Recollect.Runs;

/// <summary>The limits of the container that this process runs in (Linux control groups, versions 1 and 2; cgroups(7)).</summary>
internal static class ControlGroup
{
    /// <summary>The bytes that the process and its container may use: the lowest limit on the way up, or null where there is none.</summary>
    /// <param name="root">The root of the file system to look in; another one than <c>/</c> serves tests.</param>
    public static long? MemoryLimit(string root = "/") => (long?)Least(root, "memory", group => Number(group, "memory.max"), group => Number(group, "memory.limit_in_bytes"));

    /// <summary>The processors' worth of time that the process and its container may use, such as 1.5, or null where there is no limit.</summary>
    /// <param name="root">As for <see cref="MemoryLimit"/>.</param>
    public static double? Processors(string root = "/") => Least(
        root, "cpu",
        group => Lines(Path.Combine(group, "cpu.max")).FirstOrDefault()?.Split(' ') is [var quota, var period] ? Quotient(Parsed(quota), Parsed(period)) : null,
        group => Quotient(Number(group, "cpu.cfs_quota_us"), Number(group, "cpu.cfs_period_us")));

    // A group is bound by those above it. Version 2 of control groups has one tree for all; version 1 one for each controller.
    private static double? Least(string root, string controller, Func<string, double?> limit, Func<string, double?> limitOfVersion1)
    {
        var groups = Lines(Path.Combine(root, "proc/self/cgroup")).Select(line => line.Split(':', 3)).Where(parts => parts.Length == 3);
        return groups.SelectMany(parts => parts[1] switch
        {
            "" => Upwards(root, "sys/fs/cgroup", parts[2]).Select(limit),
            var controllers when controllers.Split(',').Contains(controller) => Upwards(root, $"sys/fs/cgroup/{controller}", parts[2]).Select(limitOfVersion1),
            _ => [],
        }).Min();
    }

    // Within a container the group's own path may not be visible, only the mount's top.
    private static IEnumerable<string> Upwards(string root, string mount, string group)
    {
        for (var folder = group.Trim('/'); ; folder = Path.GetDirectoryName(folder) ?? "")
        {
            yield return Path.Combine(root, mount, folder);
            if (folder.Length == 0)
                yield break;
        }
    }

    private static double? Number(string group, string file) => Parsed(Lines(Path.Combine(group, file)).FirstOrDefault());

    // Version 2 writes "max" for no limit.
    private static double? Parsed(string? text) => long.TryParse(text, CultureInfo.InvariantCulture, out var number) ? number : null;

    // Version 1 writes a quota of −1 for none.
    private static double? Quotient(double? quota, double? period) => quota > 0 && period > 0 ? quota / period : null;

    private static string[] Lines(string path)
    {
        try
        {
            return File.Exists(path) ? File.ReadAllLines(path) : [];
        }
        catch (Exception cause) when (StorageFailure.Is(cause))
        {
            return [];
        }
    }
}
