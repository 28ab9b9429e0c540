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
            if (loss.From is > AuxiliaryOptions.DefaultFrom and var from && lengths.All(steps => steps < from))
                throw new RecipeException($"auxiliary.{j}.from: found {from}, and no training row has so many steps: they have {lengths.Min()} to {lengths.Max()}. Lower it.");
            var wanted = loss.TooShort == TooShort.Shorten ? 1 : loss.TooShort == TooShort.Skip ? loss.SegmentLengths().Min() : loss.SegmentLengths().Max();
            var holding = lengths.Count(steps => SegmentDraw.LongestIn(steps, loss.Kind) >= wanted);
            if (holding == lengths.Length || (holding > 0 && loss.TooShort != TooShort.Error))
                continue;
            var asked = loss.TooShort == TooShort.Shorten && !loss.TakesWholeRows() ? loss.SegmentLengths().Min() : wanted;
            throw new RecipeException(
                $"auxiliary.{j}{(loss.TakesWholeRows() ? "" : ".length")}: a {RecipeJson.Word(loss.Kind)} of {asked} step(s) fits into {holding} of {lengths.Length} training rows, "
                + $"of {lengths.Min()} to {lengths.Max()} steps; {Advice(loss, $"auxiliary.{j}", lengths.Min(), lengths.Max())}");
        }
    }

    private static string Advice(AuxiliaryOptions loss, string path, int shortest, int longest)
    {
        if (SegmentDraw.LongestIn(longest, loss.Kind) < 1)
        {
            return $"they are too short for a segment of any length, which takes a row of {1 + longest - SegmentDraw.LongestIn(longest, loss.Kind)} steps. "
                + "Do without the auxiliary losses, as the recipe digits-lstm does.";
        }
        var every = loss.TooShort == TooShort.Error;
        var most = SegmentDraw.LongestIn(every ? shortest : longest, loss.Kind);
        return (every ? "tooShort is \"error\", so it must fit into every one. " : "it must fit into at least one. ")
            + (most >= 1 ? $"Lower {path}.length to {most} or less, or set {path}.tooShort to \"shorten\"." : $"Set {path}.tooShort to \"shorten\" or \"skip\".");
    }
}
