using Recollect.Networks;
using Recollect.Randomness;
using Recollect.Sequences;
using TorchSharp;

namespace Recollect.Tests.Networks;

/// <summary>
/// TorchSharp keeps no tensor alive while libtorch reads it. A collection frees one that nothing else refers to, such as a view that is written to,
/// and the process ends (SIGSEGV, seen once in a self-test on busy cores); a scope refers to all that are made in it.
/// </summary>
public class GarbageCollectionTests
{
    [Theory]
    [InlineData(CellKind.Lstm, GateKind.Standard)]
    [InlineData(CellKind.Lstm, GateKind.Refined)]
    [InlineData(CellKind.Gru, GateKind.Standard)]
    [InlineData(CellKind.Irnn, GateKind.Standard)]
    [InlineData(CellKind.Urnn, GateKind.Standard)]
    public void What_layers_make_to_be_initialised_is_referred_to_until_it_has_been_read(CellKind cell, GateKind gates)
    {
        var layers = RecurrentLayers.Of(new NetworkOptions { Cell = cell, Gates = gates, Hidden = 8, ForgetBias = 1 }, inputs: 3);
        using var module = layers.Module;
        var statistics = DisposeScopeManager.Statistics;
        statistics.Reset();
        layers.Initialize(new Seed(1), layers.Name);
        Assert.Equal(0, statistics.CreatedOutsideScopeCount);
    }

    /// <summary>A table's weights come as a new object at every call.</summary>
    [Fact]
    public void A_table_of_vectors_is_referred_to_until_it_has_been_filled()
    {
        var input = new StepInput(StepFormat.Tokens(5), 3, InputKind.Embedded);
        using var module = input.Module!;
        var statistics = DisposeScopeManager.Statistics;
        statistics.Reset();
        input.Initialize(new Seed(1), "embedding");
        Assert.Equal(statistics.CreatedOutsideScopeCount, statistics.DisposedOutsideScopeCount);
    }
}
