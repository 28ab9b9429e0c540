using TorchSharp;

namespace Recollect.Experiments;

/// <summary>Chooses where and with how many threads tensors are computed.</summary>
internal static class Compute
{
    /// <summary>The device that <paramref name="workplace"/> comes to on this machine; sets the number of threads.</summary>
    /// <exception cref="RecipeException">A GPU was asked for and there is none.</exception>
    public static torch.Device Use(Workplace workplace)
    {
        if (workplace.Threads is { } count)
            torch.set_num_threads(count);
        return workplace.Device switch
        {
            DeviceChoice.Cpu => torch.CPU,
            DeviceChoice.Auto => torch.cuda.is_available() ? torch.CUDA : torch.CPU,
            _ => torch.cuda.is_available() ? torch.CUDA : throw new RecipeException(
                "--device cuda: this build or machine has no CUDA GPU. Build with -p:TorchBackend=cuda on a machine with a driver, or use --device cpu; `recollect doctor` says more."),
        };
    }
}
