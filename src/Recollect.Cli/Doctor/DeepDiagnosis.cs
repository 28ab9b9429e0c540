using System.Globalization;
using Recollect.SelfTests;

namespace Recollect.Cli.Doctor;

/// <summary>What a self-test comes to, check by check.</summary>
internal static class DeepDiagnosis
{
    // A checkpoint of some megabytes then takes seconds, and several are written an hour.
    private const double SlowDisk = 20e6;

    // Of what two threads do beside one: a second core of its own gives nearly 2, a second thread of the same core 1.2 to 1.4.
    private const double LeastGain = 1.5;

    public static IReadOnlyList<Finding> Of(SelfTestFacts facts) => [Kernels(facts.Kernels), Saving(facts.Saving), Disk(facts.Disk), Threads(facts.Threads)];

    public static Finding Kernels(KernelFacts? facts) => facts switch
    {
        null => NotTried("kernels"),
        { Agree: true } => new Finding("kernels", Health.Good,
            $"{facts.VectorBits}-bit vectors agree with the scalar path: {facts.Comparisons} comparisons of drawn networks, losses and gradients apart by {Scientific(facts.Apart)} of their size at most"),
        _ => new Finding("kernels", Health.Broken,
            $"{facts.VectorBits}-bit vectors and the scalar path differ by {Scientific(facts.Apart)} of the size, most in {facts.Where}",
            "Test this machine's memory and processor. If they are sound, report what 'recollect doctor --deep --json' prints, and train with --set model.engine=libtorch until it is mended."),
    };

    public static Finding Saving(SavingFacts? facts) => facts switch
    {
        null => NotTried("saving"),
        { Fault: null } => new Finding("saving", Health.Good, $"a model and a checkpoint came back from {facts.Folder} byte for byte: {Megabytes(facts.Bytes)} in {Seconds(facts.Seconds)}"),
        _ => new Finding("saving", Health.Broken, $"in {facts.Folder}: {facts.Fault}",
            "Mend that, or let runs go to another disk: 'recollect train --out DIR'. A disk that gives back something else than it was given should be replaced."),
    };

    public static Finding Disk(DiskFacts facts)
    {
        if (facts.Fault is { } fault)
        {
            return new Finding("disk speed", Health.Broken, $"in {facts.Folder}: {fault}",
                "Mend that, or let runs go to another disk: 'recollect train --out DIR'. A disk that gives back something else than it was given should be replaced.");
        }
        var found = $"{facts.Folder}: {Megabytes(facts.Bytes)} written and flushed at {Rate(facts.WriteRate)}, read at {Rate(facts.ReadRate)}";
        return facts.WriteRate >= SlowDisk
            ? new Finding("disk speed", Health.Good, found)
            : new Finding("disk speed", Health.Note, found,
                "Every checkpoint waits for that: let runs go to a local disk ('recollect train --out DIR'), or save less often (training.checkpointMinutes, training.checkpointEvery).");
    }

    public static Finding Threads(ThreadFacts? facts)
    {
        if (facts is null)
            return NotTried("work of threads");
        var cores = Cores(facts);
        if (!facts.Agree)
        {
            return new Finding("work of threads", Health.Broken, $"losses or gradients depend on the number of threads; {cores}",
                "Test this machine's memory and processor. If they are sound, report what 'recollect doctor --deep --json' prints; until it is mended, use --threads 1.");
        }
        if (facts.GainOfTwo is not { } two || facts.Gain is not { } all)
            return new Finding("work of threads", Health.Good, $"results do not depend on their number; {cores}");
        var found = $"results do not depend on their number; 2 threads multiply {Times(two)} as fast as one{(facts.Threads > 2 ? $", {facts.Threads} {Times(all)}" : "")}; {cores}";
        return two >= LeastGain && all >= LeastGain
            ? new Finding("work of threads", Health.Good, found)
            : new Finding("work of threads", Health.Note, found,
                "These cores are not this process's alone: something else computes, they are threads of one core, or a quota cuts in. End what else runs, give the container or virtual machine cores of its own, or use --threads 1.");
    }

    // What the machine has, and what of it this process is given.
    private static string Cores(ThreadFacts facts)
    {
        var of = facts.OfMachine is { } machine && machine != facts.Cores ? $" of the machine's {machine}" : "";
        var quota = facts.Quota is { } limit && limit < (facts.OfMachine ?? facts.Cores) ? $", and of the container's quota {limit.ToString("0.##", CultureInfo.InvariantCulture)}" : "";
        return $"{facts.Cores} core(s){of}{quota} may be used";
    }

    private static Finding NotTried(string check) => new(check, Health.Note, "not tried, as libtorch does not load", "Mend libtorch first: above.");

    private static string Scientific(double number) => number.ToString("0E+0", CultureInfo.InvariantCulture);

    private static string Megabytes(long bytes) => $"{bytes / 1e6:0.0} MB";

    private static string Rate(double bytesPerSecond) => $"{bytesPerSecond / 1e6:N0} MB/s";

    private static string Seconds(double seconds) => $"{seconds:0.00} s";

    private static string Times(double gain) => $"{gain:0.0} times";
}
