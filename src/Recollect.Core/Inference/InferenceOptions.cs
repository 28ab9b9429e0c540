namespace Recollect.Inference;

/// <summary>How a model computes; what it computes does not depend on it.</summary>
public sealed record InferenceOptions
{
    /// <summary>The most threads that one call of <see cref="SequenceModel.ClassifyBatch(IReadOnlyList{Sequences.Sample}, CancellationToken)"/> takes; by default as many as there are processors.</summary>
    public int Threads { get; init; } = Environment.ProcessorCount;
}
