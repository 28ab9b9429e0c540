using System.Globalization;

namespace Recollect.Runs;

/// <summary>The limits of the container that this process runs in (Linux control groups, versions 1 and 2; cgroups(7)).</summary>
public static class ControlGroup
{
    /// <summary>The bytes that the process and its container may use: the lowest limit on the way up, or null where there is none.</summary>
    /// <param name="root">The root of the file system to look in; another one than <c>/</c> serves tests.</param>
    public static long? MemoryLimit(string root = "/")
    {
        var groups = Lines(Path.Combine(root, "proc/self/cgroup")).Select(line => line.Split(':', 3)).Where(parts => parts.Length == 3).ToList();
        var limits = groups.SelectMany(parts => parts[1] switch
        {
            "" => Limits(root, "sys/fs/cgroup", parts[2], "memory.max"),
            var controllers when controllers.Split(',').Contains("memory") => Limits(root, "sys/fs/cgroup/memory", parts[2], "memory.limit_in_bytes"),
            _ => [],
        }).ToList();
        return limits.Count == 0 ? null : limits.Min();
    }

    // A group is bound by those above it. Within a container the group's own path may not be visible, only the mount's top.
    private static IEnumerable<long> Limits(string root, string mount, string group, string file)
    {
        for (var folder = group.Trim('/'); ; folder = Path.GetDirectoryName(folder) ?? "")
        {
            var text = Lines(Path.Combine(root, mount, folder, file)).FirstOrDefault();
            if (long.TryParse(text, CultureInfo.InvariantCulture, out var limit)) // version 2 writes "max" for no limit
                yield return limit;
            if (folder.Length == 0)
                yield break;
        }
    }

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
