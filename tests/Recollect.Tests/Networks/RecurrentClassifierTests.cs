using Recollect.Networks;
using Recollect.Randomness;
using Recollect.Sequences;

namespace Recollect.Tests.Networks;

public class RecurrentClassifierTests
{
    [Theory]
    [InlineData(CellKind.Lstm, StepKind.Tokens, 1)]
    [InlineData(CellKind.Gru, StepKind.Reals, 3)]
    [InlineData(CellKind.Irnn, StepKind.Tokens, 2)]
    [InlineData(CellKind.Urnn, StepKind.Reals, 2)]
    [InlineData(CellKind.Transformer, StepKind.Reals, 2)]
    [InlineData(CellKind.Transformer, StepKind.Tokens, 1)]
    public void The_shapes_told_beforehand_are_those_of_the_network(CellKind cell, StepKind steps, int layers)
    {
        var format = new StepFormat(steps, 5);
        var options = new NetworkOptions { Cell = cell, Embedding = 3, Hidden = 4, Layers = layers, HeadUnits = 6 };
        using var network = new RecurrentClassifier(format, 7, options, new Seed(1));
        Assert.Equal(
            network.named_parameters().Select(p => $"{p.name} {string.Join('x', p.parameter.shape)}").Order(),
            RecurrentClassifier.Shapes(format, 7, options).Select(w => $"{w.Name} {string.Join('x', w.Shape)}").Order());
    }

    /// <summary>Where libtorch measures faster, the automatic choice is libtorch.</summary>
    [Theory]
    [InlineData(EngineKind.Auto, 256, true)]
    [InlineData(EngineKind.Auto, 16_384, true)]
    [InlineData(EngineKind.Auto, 16_385, false)]
    [InlineData(EngineKind.Kernels, 16_385, true)]
    [InlineData(EngineKind.Libtorch, 256, false)]
    public void The_engine_follows_the_recipe_and_the_vocabulary(EngineKind engine, int vocabulary, bool kernels)
    {
        using var network = new RecurrentClassifier(
            StepFormat.Tokens(vocabulary), 3, new NetworkOptions { Embedding = 2, Hidden = 3, HeadUnits = 2, Engine = engine }, new Seed(1));
        Assert.Equal(kernels && (engine == EngineKind.Kernels || Recollect.Kernels.KernelSet.IsFast), network.Kernels is not null);
    }

    [Theory]
    [InlineData(CellKind.Lstm, GateKind.Refined, EngineKind.Kernels, "kernels")]
    [InlineData(CellKind.Lstm, GateKind.Refined, EngineKind.Libtorch, "libtorch")]
    [InlineData(CellKind.Urnn, GateKind.Standard, EngineKind.Auto, "kernels")]
    [InlineData(CellKind.Urnn, GateKind.Standard, EngineKind.Kernels, "kernels")]
    [InlineData(CellKind.Urnn, GateKind.Standard, EngineKind.Libtorch, "libtorch")]
    [InlineData(CellKind.Gru, GateKind.Standard, EngineKind.Auto, "libtorch")]
    public void The_engine_is_called_by_what_computes_the_recurrence(CellKind cell, GateKind gates, EngineKind engine, string name)
    {
        using var network = new RecurrentClassifier(
            StepFormat.Tokens(5), 3, new NetworkOptions { Cell = cell, Gates = gates, Embedding = 2, Hidden = 3, HeadUnits = 2, Engine = engine }, new Seed(1));
        Assert.Equal(name, network.EngineName);
    }

    [Fact]
    public void Kernels_are_refused_to_a_cell_that_has_none()
    {
        using var network = new RecurrentClassifier(
            StepFormat.Tokens(5), 3, new NetworkOptions { Cell = CellKind.Gru, Embedding = 2, Hidden = 3, HeadUnits = 2, Engine = EngineKind.Kernels }, new Seed(1));
        Assert.Contains("found kernels for cell gru", Assert.Throws<RecipeException>(() => network.Kernels).Message);
    }
}
