using Recollect.Data;
using Recollect.Losses;
using Recollect.Networks;
using Recollect.Training;

namespace Recollect.Experiments;

/// <summary>The range of every number of a recipe, and what keys ask of each other.</summary>
/// <param name="recipe">The recipe, resolved or not.</param>
/// <param name="placeOf">Where a key was given, for messages.</param>
internal sealed class RecipeChecks(Recipe recipe, Func<string, string> placeOf)
{
    /// <summary>Refuses the first value that is not allowed.</summary>
    /// <exception cref="RecipeException">The message names the key, the value and what is allowed.</exception>
    public void Check()
    {
        AtLeast("format", recipe.Format, 1);
        Name();
        if (DataOptionRules.Fault(recipe.Data) is { } fault)
            throw new RecipeException($"{placeOf(fault.Path)}: {fault.Problem}");
        Model();
        for (var i = 0; i < recipe.Auxiliary.Count; i++)
            Auxiliary(recipe.Auxiliary[i], $"auxiliary.{i}");
        Training();
        Phases();
    }

    private void Name()
    {
        if (recipe.Name is { } name && (name is "" or "." or ".." || name.Any(c => c is '/' or '\\' || char.IsControl(c))))
            throw Refused("name", $"\"{name}\"", "a name that a folder can have, without / and \\");
    }

    private void Model()
    {
        var model = recipe.Model;
        AtLeast("model.embedding", model.Embedding, 1);
        AtLeast("model.hidden", model.Hidden, 1);
        AtLeast("model.layers", model.Layers, 1);
        AtLeast("model.headUnits", model.HeadUnits, 1);
        Within("model.dropout", model.Dropout, "in [0, 1)", model.Dropout is >= 0 and < 1);
        if (model.Input == InputKind.Raw && StepsAreTokens())
            throw Refused("model.input", "raw", "embedded, as the steps are tokens (or set data.encoding to reals, where the source has them)");
        if (model is { Engine: EngineKind.Kernels, Cell: CellKind.Lstm } && recipe.Auxiliary.FirstOrDefault(loss => loss.Kind is AuxiliaryKind.LanguageModel or AuxiliaryKind.Masked) is { } graph)
            throw Refused("model.engine", "kernels", $"auto or libtorch, as libtorch computes an LSTM with auxiliary losses of kind {RecipeJson.Word(graph.Kind)}");
        if (model.Cell == CellKind.Transformer)
            Transformer(model);
    }

    private void Transformer(NetworkOptions model)
    {
        var heads = model.Heads ?? TransformerEncoder.DefaultHeads;
        Within("model.heads", heads, $"a number of at least 1 that divides 'model.hidden', {model.Hidden}", heads >= 1 && model.Hidden % heads == 0);
        AtLeast("model.feedForward", model.FeedForward, 1);
        AtLeast("model.maxSteps", model.MaxSteps, 1);
        if (model.Positions == PositionKind.Learned && model.MaxSteps is null)
            throw new RecipeException($"{placeOf("model.positions")}: 'model.maxSteps' is missing; positions = learned needs the most steps of a row.");
        if (recipe.Auxiliary.Count > 0)
            throw Refused("auxiliary", $"a list of {recipe.Auxiliary.Count}", "empty, as cell = transformer has no states at anchors; auxiliary losses serve recurrent cells");
    }

    // A packed file's steps are known when it is opened: Experiment looks again.
    private bool StepsAreTokens() => KnownSource.Of(recipe.Data.Source) is { } source
        && (source.IsText(recipe.Data) || source.Name is DataSources.Bytes or DataSources.Copying || (source.IsImages && source.EncodingOf(recipe.Data) == StepEncoding.Tokens));

    private void Auxiliary(AuxiliaryOptions auxiliary, string path)
    {
        AtLeast($"{path}.segments", auxiliary.Segments, 0);
        if (auxiliary.Length.Count == 0)
            throw Refused($"{path}.length", "an empty list", "a number of steps, or a list of them");
        for (var i = 0; i < auxiliary.Length.Count; i++)
            AtLeast(auxiliary.Length.Count == 1 ? $"{path}.length" : $"{path}.length.{i}", auxiliary.Length[i], 1);
        if (auxiliary.Length.Count > 1 && auxiliary.Segments is { } segments && segments != auxiliary.Length.Count)
        {
            throw Refused($"{path}.segments", $"{segments}",
                $"{auxiliary.Length.Count}, one for each length in '{path}.length' (or give one length for all)");
        }
        Within($"{path}.weight", auxiliary.Weight, "above 0 (to do without the loss, take its entry out)", auxiliary.Weight > 0);
        if (auxiliary.Kind is not (AuxiliaryKind.Reconstruction or AuxiliaryKind.Autoencoder) && (auxiliary.Bptt ?? recipe.Bptt.Auxiliary).Steps == 0)
        {
            throw Refused(auxiliary.Bptt is null ? "bptt.auxiliary" : $"{path}.bptt", "0",
                $"at least 1 (or \"full\"), as '{path}' is a {RecipeJson.Word(auxiliary.Kind)}, which is cut every so many steps; only a reconstruction can hold the main state constant");
        }
        AtLeast($"{path}.from", auxiliary.From, AuxiliaryOptions.DefaultFrom);
        Within($"{path}.maskFraction", auxiliary.MaskFraction, "in (0, 1)", auxiliary.MaskFraction is null or (> 0 and < 1));
        Within($"{path}.scheduledMaximum", auxiliary.ScheduledMaximum, "in [0, 1]", auxiliary.ScheduledMaximum is null or (>= 0 and <= 1));
        AtLeast($"{path}.decoder.layers", auxiliary.Decoder.Layers, 1);
        AtLeast($"{path}.decoder.headUnits", auxiliary.Decoder.HeadUnits, 1);
        Within($"{path}.decoder.dropout", auxiliary.Decoder.Dropout, "in [0, 1)", auxiliary.Decoder.Dropout is >= 0 and < 1);
        AtLeast($"{path}.decoder.bptt", auxiliary.Decoder.Bptt?.Steps, 1, " (or \"full\")");
    }

