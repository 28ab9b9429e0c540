using System.Globalization;
using System.Runtime.InteropServices;

namespace Recollect.Runs;

/// <summary>The machine that a number was measured on.</summary>
public sealed record MachineInfo
{
    /// <summary>The processor's own name, with the family and model that virtual machines leave out of it (<c>AMD EPYC, family 26 model 2</c>); its architecture where the system does not tell.</summary>
    public required string Processor { get; init; }

    /// <summary>Logical processors that this process may use, a container's quota and affinity considered.</summary>
    public required int Cores { get; init; }

    /// <summary>Bytes of memory that the machine has.</summary>
    public required long Memory { get; init; }

    /// <summary>Bytes that the container allows, where it sets a limit below <see cref="Memory"/>.</summary>
    public long? MemoryLimit { get; init; }

    /// <summary>The operating system, such as <c>Debian GNU/Linux 12 (bookworm)</c>.</summary>
    public required string OperatingSystem { get; init; }

    /// <summary>The process's architecture, such as <c>X64</c>.</summary>
    public required string Architecture { get; init; }

    /// <summary>Looks at this machine.</summary>
    public static MachineInfo Read()
    {
        var architecture = RuntimeInformation.ProcessArchitecture.ToString();
        var memory = ProcText.Kilobytes(ProcText.Value("/proc/meminfo", "MemTotal")) ?? GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        return new MachineInfo
        {
            Processor = (ProcText.Value("/proc/cpuinfo", "model name") is { } name ? name + Model() : null)
                ?? Environment.GetEnvironmentVariable("PROCESSOR_IDENTIFIER") // Windows sets it
                ?? architecture,
            Cores = Environment.ProcessorCount,
            Memory = memory,
            MemoryLimit = ControlGroup.MemoryLimit() is { } limit && limit < memory ? limit : null,
            OperatingSystem = RuntimeInformation.OSDescription,
            Architecture = architecture,
        };
    }

    // Of an x86 on Linux; what an ARM has in their place tells people nothing.
    private static string Model() => (ProcText.Value("/proc/cpuinfo", "cpu family"), ProcText.Value("/proc/cpuinfo", "model")) is ({ } family, { } model) ? $", family {family} model {model}" : "";

    /// <summary>One line for the head of a table of results.</summary>
    public override string ToString()
    {
        var limit = MemoryLimit is { } bytes ? $" (container: {Gigabytes(bytes)})" : "";
        return $"{Processor}, {Cores} core(s), {Gigabytes(Memory)}{limit}, {OperatingSystem} {Architecture}";
    }

    private static string Gigabytes(long bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e9:0.#} GB");
}
