using System.Runtime.InteropServices;
using Recollect.Data;
using Recollect.Experiments;

namespace Recollect.Tests.Experiments;

/// <summary>A program may train many networks, one after the other.</summary>
public class ReleasedMemoryTests
{
    [Fact]
    public void Decoders_weights_are_given_back_with_the_networks()
    {
        Assert.SkipUnless(NativeLibrary.TryLoad("libc.so.6", out var libc) && NativeLibrary.TryGetExport(libc, "mallinfo2", out _), "glibc 2.33 counts the bytes that are in use.");
        const int Times = 20;
        var recipe = RecipeBook.Open("digits", ["data.limit=20", "data.testLimit=10", "training.batch=4", "auxiliary.0.decoder.headUnits=8", "model.hidden=512"]);
        using var data = DataSetLoader.Load(recipe.Data, Path.GetTempPath());
        MemoryPlan? Forecast() => MemoryPlan.Forecast(recipe, data, new Workplace(Path.GetTempPath(), DeviceChoice.Cpu, 1));
        Forecast();
        var before = InUse();
        for (var time = 0; time < Times; time++)
            Forecast();
        var kept = InUse() - before;
        const long Layer = 4 * 512 * 512 * sizeof(float); // its gates by its state
        Assert.True(kept < 10 * Layer, $"{kept:N0} bytes more are in use after {Times} networks, whose decoders take {Layer:N0} each and more.");
    }

    // What has been asked of the C library, libtorch's tensors among it, and not been given back.
    private static long InUse()
    {
        var counts = Counts();
        return (long)(counts.OfArenas + counts.OfMappings);
    }

    [StructLayout(LayoutKind.Sequential)]
    private readonly struct Mallinfo2
    {
        private readonly nuint _arena, _freeChunks, _fastChunks, _mappings;
        public readonly nuint OfMappings;
        private readonly nuint _unused, _fastBytes;
        public readonly nuint OfArenas;
        private readonly nuint _free, _atTop;
    }

    [DllImport("libc.so.6", EntryPoint = "mallinfo2"), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern Mallinfo2 Counts();
}
