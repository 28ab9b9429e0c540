using Recollect.Randomness;
using TorchSharp;
using TorchSharp.Modules;

namespace Recollect.Networks;

/// <summary>Starting weights, each tensor from its own stream, so that adding a part to a network changes no other part's start.</summary>
internal static class Initialization
{
    /// <summary>Fills <paramref name="tensor"/> uniformly from ±<paramref name="bound"/>.</summary>
    public static void Uniform(torch.Tensor tensor, double bound, Seed seed, string name)
    {
        var stream = seed.Stream($"init/{name}");
        Fill(tensor, () => (2 * stream.NextDouble() - 1) * bound);
    }

    /// <summary>Fills <paramref name="tensor"/> with normal numbers of mean 0.</summary>
    public static void Normal(torch.Tensor tensor, Seed seed, string name, double deviation = 1)
    {
        var stream = seed.Stream($"init/{name}");
        Fill(tensor, () => deviation * stream.NextNormal());
    }

    /// <summary>Fills a linear layer uniformly from ±1/√inputs, weights and bias, as PyTorch does.</summary>
    public static void Linear(Linear layer, Seed seed, string name)
    {
        var bound = 1 / Math.Sqrt(layer.weight!.shape[1]);
        Uniform(layer.weight, bound, seed, $"{name}.weight");
        Uniform(layer.bias!, bound, seed, $"{name}.bias");
    }

    private static void Fill(torch.Tensor tensor, Func<double> draw)
    {
        using var scope = torch.NewDisposeScope();
        using var _ = torch.no_grad();
        var values = new double[tensor.numel()];
        for (var i = 0; i < values.Length; i++)
            values[i] = draw();
        tensor.copy_(torch.tensor(values, tensor.shape));
    }
}
