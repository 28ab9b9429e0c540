using System.Runtime.InteropServices;

namespace Recollect.Cli.Doctor;

/// <summary>What the native libraries must fit.</summary>
/// <param name="System">linux, win or osx.</param>
/// <param name="Architecture">x64, arm64, …</param>
/// <param name="Musl">Whether the C library is musl (Alpine), for which libtorch is not built.</param>
/// <param name="Glibc">The GNU C library's version, such as 2.36; null elsewhere.</param>
/// <param name="Name">The operating system's own name.</param>
internal sealed record Platform(string System, string Architecture, bool Musl, Version? Glibc, string Name)
{
    /// <summary>As packages name it, such as linux-musl-x64.</summary>
    public string Rid => $"{System}{(Musl ? "-musl" : "")}-{Architecture}";

    /// <summary>Whether TorchSharp 0.107 brings a native library and libtorch is packaged for it.</summary>
    public bool IsSupported => Rid is "linux-x64" or "win-x64" or "osx-arm64";

    public static Platform OfThisMachine()
    {
        var system = OperatingSystem.IsWindows() ? "win" : OperatingSystem.IsMacOS() ? "osx" : "linux";
        var musl = RuntimeInformation.RuntimeIdentifier.Contains("musl", StringComparison.Ordinal)
            || (system == "linux" && Directory.Exists("/lib") && Directory.EnumerateFiles("/lib", "ld-musl-*").Any() && !Libc.IsGnu);
        var architecture = RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant();
        return new Platform(system, architecture, musl, system == "linux" && !musl ? Libc.Version : null, RuntimeInformation.OSDescription);
    }

    private static class Libc
    {
        public static bool IsGnu => Version is not null;

        public static Version? Version
        {
            get
            {
                try
                {
                    return Version.TryParse(Marshal.PtrToStringUTF8(gnu_get_libc_version()), out var version) ? version : null;
                }
                catch (Exception error) when (error is DllNotFoundException or EntryPointNotFoundException)
                {
                    return null;
                }
            }
        }

        [DllImport("libc.so.6"), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        private static extern nint gnu_get_libc_version();
    }
}
