using Recollect.Runs;

namespace Recollect.SelfTests;

/// <summary>A folder beside the runs, or where their folder would be made, that does not stay.</summary>
internal sealed class TrialFolder : IDisposable
{
    /// <summary>Makes it.</summary>
    /// <param name="folder">Where runs go.</param>
    /// <exception cref="IOException">It cannot be made.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be made.</exception>
    public TrialFolder(string folder) =>
        Path = Directory.CreateDirectory(System.IO.Path.Combine(FolderState.NearestTo(folder), $".recollect-trial-{Guid.NewGuid():N}")).FullName;

    public string Path { get; }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
