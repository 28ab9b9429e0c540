using System.Runtime.InteropServices;
using Recollect.Runs;

namespace Recollect.Cli.Doctor;

/// <summary>Every check, in the order in which they are read.</summary>
internal static class Diagnosis
{
    private const long Gigabyte = 1_000_000_000, LeastOfRun = Gigabyte / 16;

    public static IReadOnlyList<Finding> Of(MachineFacts facts) =>
    [
        System(facts), Libtorch(facts), Processor(facts), Threads(facts), Memory(facts), Gpu(facts), Data(facts), Runs(facts.RunsFolder), DataDisk(facts.DataFolder),
    ];

    public static Finding System(MachineFacts facts)
    {
        var found = $"recollect {CommandLine.Version}, {RuntimeInformation.FrameworkDescription}, {facts.Platform.Name} ({facts.Platform.Rid}"
            + (facts.Platform.Glibc is { } glibc ? $", glibc {glibc})" : ")");
        return new Finding("system", Health.Good, found);
    }

    public static Finding Libtorch(MachineFacts facts)
    {
        if (facts.Torch.Works)
            return new Finding("libtorch", Health.Good, $"{facts.Torch.Version}, TorchSharp {facts.Torch.Binding}: loads and computes");
        var (cause, cure) = NativeFailure.Of(string.Join('\n', facts.Torch.Failures), facts.Platform);
        return new Finding("libtorch", Health.Broken, $"does not load: {cause} (TorchSharp {facts.Torch.Binding})", cure);
    }

    public static Finding Processor(MachineFacts facts)
    {
        var fast = facts.Vectors.Contains("AVX2") || facts.Vectors.Contains("NEON");
        var found = $"{facts.Machine.Processor}; {(facts.Vectors.Count > 0 ? string.Join(", ", facts.Vectors) : "no vector instructions that help")}";
        return fast
            ? new Finding("processor", Health.Good, found)
            : new Finding("processor", Health.Note, found, "Training works, several times slower; a processor (or a virtual machine's CPU type) with AVX2 helps.");
    }

    public static Finding Threads(MachineFacts facts)
    {
        var (cores, set) = (facts.Machine.Cores, facts.OpenMpThreads);
        var found = $"{cores} core(s); {(facts.Torch.Works ? $"libtorch uses {facts.Torch.Threads} thread(s)" : "libtorch's threads are unknown")}"
            + (set is null ? "" : $"; OMP_NUM_THREADS={set}");
        if (set is null)
            return new Finding("threads", Health.Good, found);
        return (int.TryParse(set, out var threads) ? threads : 0).CompareTo(cores) switch
        {
            0 => new Finding("threads", Health.Good, found),
            < 0 => new Finding("threads", Health.Note, found, "Cores are left idle; unset OMP_NUM_THREADS, or use --threads."),
            _ => new Finding("threads", Health.Note, found, $"More threads than cores wait for each other; unset OMP_NUM_THREADS, or use --threads {cores}."),
        };
    }

    public static Finding Memory(MachineFacts facts)
    {
        var usable = facts.Machine.MemoryLimit ?? facts.Machine.Memory;
        var found = $"{Size(facts.Machine.Memory)}{(facts.Machine.MemoryLimit is { } limit ? $", of which the container allows {Size(limit)}" : "")}";
        return usable >= 2 * Gigabyte
            ? new Finding("memory", Health.Good, found)
            : new Finding("memory", Health.Note, found, "libtorch alone takes about half a gigabyte; use small batches (training.accumulate) or allow more.");
    }

    public static Finding Gpu(MachineFacts facts) => facts switch
    {
        { Torch.Cuda: true } => new Finding("GPU", Health.Good, "CUDA works; --device auto uses it"),
        { NvidiaDriver: true } => new Finding("GPU", Health.Note, "an NVIDIA driver is here, but this build of libtorch does not use it",
            "Build with -p:TorchBackend=cuda, such as 'dotnet run -c Release --project src/Recollect.Cli -p:TorchBackend=cuda -- train'."),
        _ => new Finding("GPU", Health.Good, "none; training runs on the processor"),
    };

    public static Finding Data(MachineFacts facts)
    {
        var here = facts.Sets.Where(set => set.Value).Select(set => set.Key).Prepend("digits (embedded)");
        var missing = facts.Sets.Where(set => !set.Value).Select(set => set.Key).ToList();
        var found = $"{facts.DataFolder.Path}: {string.Join(", ", here)}";
        return missing.Count == 0
            ? new Finding("data", Health.Good, found)
            : new Finding("data", Health.Note, $"{found}; not here as published: {string.Join(", ", missing)}",
                $"'recollect data get {missing[0]}' brings it; --data or $RECOLLECT_DATA names another folder.");
    }

    public static Finding Runs(FolderState folder) => folder switch
    {
        { Fault: { } fault } => new Finding("disk (runs)", Health.Broken, $"{folder.Path} cannot be written to: {fault}",
            "Mend that, or work in a folder of your own; 'recollect train --out DIR' writes a run elsewhere."),
        { Free: < LeastOfRun } => new Finding("disk (runs)", Health.Broken, Room(folder), "Free some space: a run needs tens of megabytes; 'recollect train --out DIR' writes a run elsewhere."),
        { Free: null or < Gigabyte } => new Finding("disk (runs)", Health.Note, Room(folder), "Make sure of some room: a run needs tens of megabytes."),
        _ => new Finding("disk (runs)", Health.Good, Room(folder)),
    };

    public static Finding DataDisk(FolderState folder) => folder switch
    {
        { Fault: { } fault } => new Finding("disk (data)", Health.Note, $"{folder.Path} cannot be written to: {fault}",
            "What is there can be trained on; to get sets, mend that or name another folder with --data or $RECOLLECT_DATA."),
        { Free: null or < Gigabyte } => new Finding("disk (data)", Health.Note, Room(folder),
            "What is there can be trained on; to get sets, make sure of some room (CIFAR-10 needs about 400 MB while it is unpacked) or name another folder with --data or $RECOLLECT_DATA."),
        _ => new Finding("disk (data)", Health.Good, Room(folder)),
    };

    private static string Room(FolderState folder) => $"{folder.Path} can be written to; {(folder.Free is { } bytes ? $"{Size(bytes)} free" : "the free space cannot be told")}";

    private static string Size(long bytes) => bytes >= Gigabyte ? $"{bytes / (double)Gigabyte:0.0} GB" : $"{bytes / (Gigabyte / 1000)} MB";
}
