using Recollect.Runs;

namespace Recollect.SelfTests;

/// <summary>What is tried on a machine before anything is trusted to it.</summary>
/// <param name="Kernels">Whether kernels compute what the scalar path does; null where libtorch, which owns the weights, does not load.</param>
/// <param name="Saving">Whether what is saved comes back; null likewise.</param>
/// <param name="Disk">How fast the disk is.</param>
/// <param name="Threads">What threads change; null likewise.</param>
internal sealed record SelfTestFacts(KernelFacts? Kernels, SavingFacts? Saving, DiskFacts Disk, ThreadFacts? Threads);

/// <summary>Some 20 seconds of work of the kind that trainings do (<c>recollect doctor --deep</c>).</summary>
internal static class SelfTest
{
    /// <summary>Does it all; nothing stays on the disk.</summary>
    /// <param name="folder">Where runs go; it need not be there yet.</param>
    /// <param name="torchWorks">Whether libtorch loads.</param>
    /// <param name="progress">What is being done.</param>
    public static SelfTestFacts Run(string folder, bool torchWorks, IProgress<string> progress)
    {
        KernelFacts? kernels = null;
        SavingFacts? saving = null;
        ThreadFacts? threads = null;
        if (torchWorks)
        {
            progress.Report("kernels against the scalar path …");
            kernels = KernelCheck.Run(TimeSpan.FromSeconds(6));
            progress.Report("saving and loading …");
            saving = SavingCheck.Run(folder);
        }
        progress.Report("the disk's speed …");
        var disk = DiskCheck.Run(folder);
        if (torchWorks)
        {
            progress.Report("threads …");
            threads = ThreadCheck.Run(MachineInfo.Read());
        }
        return new SelfTestFacts(kernels, saving, disk, threads);
    }
}
