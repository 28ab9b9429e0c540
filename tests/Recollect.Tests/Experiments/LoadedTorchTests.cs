using Recollect.Experiments;
using TorchSharp;

namespace Recollect.Tests.Experiments;

public class LoadedTorchTests
{
    /// <summary>TORCH_ABI_VERSION of torch/headeronly/version.h: major &lt;&lt; 56 | minor &lt;&lt; 48 | patch &lt;&lt; 40 | a tag.</summary>
    [Theory]
    [InlineData(0x020A_0000_0000_0000UL, "2.10.0")]
    [InlineData(0x020B_0100_0000_0007UL, "2.11.1")]
    [InlineData(0x0300_FF00_0000_0000UL, "3.0.255")]
    public void An_answer_is_major_minor_and_patch(ulong answer, string version) => Assert.Equal(version, LoadedTorch.Text(answer));

    /// <summary>TorchSharp names the version that it was built for, and these tests run with the package of that version.</summary>
    [Fact]
    public void The_library_that_is_loaded_says_its_version()
    {
        Assert.StartsWith($"{LoadedTorch.Version}.", $"{torch.__version__}.");
        Assert.Equal(LoadedTorch.Version, ProgramVersion.Libraries()["libtorch"]);
        Assert.Equal(LoadedTorch.Version, TorchProbe.Look().Version);
    }
}
