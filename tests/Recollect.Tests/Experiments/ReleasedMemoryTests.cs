using Recollect.Data;
using Recollect.Experiments;
using Recollect.Runs;

namespace Recollect.Tests.Experiments;

/// <summary>A program may train many networks, one after the other. Resident memory is the process's: no other test runs meanwhile.</summary>
[CollectionDefinition(nameof(ReleasedMemoryTests), DisableParallelization = true)]
[Collection(nameof(ReleasedMemoryTests))]
public class ReleasedMemoryTests
{
    [Fact]
    public void Decoders_weights_are_given_back_with_the_networks()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Resident memory is read from /proc.");
        const int Times = 20;
        var recipe = RecipeBook.Open("digits", ["data.limit=20", "data.testLimit=10", "training.batch=4", "auxiliary.0.decoder.headUnits=8", "model.hidden=512"]);
        using var data = DataSetLoader.Load(recipe.Data, Path.GetTempPath());
        MemoryPlan? Forecast() => MemoryPlan.Forecast(recipe, data, new Workplace(Path.GetTempPath(), DeviceChoice.Cpu, 1));
        Forecast();
        var before = PeakMemory.ResidentBytes;
        for (var time = 0; time < Times; time++)
            Forecast();
        var kept = PeakMemory.ResidentBytes - before;
        const long Layer = 4 * 512 * 512 * sizeof(float); // its gates by its state
        Assert.True(kept < 10 * Layer, $"{kept:N0} bytes more are resident after {Times} networks, whose decoders take {Layer:N0} each and more.");
    }
}
