using Recollect.Networks;
using Recollect.Randomness;
using Recollect.Tests.Losses;

namespace Recollect.Tests.Networks;

public sealed class RefinedLstmLayersTests
{
    [Fact]
    public void Forget_gates_start_uniform_and_refine_gates_at_their_mirror()
    {
        const int width = 1000;
        var layers = new RefinedLstmLayers(2, width, 1);
        layers.Initialize(new Seed(6), "lstm");
        var weights = layers.Module.named_parameters().ToDictionary(p => p.name, p => SmallProblem.Numbers(p.parameter));
        var bias = weights["bias_ih_l0"].Zip(weights["bias_hh_l0"], (a, b) => a + b).ToArray();
        double[] refine = bias[..width], forget = bias[width..(2 * width)];
        Assert.Equal(forget.Select(b => -b), refine);
        var open = forget.Select(b => 1 / (1 + Math.Exp(-b))).ToArray();
        Assert.All(open, f => Assert.InRange(f, 1.0 / width - 1e-6, 1 - 1.0 / width + 1e-6));
        ChiSquare.AssertFits([.. Enumerable.Range(0, 10).Select(tenth => open.Count(f => (int)Math.Min(9, f * 10) == tenth))], [.. Enumerable.Repeat(0.1, 10)]);
    }
}
