using System.Runtime.InteropServices;
using TorchSharp;

namespace Recollect.Experiments;

/// <summary>The libtorch that this process has loaded; where it is pointed to another one, that is not the one that TorchSharp was built for.</summary>
internal static class LoadedTorch
{
    // libtorch's own word, a plain function of C in its newer versions: torch/csrc/inductor/aoti_torch/c/shim.h.
    private const string Ask = "aoti_torch_abi_version";

    /// <summary>Its version, such as <c>2.10.0</c>; where it cannot be asked, that it is not known.</summary>
    public static string Version { get; } = Look();

    /// <summary>The version in what libtorch answers: a byte each of major, minor and patch, from the top (torch/headeronly/version.h, TORCH_ABI_VERSION).</summary>
    internal static string Text(ulong answer) => $"{answer >> 56}.{(answer >> 48) & 0xFF}.{(answer >> 40) & 0xFF}";

    private static unsafe string Look()
    {
        _ = torch.get_num_threads(); // now it is loaded, from wherever TorchSharp took it
        foreach (var file in TorchProbe.FilesOf("torch_cpu"))
        {
            // A name without a folder is that of the library which is there already; a file is loaded once.
            if (NativeLibrary.TryLoad(file, out var library) && NativeLibrary.TryGetExport(library, Ask, out var function))
                return Text(((delegate* unmanaged[Cdecl]<ulong>)function)());
        }
        return $"unknown (TorchSharp was built for {torch.__version__})";
    }
}
