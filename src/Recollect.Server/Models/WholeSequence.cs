using Recollect.Inference;
using Recollect.Sequences;

namespace Recollect.Server.Models;

/// <summary>A whole sequence to classify: a sample, or steps that are prepared already.</summary>
/// <param name="Count">How many steps it becomes; at least 1.</param>
internal abstract record WholeSequence(int Count)
{
    /// <summary>What the model says of it.</summary>
    public abstract Prediction Classify(SequenceModel model, CancellationToken ended);
}

/// <summary>A sample, which the model's preprocessing turns into steps.</summary>
internal sealed record SampleSequence(Sample Sample, int Count) : WholeSequence(Count)
{
    public override Prediction Classify(SequenceModel model, CancellationToken ended) => model.Classify(Sample, ended);
}

/// <summary>Prepared tokens. // [T]</summary>
internal sealed record TokenSequence(int[] Tokens) : WholeSequence(Tokens.Length)
{
    public override Prediction Classify(SequenceModel model, CancellationToken ended) => model.ClassifySteps(Tokens, ended);
}

/// <summary>Prepared numbers. // [T, D]</summary>
internal sealed record RealSequence(float[] Reals, int Width) : WholeSequence(Reals.Length / Width)
{
    public override Prediction Classify(SequenceModel model, CancellationToken ended) => model.ClassifySteps(Reals, ended);
}
