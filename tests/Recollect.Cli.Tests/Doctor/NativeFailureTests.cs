using Recollect.Cli.Doctor;

namespace Recollect.Tests.Cli.Doctor;

public class NativeFailureTests
{
    private static readonly Platform Debian = new("linux", "x64", false, new Version(2, 36), "Debian");

    [Theory]
    [InlineData("/lib/x86_64-linux-gnu/libstdc++.so.6: version `GLIBCXX_3.4.32' not found (required by /app/libLibTorchSharp.so)", "GLIBCXX_3.4.32", "weak")]
    [InlineData("/lib/x86_64-linux-gnu/libc.so.6: version `GLIBC_2.28' not found (required by /app/libtorch_cpu.so)", "needs GLIBC 2.28 and this system has 2.36", "newer system")]
    [InlineData("libgomp.so.1: cannot open shared object file: No such file or directory", "libgomp is missing", "apt-get install libgomp1")]
    [InlineData("libgomp-98b21ff3.so.1: cannot open shared object file: No such file or directory", "comes with libtorch", "build again")]
    [InlineData("libstdc++.so.6: cannot open shared object file: No such file or directory", "libstdc++ is missing", "libstdc++6")]
    [InlineData("libtorch_cpu.so: cannot open shared object file: No such file or directory", "libtorch_cpu.so is not beside the program", "build again")]
    [InlineData("libLibTorchSharp.so is not in the program's folder", "not beside the program", "linux-x64")]
    [InlineData("libcuda.so.1: cannot open shared object file: No such file or directory", "NVIDIA's driver is missing", "TorchBackend=cpu")]
    [InlineData("libcudnn.so.9: cannot open shared object file: No such file or directory", "libcudnn.so.9 of the CUDA build is missing", "TorchBackend=cuda")]
    [InlineData("/app/libLibTorchSharp.so: undefined symbol: _ZN3c105ErrorC1E", "different versions", "libtorch 2.10")]
    [InlineData("Unable to find an entry point named 'THSTorch_manual_seed' in DLL 'LibTorchSharp'.", "different versions", "LD_LIBRARY_PATH")]
    [InlineData("/app/libtorch_cpu.so: file too short", "damaged", "nuget locals")]
    [InlineData("/app/libtorch_cpu.so: wrong ELF class: ELFCLASS32", "damaged or of another kind", "nuget locals")]
    [InlineData("/app/libtorch_cpu.so: cannot enable executable stack as shared object requires: Invalid argument", "executable stack", "patchelf")]
    [InlineData("/app/libtorch_cpu.so: failed to map segment from shared object", "could not be mapped", "noexec")]
    [InlineData("something nobody has seen", "something nobody has seen", "doctor --json")]
    public void What_the_loader_says_becomes_a_cause_and_a_cure(string text, string cause, string cure)
    {
        var (foundCause, foundCure) = NativeFailure.Of(text, Debian);
        Assert.Contains(cause, foundCause);
        Assert.Contains(cure, foundCure);
    }

    [Theory]
    [InlineData("linux", "arm64", false, "linux-arm64")]
    [InlineData("osx", "x64", false, "osx-x64")]
    [InlineData("win", "arm64", false, "win-arm64")]
    [InlineData("linux", "x64", true, "musl")]
    public void A_platform_without_libtorch_is_named_whatever_the_loader_says(string system, string architecture, bool musl, string named)
    {
        var platform = new Platform(system, architecture, musl, null, "");
        Assert.False(platform.IsSupported);
        Assert.Contains(named, NativeFailure.Of("libgomp.so.1: cannot open shared object file", platform).Cause);
    }

    [Fact]
    public void This_machine_is_known_for_what_it_is()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && !File.Exists("/etc/alpine-release"), "Reads the GNU C library's version.");
        Assert.True(Platform.OfThisMachine().Glibc >= new Version(2, 17));
    }
}
