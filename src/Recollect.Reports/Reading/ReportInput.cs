using System.Text.RegularExpressions;

namespace Recollect.Reports.Reading;

/// <summary>All that one report is made of.</summary>
/// <param name="Title">What it is about, from the folders' names.</param>
/// <param name="Runs">The runs in the order in which they were named, each once.</param>
/// <param name="Exhibits">The exhibits of targets.</param>
public sealed partial record ReportInput(string Title, IReadOnlyList<ReportRun> Runs, IReadOnlyList<ExhibitSet> Exhibits)
{
    /// <summary>Reads folders, each of which is a run, holds <c>exhibits.json</c>, or holds runs. Of several runs a damaged one is <see cref="RunState.Damaged"/>.</summary>
    /// <remarks>What <c>reproduce</c> wrote beside a run, its output and why it failed, stands for the run: a glob names both.</remarks>
    /// <exception cref="DataException">A folder is missing or holds none of these; <c>exhibits.json</c> is damaged, or the one run that was named.</exception>
    public static ReportInput Read(IReadOnlyList<string> folders)
    {
        folders = [.. folders.Select(folder => RunReader.FolderBeside(folder) ?? folder).Distinct()];
        Func<string, ReportRun> reader = folders is [var only] && RunReader.IsRunOrFailure(only) ? RunReader.Read : RunReader.ReadBesideOthers;
        var read = new Dictionary<string, ReportRun>();
        ReportRun Once(string path)
        {
            var key = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
            return read.TryGetValue(key, out var run) ? run : read[key] = reader(path);
        }
        var exhibits = new List<ExhibitSet>();
        foreach (var folder in folders)
        {
            if (File.Exists(Path.Combine(folder, ExhibitReader.Name)))
                exhibits.Add(ExhibitReader.Read(folder, Once));
            else if (RunReader.IsRunOrFailure(folder))
                Once(folder);
            else
                RunsIn(folder).ForEach(run => Once(run));
        }
        return new ReportInput(TitleOf(folders, exhibits), [.. read.Values], exhibits);
    }

    private static List<string> RunsIn(string folder)
    {
        if (!Directory.Exists(folder))
            throw new DataException($"'{folder}' {(File.Exists(folder) ? "is a file" : "does not exist")}; expected a run's folder, as `recollect train` makes it, or a folder of runs.");
        var runs = Directory.GetDirectories(folder).Where(RunReader.IsRun).OrderBy(NumbersPadded, StringComparer.Ordinal).ToList();
        return runs.Count > 0
            ? runs
            : throw new DataException($"'{folder}' holds no run and no {ExhibitReader.Name}; expected a run's folder, as `recollect train` makes it, or a folder of runs.");
    }

    private static string TitleOf(IReadOnlyList<string> folders, List<ExhibitSet> exhibits)
    {
        if (exhibits.Count > 0)
            return string.Join(", ", exhibits.Select(set => set.IsSweep ? $"{set.File.Sweep}, a sweep" : $"{set.File.Target}, {set.File.Scale}"));
        var paths = folders.Select(folder => Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder))).ToList();
        var parents = paths.Select(Path.GetDirectoryName).Distinct().ToList();
        return paths.Count == 1 ? Path.GetFileName(paths[0]) : parents.Count == 1 ? Path.GetFileName(parents[0])! : $"{folders.Count} folders";
    }

    // s2 before s10.
    private static string NumbersPadded(string folder) => Digits().Replace(Path.GetFileName(folder), number => number.Value.PadLeft(12, '0'));

    [GeneratedRegex("[0-9]+")]
    private static partial Regex Digits();
}
