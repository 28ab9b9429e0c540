using Recollect.Networks;
using Recollect.Sequences;

namespace Recollect.Experiments;

/// <summary>Refuses a network that would read tokens as if they were numbers.</summary>
internal static class InputCheck
{
    /// <exception cref="RecipeException">Steps are tokens, and are not to be embedded.</exception>
    public static void Refuse(NetworkOptions model, StepFormat format)
    {
        if (model is { Input: InputKind.Raw, Cell: not CellKind.Transformer } && format.Kind == StepKind.Tokens)
            throw new RecipeException("model.input: found raw, and the steps of these data are tokens, which have to be embedded. Set it to embedded.");
    }
}
