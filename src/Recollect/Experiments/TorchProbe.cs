using System.Runtime.InteropServices;
using TorchSharp;

namespace Recollect.Experiments;

/// <summary>Whether libtorch works in this process, and what it says about itself.</summary>
/// <param name="Version">The loaded libtorch's version; null where it does not load.</param>
/// <param name="Binding">TorchSharp's version.</param>
/// <param name="Threads">Threads that it would compute with.</param>
/// <param name="Cuda">Whether a CUDA device can be used.</param>
/// <param name="Failures">What the attempts to load said, most telling first; empty where it works.</param>
internal sealed record TorchFacts(string? Version, string Binding, int Threads, bool Cuda, IReadOnlyList<string> Failures)
{
    /// <summary>Whether a small computation came out right.</summary>
    public bool Works => Failures.Count == 0;
}

/// <summary>Loads libtorch, computes with it, and where that fails asks the system's own loader why.</summary>
internal static class TorchProbe
{
    // In the order in which they need each other; TorchSharp's own loader hides what the system said.
    private static readonly string[] Libraries = ["c10", "torch_cpu", "torch", "LibTorchSharp"];

    /// <summary>Looks; never throws for a library that does not load.</summary>
    public static TorchFacts Look()
    {
        var binding = typeof(torch).Assembly.GetName().Version?.ToString(3) ?? "?";
        try
        {
            using var scope = torch.NewDisposeScope();
            var four = torch.ones(2, 2).matmul(torch.ones(2, 2)).sum().item<float>() / 2;
            return four == 4
                ? new TorchFacts(LoadedTorch.Version, binding, torch.get_num_threads(), torch.cuda.is_available(), [])
                : new TorchFacts(LoadedTorch.Version, binding, 0, false, [$"2 + 2 came out as {four}"]);
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            return new TorchFacts(null, binding, 0, false, Reasons(error));
        }
    }

    /// <summary>What the system's loader says about each of libtorch's files, and then what TorchSharp said.</summary>
    public static IReadOnlyList<string> Reasons(Exception error)
    {
        var reasons = new List<string>();
        foreach (var library in Libraries)
        {
            if (Refusal(library) is { } refusal)
                reasons.Add(refusal);
        }
        for (var cause = error; cause is not null; cause = cause.InnerException)
            reasons.Add(cause.Message);
        return [.. reasons.Distinct()];
    }

    private static string? Refusal(string library)
    {
        var files = FilesOf(library);
        if (files.Skip(1).FirstOrDefault(File.Exists) is not { } path)
            return $"{files[0]} is not in the program's folder";
        try
        {
            NativeLibrary.Load(path);
            return null;
        }
        catch (Exception error) when (error is DllNotFoundException or BadImageFormatException)
        {
            return error.Message;
        }
    }

    /// <summary>A library's file name on this system, and where it may lie in the program's folder.</summary>
    internal static IReadOnlyList<string> FilesOf(string library)
    {
        var name = OperatingSystem.IsWindows() ? $"{library}.dll" : OperatingSystem.IsMacOS() ? $"lib{library}.dylib" : $"lib{library}.so";
        return [name, Path.Combine(AppContext.BaseDirectory, name), Path.Combine(AppContext.BaseDirectory, "runtimes", PortableRid(), "native", name)];
    }

    /// <summary>The platform as packages name it, such as <c>linux-x64</c>.</summary>
    internal static string PortableRid()
    {
        var system = OperatingSystem.IsWindows() ? "win" : OperatingSystem.IsMacOS() ? "osx" : "linux";
        return $"{system}-{RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant()}";
    }
}
