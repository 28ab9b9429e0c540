using Recollect.Losses;
using Recollect.Sequences;

namespace Recollect.Experiments;

/// <summary>Refuses a recipe whose auxiliary losses the training rows cannot hold (method, section 3).</summary>
internal static class AnchorCheck
{
    /// <exception cref="RecipeException">No row admits an anchor of some loss, or <c>tooShort</c> is error and a row is too short.</exception>
    public static void Refuse(IReadOnlyList<AuxiliaryOptions> losses, SequenceSet train)
    {
        var lengths = Enumerable.Range(0, train.Count).Select(train.LengthOf).ToArray();
        for (var j = 0; j < losses.Count; j++)
        {
            var loss = losses[j];
            if (loss.SegmentLengths().Count == 0)
                continue;
            var wanted = loss.TooShort == TooShort.Shorten ? 1 : loss.TooShort == TooShort.Skip ? loss.SegmentLengths().Min() : loss.SegmentLengths().Max();
            var holding = lengths.Count(steps => SegmentDraw.LongestIn(steps, loss.Kind) >= wanted);
            if (holding == lengths.Length || (holding > 0 && loss.TooShort != TooShort.Error))
                continue;
            var kind = loss.Kind.ToString().ToLowerInvariant();
            throw new RecipeException(
                $"auxiliary.{j}.length: a {kind} of {wanted} step(s) fits into {holding} of {lengths.Length} training rows, of {lengths.Min()} to {lengths.Max()} steps; " +
                (loss.TooShort == TooShort.Error ? "tooShort is \"error\", so it must fit into every one. " : "it must fit into at least one. ") +
                $"Lower auxiliary.{j}.length to {Math.Max(1, SegmentDraw.LongestIn(lengths.Min(), loss.Kind))} or less" +
                (loss.TooShort == TooShort.Shorten ? "." : $", or set auxiliary.{j}.tooShort to \"shorten\"."));
        }
    }
}
