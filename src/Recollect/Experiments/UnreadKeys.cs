using Recollect.Data;
using Recollect.Losses;
using Recollect.Networks;
using Recollect.Training;

namespace Recollect.Experiments;

/// <summary>A key that nothing reads under the recipe's other values.</summary>
/// <param name="Path">The key, as in <c>auxiliary.0.distance</c>.</param>
/// <param name="Reason">What would have to be so for it to be read: "only … read(s) it".</param>
internal sealed record UnreadKey(string Path, string Reason);

/// <summary>Which keys a recipe does not read: giving one is an error, and a resolved recipe leaves them out.</summary>
internal static class UnreadKeys
{
    /// <summary>Every key that <paramref name="recipe"/> does not read.</summary>
    public static IEnumerable<UnreadKey> Of(Recipe recipe) =>
    [
        .. OfData(recipe.Data),
        .. OfModel(recipe.Model),
        .. recipe.Auxiliary.SelectMany((auxiliary, index) => OfAuxiliary(auxiliary, $"auxiliary.{index}")),
        .. OfTraining(recipe),
    ];

    /// <summary>Refuses a tree that gives a key which <paramref name="recipe"/> does not read.</summary>
    /// <exception cref="RecipeException">Some are given; each is named.</exception>
    public static void Refuse(Recipe recipe, RecipeTree tree)
    {
        UnreadKey[] given = [.. Of(recipe).Where(key => tree.Gives(key.Path)).DistinctBy(key => key.Path)];
        if (given.Length == 0)
            return;
        var named = string.Join("; ", given.Select(key => $"{tree.PlaceOf(key.Path)}: nothing would read '{key.Path}': {key.Reason}"));
        throw new RecipeException($"{named}. {(given.Length == 1 ? "Remove it, or set it" : "Remove them, or set them")} to null.");
    }

    // RecipeChecks refuses a source that is not known.
    private static IEnumerable<UnreadKey> OfData(DataOptions data) =>
        KnownSource.Of(data.Source)?.Unread(data).Select(key => new UnreadKey($"data.{key.Key}", key.Value)) ?? [];

    private static IEnumerable<UnreadKey> OfModel(NetworkOptions model)
    {
        if (model.Cell != CellKind.Lstm)
            yield return new("model.gates", "only cell = lstm reads it");
        if (model.Cell != CellKind.Lstm || model.Gates == GateKind.Refined)
            yield return new("model.forgetBias", "only cell = lstm with gates = standard reads it");
        if (model.Cell == CellKind.Transformer)
        {
            yield return new("model.embedding", "cell = transformer embeds steps in 'model.hidden' numbers");
            yield return new("model.input", "cell = transformer always embeds");
            yield return new("model.engine", "libtorch computes cell = transformer");
        }
        else
        {
            foreach (var key in new[] { "heads", "feedForward", "positions", "maxSteps" })
                yield return new($"model.{key}", "only cell = transformer reads it");
            if (model.Input == InputKind.Raw)
                yield return new("model.embedding", "'model.input' is raw");
        }
        if (model is { Cell: CellKind.Transformer, Positions: not PositionKind.Learned })
            yield return new("model.maxSteps", "only positions = learned reads it");
    }

    private static IEnumerable<UnreadKey> OfAuxiliary(AuxiliaryOptions auxiliary, string path)
    {
        if (auxiliary.Kind != AuxiliaryKind.Reconstruction)
        {
            foreach (var key in new[] { "side", "distance" })
                yield return new($"{path}.{key}", "only kind = reconstruction reads it");
        }
        if (auxiliary.TakesWholeRows())
        {
            foreach (var key in new[] { "segments", "length", "anchors", "tooShort" })
                yield return new($"{path}.{key}", "only kind = reconstruction or prediction reads it; the others take whole rows");
        }
        if (auxiliary.Kind != AuxiliaryKind.LanguageModel)
            yield return new($"{path}.from", "only kind = languageModel reads it");
        if (auxiliary.Kind != AuxiliaryKind.Masked)
            yield return new($"{path}.maskFraction", "only kind = masked reads it");
        if (auxiliary.Kind is not (AuxiliaryKind.Reconstruction or AuxiliaryKind.Autoencoder))
        {
            foreach (var key in new[] { "direction", "input", "scheduledMaximum" })
                yield return new($"{path}.{key}", "only kind = reconstruction or autoencoder reads it");
            yield return new($"{path}.decoder.bptt", "only kind = reconstruction or autoencoder reads it; the others are cut by their 'bptt' alone");
        }
        else if (auxiliary.Input != DecoderInputMode.Scheduled)
        {
            yield return new($"{path}.scheduledMaximum", "only input = scheduled reads it");
        }
        if (auxiliary.Kind is AuxiliaryKind.LanguageModel or AuxiliaryKind.Masked)
            yield return new($"{path}.decoder.layers", "kinds languageModel and masked score the main network's own states");
    }

    private static IEnumerable<UnreadKey> OfTraining(Recipe recipe)
    {
        var training = recipe.Training;
        if (recipe.Model.Cell == CellKind.Transformer)
        {
            yield return new("bptt.supervised", "cell = transformer has no recurrence to cut");
            yield return new("bptt.recompute", "cell = transformer has no recurrence to run again");
        }
        if (KnownSource.Of(recipe.Data.Source) is { IsImages: true } or { Kind: SourceKind.Generated })
            yield return new("training.batching", "the rows of this source are all of one length");
        if (recipe.Auxiliary.Count == 0)
        {
            yield return new("bptt.auxiliary", "the list 'auxiliary' is empty");
            yield return new("training.joint", "the list 'auxiliary' is empty");
            yield return new("training.clipApart", "the list 'auxiliary' is empty");
        }
        else if (recipe.Auxiliary.All(auxiliary => auxiliary.Bptt is not null))
        {
            yield return new("bptt.auxiliary", "every entry of 'auxiliary' has its own 'bptt'");
        }
        if (training.ClipNorm == 0 && recipe.Auxiliary.Count > 0)
            yield return new("training.clipApart", "'training.clipNorm' is 0");
        if (training.PretrainEpochs == 0)
        {
            foreach (var key in new[] { "pretrainLearningRate", "pretrainSchedule", "carryOptimizer" })
                yield return new($"training.{key}", "'training.pretrainEpochs' is 0");
        }
        foreach (var key in OfSchedule(training.Schedule, "training.schedule"))
            yield return key;
        if (training.PretrainSchedule is { } pretrain && training.PretrainEpochs > 0)
        {
            foreach (var key in OfSchedule(pretrain, "training.pretrainSchedule"))
                yield return key;
        }
    }

    private static IEnumerable<UnreadKey> OfSchedule(ScheduleOptions schedule, string path)
    {
        if (schedule.Kind != ScheduleKind.Step)
        {
            yield return new($"{path}.every", "only kind = step reads it");
            yield return new($"{path}.factor", "only kind = step reads it");
        }
        if (schedule.Kind != ScheduleKind.Cosine)
            yield return new($"{path}.minimum", "only kind = cosine reads it");
    }
}
