using System.Text.RegularExpressions;

namespace Recollect.Cli.Doctor;

/// <summary>Explains why libtorch does not load: what the system's loader says, as cause and cure.</summary>
internal static partial class NativeFailure
{
    private const string Rebuild = "Delete the folders bin and obj and build again, so that NuGet brings the files anew; an installed tool is uninstalled and installed again.";

    /// <summary>One or two sentences, the cure last.</summary>
    /// <param name="text">Everything that the attempts to load said.</param>
    /// <param name="platform">Where they were made.</param>
    public static string Explain(string text, Platform platform)
    {
        var (cause, cure) = Of(text, platform);
        return $"libtorch does not load: {cause}. {cure}";
    }

    /// <summary>The cause and the cure, most certain first.</summary>
    public static (string Cause, string Cure) Of(string text, Platform platform) => text switch
    {
        _ when platform.Musl => (
            "this system's C library is musl (Alpine), and libtorch is built for the GNU one",
            "Use an image with glibc, such as one of Debian or Ubuntu."),
        _ when !platform.IsSupported => (
            $"TorchSharp brings no library for {platform.Rid}",
            "Use linux-x64, win-x64 or osx-arm64; on other machines run an x64 program under emulation."),
        _ when GlibcxxVersion().Match(text) is { Success: true } found => (
            $"the C++ library of this system has no {found.Value}, which TorchSharp's library names (though it does not use it)",
            $"The build marks that need as weak in its own copy; this copy was not made by it. {Rebuild} Or install a newer libstdc++6."),
        _ when GlibcVersion().Match(text) is { Success: true } found => (
            $"it needs {found.Value.Replace('_', ' ')} and this system has {platform.Glibc?.ToString() ?? "an older one"}",
            "Use a newer system (Debian 12, Ubuntu 22.04, RHEL 9 or later), or a container of one."),
        _ when SystemLibrary().Match(text) is { Success: true } found => Missing(found.Groups["name"].Value),
        _ when Says(text, "executable stack") => (
            "this system's loader refuses libraries that ask for an executable stack (glibc 2.41 and later)",
            "Clear the mark with 'patchelf --clear-execstack' on the file that the message names, or set GLIBC_TUNABLES=glibc.rtld.execstack=2."),
        _ when Says(text, "file too short") || Says(text, "invalid ELF header") || Says(text, "wrong ELF class") || Says(text, "bad image", "0x8007000B", "incorrect format") => (
            "one of its files is damaged or of another kind of system", $"Remove it from NuGet's package cache ('dotnet nuget locals global-packages --clear'). {Rebuild}"),
        _ when Says(text, "undefined symbol") || Says(text, "entry point") || Says(text, "symbol not found") || Says(text, "procedure could not be found") => (
            "its files are of different versions", $"TorchSharp 0.107 goes with libtorch 2.10, and was seen to work with 2.11; look for another libtorch in LD_LIBRARY_PATH. {Rebuild}"),
        _ when Says(text, "cannot allocate memory") || Says(text, "failed to map segment", "Cannot map") => (
            "its 460 MB could not be mapped into memory", "Raise the memory limit (ulimit -v, or the container's), and do not run from a file system that is mounted noexec."),
        _ when Says(text, "permission denied") || Says(text, "operation not permitted") => (
            "its files may not be read or run",
            "Give this user the right to read them, and do not run from a file system that is mounted noexec."),
        _ when Says(text, "is not in the program's folder") || Says(text, "doesn't contain a reference to libtorch") => (
            "its files are not beside the program", $"The build brings the libtorch of the system that it runs on; build on this one ({platform.Rid}). {Rebuild}"),
        _ => (text.Split('\n')[0].TrimEnd('.'), $"{Rebuild} If that does not help, report what 'recollect doctor --json' prints."),
    };

    private static (string Cause, string Cure) Missing(string library) => library switch
    {
        _ when library.StartsWith("libgomp-", StringComparison.Ordinal) => ($"{library}, which comes with libtorch, is not beside it", Rebuild),
        _ when library.StartsWith("libgomp", StringComparison.Ordinal) => (
            "the OpenMP library libgomp is missing",
            "Install it: 'apt-get install libgomp1', 'dnf install libgomp'."),
        _ when library.StartsWith("libstdc++", StringComparison.Ordinal) => (
            "the C++ library libstdc++ is missing",
            "Install it: 'apt-get install libstdc++6', 'dnf install libstdc++'."),
        _ when library.StartsWith("libcuda.so", StringComparison.Ordinal) => (
            "NVIDIA's driver is missing, and this is the CUDA build",
            "Install the driver, or build for the processor: -p:TorchBackend=cpu."),
        _ when library.StartsWith("libcu", StringComparison.Ordinal) || library.StartsWith("libnv", StringComparison.Ordinal) => (
            $"{library} of the CUDA build is missing",
            $"Build with -p:TorchBackend=cuda on this machine, or for the processor with -p:TorchBackend=cpu. {Rebuild}"),
        _ when library.StartsWith("libtorch", StringComparison.Ordinal) || library.StartsWith("libc10", StringComparison.Ordinal) || library.StartsWith("libLibTorch", StringComparison.Ordinal) => (
            $"{library} is not beside the program",
            $"{Rebuild} A program built with -p:TorchBackend=none finds its libtorch through LD_LIBRARY_PATH: docs/gpu.md."),
        _ => ($"the system's library {library} is missing", "Install the package that holds it."),
    };

    private static bool Says(string text, params string[] words) => words.Any(word => text.Contains(word, StringComparison.OrdinalIgnoreCase));

    [GeneratedRegex(@"GLIBCXX_[\d.]*\d(?=[`'’]? not found)")]
    private static partial Regex GlibcxxVersion();

    [GeneratedRegex(@"GLIBC_[\d.]*\d(?=[`'’]? not found)")]
    private static partial Regex GlibcVersion();

    [GeneratedRegex(@"(?<name>lib[\w+.-]+?\.so[\d.]*): cannot open shared object file")]
    private static partial Regex SystemLibrary();
}
