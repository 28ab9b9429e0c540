using Recollect.Data;
using Recollect.Losses;
using Recollect.Networks;
using Recollect.Sequences;
using Recollect.Training;

namespace Recollect.Experiments;

/// <summary>Fills what a recipe leaves unset with what will be used.</summary>
internal static class RecipeResolution
{
    public static Recipe Of(Recipe recipe) => recipe with
    {
        Data = Of(recipe.Data),
        Model = Of(recipe.Model),
        Auxiliary = [.. recipe.Auxiliary.Select(auxiliary => Of(auxiliary, recipe.Bptt))],
        Training = Of(recipe.Training),
    };

    private static DataOptions Of(DataOptions data)
    {
        var source = KnownSource.Of(data.Source)
            ?? throw new RecipeException($"'data.source' is \"{data.Source}\"; check the recipe before it is resolved.");
        if (source.IsImages)
        {
            var encoding = source.EncodingOf(data);
            return data with
            {
                TestFraction = TestFraction(data, source),
                Grey = source.IsScaled ? data.Grey ?? false : null,
                Box = source.Name == DataSources.StanfordDogs ? data.Box ?? false : null,
                Encoding = encoding,
                Downscale = data.Downscale ?? 1,
                Levels = encoding == StepEncoding.Tokens ? data.Levels ?? source.ShapeOf(data).Levels : null,
                Flip = data.Flip ?? false,
                CropPadding = data.CropPadding ?? 0,
            };
        }
        if (source.Kind == SourceKind.Packed)
            return data;
        if (source.Kind == SourceKind.Generated)
            return data with { Steps = data.Steps ?? DataOptions.DefaultSteps, Limit = data.Limit ?? DataOptions.DefaultRows, TestLimit = data.TestLimit ?? DataOptions.DefaultTestRows };
        if (source.Kind == SourceKind.Folder)
            return data with { TestFraction = TestFraction(data, source) };
        var texts = source.IsText(data) ? data with { Unit = data.Unit ?? TextUnit.Bytes } : data;
        return source.Kind == SourceKind.Table ? OfTable(texts, source) : texts;
    }

    private static DataOptions OfTable(DataOptions data, KnownSource source)
    {
        var (numeric, unread) = (data.Text is null, source.Unread(data));
        return data with
        {
            Label = unread.ContainsKey("label") ? null : data.Label ?? InputColumns.DefaultLabel,
            TestFraction = TestFraction(data, source),
            // The unnamed numeric columns of csv and parquet are known when a file is opened.
            Values = numeric && data.Source == DataSources.JsonLines ? data.Values ?? [InputColumns.DefaultValues] : data.Values,
            Standardize = numeric ? data.Standardize ?? false : null,
            Missing = unread.ContainsKey("missing") ? null : data.Missing ?? MissingValues.Error,
        };
    }

    private static NetworkOptions Of(NetworkOptions model) => model.Cell != CellKind.Transformer ? model : model with
    {
        Heads = model.Heads ?? TransformerEncoder.DefaultHeads,
        FeedForward = TransformerEncoder.UnitsOf(model),
        Positions = model.Positions ?? PositionKind.Sinusoidal,
    };

    private static double? TestFraction(DataOptions data, KnownSource source) =>
        source.IsOwn && data.Test is null ? data.TestFraction ?? DataOptions.DefaultTestFraction : null;

    private static AuxiliaryOptions Of(AuxiliaryOptions auxiliary, BpttOptions bptt)
    {
        var window = auxiliary.Bptt ?? bptt.Auxiliary;
        var common = auxiliary with { Segments = auxiliary.Segments ?? auxiliary.Length.Count, Bptt = window };
        if (auxiliary.Kind == AuxiliaryKind.Masked)
            return common with { MaskFraction = auxiliary.MaskFraction ?? AuxiliaryOptions.DefaultMaskFraction };
        if (auxiliary.Kind == AuxiliaryKind.LanguageModel)
            return common with { From = auxiliary.From ?? AuxiliaryOptions.DefaultFrom };
        if (auxiliary.Kind == AuxiliaryKind.Prediction)
            return common;
        var input = auxiliary.Input ?? DecoderInputMode.Teacher;
        return common with
        {
            Side = auxiliary.Side ?? SegmentSide.Past,
            Distance = auxiliary.Distance ?? SegmentDistance.Adjacent,
            Direction = auxiliary.Direction ?? SegmentDirection.Forward,
            Input = input,
            ScheduledMaximum = input == DecoderInputMode.Scheduled ? auxiliary.ScheduledMaximum ?? AuxiliaryOptions.DefaultScheduledMaximum : null,
            Decoder = auxiliary.Decoder with { Bptt = auxiliary.Decoder.Bptt ?? ReconstructionLoss.DecoderCut(window) },
        };
    }

    private static TrainingOptions Of(TrainingOptions training)
    {
        var schedule = Of(training.Schedule);
        if (training.PretrainEpochs == 0)
            return training with { Schedule = schedule };
        return training with
        {
            Schedule = schedule,
            PretrainLearningRate = training.PretrainLearningRate ?? training.LearningRate,
            PretrainSchedule = training.PretrainSchedule is { } own ? Of(own) : schedule,
        };
    }

    private static ScheduleOptions Of(ScheduleOptions schedule) =>
        schedule.Kind == ScheduleKind.Cosine ? schedule with { Minimum = schedule.Minimum ?? 0 } : schedule;
}