    private void Training()
    {
        var training = recipe.Training;
        AtLeast("training.batch", training.Batch, 1);
        Within("training.accumulate", training.Accumulate, $"from 1 to the batch, {training.Batch}",
            training.Accumulate >= 1 && training.Accumulate <= training.Batch);
        AtLeast("training.pretrainEpochs", training.PretrainEpochs, 0);
        AtLeast("training.epochs", training.Epochs, 0);
        Within("training.learningRate", training.LearningRate, "above 0", training.LearningRate > 0);
        Within("training.pretrainLearningRate", training.PretrainLearningRate, "above 0", training.PretrainLearningRate is null or > 0);
        Within("training.weightDecay", training.WeightDecay, "0 or more", training.WeightDecay >= 0);
        Within("training.clipNorm", training.ClipNorm, "above 0, or 0 for no clipping", training.ClipNorm >= 0);
        AtLeast("training.nonFiniteLimit", training.NonFiniteLimit, 1);
        AtLeast("training.checkpointEvery", training.CheckpointEvery, 0);
        Within("training.checkpointMinutes", training.CheckpointMinutes, "0 or more", training.CheckpointMinutes >= 0);
        AtLeast("training.logEvery", training.LogEvery, 1);
        AtLeast("training.testEvery", training.TestEvery, 0);
        Schedule(training.Schedule, "training.schedule");
        if (training.PretrainSchedule is { } pretrain)
            Schedule(pretrain, "training.pretrainSchedule");
    }

    private void Schedule(ScheduleOptions schedule, string path)
    {
        AtLeast($"{path}.warmup", schedule.Warmup, 0);
        AtLeast($"{path}.every", schedule.Every, 1);
        Within($"{path}.factor", schedule.Factor, "in (0, 1]", schedule.Factor is null or (> 0 and <= 1));
        Within($"{path}.minimum", schedule.Minimum, "in [0, 1]", schedule.Minimum is null or (>= 0 and <= 1));
        if (schedule.Kind != ScheduleKind.Step)
            return;
        foreach (var (key, given) in new[] { ("every", schedule.Every is not null), ("factor", schedule.Factor is not null) })
        {
            if (!given)
                throw new RecipeException($"{placeOf(path)}: '{path}.{key}' is missing; kind = step needs both 'every' (epochs) and 'factor'.");
        }
    }

    private void Phases()
    {
        var (training, losses) = (recipe.Training, recipe.Auxiliary.Count);
        if (training.PretrainEpochs > 0 && losses == 0)
            throw Refused("training.pretrainEpochs", $"{training.PretrainEpochs}", "0, as the list 'auxiliary' is empty and there is nothing to pretrain on");
        if (training.PretrainEpochs > 0 && recipe.Auxiliary.All(loss => loss.SegmentLengths().Count == 0))
            throw Refused("training.pretrainEpochs", $"{training.PretrainEpochs}", "0, as every entry of 'auxiliary' has 0 segments and there is nothing to pretrain on");
        if (!training.Joint && training.PretrainEpochs == 0 && losses > 0)
        {
            throw Refused("training.joint", "false",
                "true, as 'training.pretrainEpochs' is 0 and the auxiliary losses would never be used (or set 'auxiliary' to [])");
        }
        if (training.Epochs + training.PretrainEpochs == 0)
            throw Refused("training.epochs", "0", "at least 1, as there is no pretraining either");
    }

    private void AtLeast(string path, int? value, int least, string also = "") =>
        Within(path, value, least == 0 ? $"0 or more{also}" : $"at least {least}{also}", value is null || value >= least);

    private void Within<T>(string path, T value, string allowed, bool holds)
    {
        if (!holds)
            throw Refused(path, $"{value}", allowed);
    }

    private RecipeException Refused(string path, string found, string allowed) => new($"{placeOf(path)}: '{path}' is {found}; it must be {allowed}.");
}
