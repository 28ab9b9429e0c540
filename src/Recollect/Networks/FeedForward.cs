using Recollect.Randomness;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Recollect.Networks;

/// <summary>Two ReLU layers, dropout on the second, and a linear layer: the paper's head for labels and for steps (paper, "Models").</summary>
/// <remarks>Saved as 0, 2 and 5: the places that the linear layers have in PyTorch's Sequential(Linear, ReLU, Linear, ReLU, Dropout, Linear).</remarks>
public sealed class FeedForward : nn.Module<Tensor, Tensor?, Tensor>
{
    private readonly Linear _first, _second, _last;

    /// <summary>Creates a head from <paramref name="inputs"/> through twice <paramref name="units"/> to <paramref name="outputs"/>.</summary>
    public FeedForward(int inputs, int units, int outputs, double dropout) : base("head")
    {
        Units = units;
        Dropout = dropout;
        _first = nn.Linear(inputs, units);
        _second = nn.Linear(units, units);
        _last = nn.Linear(units, outputs);
        register_module("0", _first);
        register_module("2", _second);
        register_module("5", _last);
    }

    /// <summary>The name and shape of every weight of such a head, one after the other, without making any.</summary>
    internal static IEnumerable<(string Name, long[] Shape)> Shapes(int inputs, int units, int outputs)
    {
        foreach (var (place, reads, gives) in new[] { (0, inputs, units), (2, units, units), (5, units, outputs) })
        {
            yield return ($"{place}.weight", [gives, reads]);
            yield return ($"{place}.bias", [gives]);
        }
    }

    /// <summary>Units of each hidden layer.</summary>
    public int Units { get; }

    /// <summary>The probability of dropping a unit of the second layer while training.</summary>
    public double Dropout { get; }

    /// <summary>Applies the head.</summary>
    /// <param name="input">// […, inputs]</param>
    /// <param name="mask">The second layer's dropout mask, scaled (<see cref="DropoutMask"/>), or null for none. // […, units]</param>
    /// <returns>// […, outputs]</returns>
    public override Tensor forward(Tensor input, Tensor? mask)
    {
        var second = _second.call(_first.call(input).relu()).relu();
        return _last.call(mask is null ? second : second * mask);
    }

    /// <summary>The numbers that libtorch holds of a row: both layers before and after their ReLU, the mask and what it leaves, and outputs with what the loss makes of them.</summary>
    internal long GraphOfRow(bool softmax) => 6L * Units + (softmax ? 2 : 3) * _last.weight!.shape[0];

    /// <summary>Draws every weight as PyTorch does.</summary>
    public void Initialize(Seed seed, string prefix)
    {
        Initialization.Linear(_first, seed, $"{prefix}.0");
        Initialization.Linear(_second, seed, $"{prefix}.2");
        Initialization.Linear(_last, seed, $"{prefix}.5");
    }
}
