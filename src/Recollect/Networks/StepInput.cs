using Recollect.Randomness;
using Recollect.Sequences;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Recollect.Networks;

/// <summary>Steps to vectors: a table for tokens, a linear projection for reals (method, section 1), or reals as they are.</summary>
public sealed class StepInput
{
    private readonly Embedding? _table;
    private readonly Linear? _projection;

    /// <summary>Creates the input of <paramref name="width"/> units for steps of <paramref name="format"/>.</summary>
    public StepInput(StepFormat format, int width, InputKind kind = InputKind.Embedded)
    {
        if (kind == InputKind.Raw)
            return;
        if (format.Kind == StepKind.Tokens)
            _table = nn.Embedding(format.Width, width);
        else
            _projection = nn.Linear(format.Width, width);
    }

    /// <summary>The name and shape of every weight of such an input, one after the other, without making any.</summary>
    internal static IEnumerable<(string Name, long[] Shape)> Shapes(StepFormat format, int width, InputKind kind)
    {
        if (kind == InputKind.Raw)
            yield break;
        yield return ("weight", format.Kind == StepKind.Tokens ? [format.Width, width] : [width, format.Width]);
        if (format.Kind == StepKind.Reals)
            yield return ("bias", [width]);
    }

    /// <summary>The owner of the weights: <c>weight</c> [V, E] for tokens; <c>weight</c> [E, D] and <c>bias</c> [E] for reals; null where there are none.</summary>
    public nn.Module? Module => (nn.Module?)_table ?? _projection;

    /// <summary>Embeds or projects each step.</summary>
    /// <param name="steps">Tokens [T, B], int64, or reals [T, B, D].</param>
    /// <returns>// [T, B, E]</returns>
    public Tensor Of(Tensor steps) => _table?.call(steps) ?? _projection?.call(steps) ?? steps;

    /// <summary>Draws the table from the standard normal (PyTorch's default), or the projection from ±1/√D.</summary>
    public void Initialize(Seed seed, string prefix)
    {
        if (_table is not null)
        {
            using var weight = _table.weight!; // made anew at every call
            Initialization.Normal(weight, seed, $"{prefix}.weight");
        }
        else if (_projection is not null)
            Initialization.Linear(_projection, seed, prefix);
    }
}
