using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Recollect.Networks;

/// <summary>One block of a Transformer encoder: x + attention(norm₁ x), then x + W₂·ReLU(W₁·norm₂ x).</summary>
internal sealed class TransformerBlock : nn.Module
{
    private readonly SelfAttention _attention;
    private readonly Linear _first, _second;
    private readonly LayerNorm _norm1, _norm2;

    public TransformerBlock(int width, int heads, int units) : base("block")
    {
        _attention = new SelfAttention(width, heads);
        _first = nn.Linear(width, units);
        _second = nn.Linear(units, width);
        _norm1 = nn.LayerNorm(width);
        _norm2 = nn.LayerNorm(width);
        register_module("self_attn", _attention);
        register_module("linear1", _first);
        register_module("linear2", _second);
        register_module("norm1", _norm1);
        register_module("norm2", _norm2);
    }

    public static IEnumerable<(string Name, long[] Shape)> Shapes(long width, long units) =>
    [
        ("self_attn.in_proj_weight", [3 * width, width]),
        ("self_attn.in_proj_bias", [3 * width]),
        ("self_attn.out_proj.weight", [width, width]),
        ("self_attn.out_proj.bias", [width]),
        ("linear1.weight", [units, width]),
        ("linear1.bias", [units]),
        ("linear2.weight", [width, units]),
        ("linear2.bias", [width]),
        ("norm1.weight", [width]),
        ("norm1.bias", [width]),
        ("norm2.weight", [width]),
        ("norm2.bias", [width]),
    ];

    /// <param name="x">// [B, T, d]</param>
    /// <param name="mask">True where a step may be attended to, or null for all. // [B, 1, 1, T]</param>
    /// <returns>// [B, T, d]</returns>
    public Tensor Of(Tensor x, Tensor? mask)
    {
        // Disposed of here, what the graph does not keep is free at once, and not when the whole update is done.
        using var normed = _norm1.call(x);
        using var attended = _attention.Of(normed, mask);
        using var sum = x.Plus(attended);
        using var again = _norm2.call(sum);
        using var inner = _first.call(again);
        using var active = inner.relu();
        using var outer = _second.call(active);
        return sum.Plus(outer);
    }

    private sealed class SelfAttention : nn.Module
    {
        private readonly Linear _out;
        private readonly int _heads;

        public SelfAttention(int width, int heads) : base("attention")
        {
            _heads = heads;
            _out = nn.Linear(width, width);
            register_parameter("in_proj_weight", new Parameter(zeros(3L * width, width)));
            register_parameter("in_proj_bias", new Parameter(zeros(3L * width)));
            register_module("out_proj", _out);
        }

        public Tensor Of(Tensor x, Tensor? mask)
        {
            var (rows, steps, width) = (x.shape[0], x.shape[1], x.shape[2]);
            using var scope = NewDisposeScope();
            var parts = nn.functional.linear(x, get_parameter("in_proj_weight")!, get_parameter("in_proj_bias")) // queries, keys, values
                .view(rows, steps, 3, _heads, width / _heads).permute(2, 0, 3, 1, 4).unbind(0); // each [B, heads, T, d/heads]
            var read = nn.functional.scaled_dot_product_attention(parts[0], parts[1], parts[2], mask);
            return _out.call(read.transpose(1, 2).reshape(rows, steps, width)).MoveToOuterDisposeScope();
        }
    }
}
