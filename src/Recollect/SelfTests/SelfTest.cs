using System.Diagnostics;
using Recollect.Runs;

namespace Recollect.SelfTests;

/// <summary>What is tried on a machine before anything is trusted to it.</summary>
/// <param name="Kernels">Whether kernels compute what the scalar path does; null where libtorch, which owns the weights, does not load.</param>
/// <param name="Saving">Whether what is saved comes back; null likewise.</param>
/// <param name="Disk">How fast the disk is.</param>
/// <param name="Threads">What threads change; null likewise.</param>
internal sealed record SelfTestFacts(KernelFacts? Kernels, SavingFacts? Saving, DiskFacts Disk, ThreadFacts? Threads);

/// <summary>20 seconds of work of the kind that trainings do (<c>recollect doctor --deep</c>).</summary>
internal static class SelfTest
{
    /// <summary>How long it takes, but on a machine so slow that the other checks leave the kernels' nothing.</summary>
    internal static readonly TimeSpan Whole = TimeSpan.FromSeconds(20);

    /// <summary>Does it all; nothing stays on the disk.</summary>
    /// <param name="folder">Where runs go; it need not be there yet.</param>
    /// <param name="torchWorks">Whether libtorch loads.</param>
    /// <param name="progress">What is being done.</param>
    public static SelfTestFacts Run(string folder, bool torchWorks, IProgress<string> progress)
    {
        var clock = Stopwatch.StartNew();
        progress.Report("the disk's speed …");
        var disk = DiskCheck.Run(folder);
        if (!torchWorks)
            return new SelfTestFacts(null, null, disk, null);
        progress.Report("saving and loading …");
        var saving = SavingCheck.Run(folder);
        progress.Report("threads …");
        var threads = ThreadCheck.Run(MachineInfo.Read());
        progress.Report("kernels against the scalar path …");
        return new SelfTestFacts(KernelCheck.Run(Whole - clock.Elapsed), saving, disk, threads);
    }
}
