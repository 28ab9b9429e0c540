using Recollect.Runs;
using Recollect.Training;
using TorchSharp;

namespace Recollect.Experiments;

/// <summary>Chooses where and with how many threads tensors are computed.</summary>
internal static class Compute
{
    /// <summary>What is said where a GPU was asked for and there is none.</summary>
    public const string NoGpu =
        "--device cuda: this build or machine has no CUDA GPU. Build with -p:TorchBackend=cuda on a machine with a driver, or use --device cpu; `recollect doctor` says more.";

    /// <summary>The device that <paramref name="workplace"/> comes to on this machine; sets the number of threads.</summary>
    /// <exception cref="RecipeException">A GPU was asked for and there is none.</exception>
    public static torch.Device Use(Workplace workplace) => Use(workplace, Peers.Alone);

    /// <summary>The same for one of several processes: unless the number of threads is given, those that may use the same cores of a machine share them.</summary>
    /// <inheritdoc cref="Use(Workplace)"/>
    public static torch.Device Use(Workplace workplace, Peers peers)
    {
        var sharing = peers.CountOf($"{Environment.MachineName}/{ProcText.Value("/proc/self/status", "Cpus_allowed_list")}");
        if ((workplace.Threads ?? (sharing > 1 ? Math.Max(1, Environment.ProcessorCount / sharing) : (int?)null)) is { } count)
            torch.set_num_threads(count);
        return workplace.Device switch
        {
            DeviceChoice.Cpu => torch.CPU,
            DeviceChoice.Auto => torch.cuda.is_available() ? torch.CUDA : torch.CPU,
            _ => torch.cuda.is_available() ? torch.CUDA : throw new RecipeException(NoGpu),
        };
    }
}
