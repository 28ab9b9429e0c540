using Recollect.Networks;
using Recollect.Randomness;
using Recollect.Tests.Losses;

namespace Recollect.Tests.Networks;

public sealed class IdentityRnnLayersTests
{
    [Fact]
    public void Recurrence_starts_at_the_identity_inputs_small_and_biases_at_0()
    {
        var layers = new IdentityRnnLayers(5, 40, 2);
        layers.Initialize(new Seed(2), "rnn");
        foreach (var (name, parameter) in layers.Module.named_parameters())
        {
            var values = SmallProblem.Numbers(parameter);
            if (name.StartsWith("weight_hh", StringComparison.Ordinal))
                Assert.All(values.Index(), entry => Assert.Equal(entry.Index % 41 == 0 ? 1 : 0, entry.Item));
            else if (name.StartsWith("bias", StringComparison.Ordinal))
                Assert.All(values, value => Assert.Equal(0, value));
            else
                Assert.InRange(Math.Sqrt(values.Average(value => value * value)), 0.0008, 0.0012); // 200 and 1,600 draws of deviation 0.001
        }
    }
}
