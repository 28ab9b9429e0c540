using System.Text.Json.Serialization;

namespace Recollect.Training;

/// <summary>The rule by which gradients change parameters.</summary>
public enum OptimizerKind
{
    /// <summary>RMSProp (Tieleman and Hinton 2012).</summary>
    [JsonStringEnumMemberName("rmsprop")]
    RmsProp,

    /// <summary>Adam (Kingma and Ba 2015).</summary>
    Adam,

    /// <summary>Adam with decoupled weight decay (Loshchilov and Hutter 2019).</summary>
    [JsonStringEnumMemberName("adamw")]
    AdamW,
}

/// <summary>How the learning rate changes over a phase.</summary>
public enum ScheduleKind
{
    /// <summary>It does not.</summary>
    Constant,

    /// <summary>Multiplied by a factor every so many epochs.</summary>
    Step,

    /// <summary>A half cosine from the full rate to a minimum (Loshchilov and Hutter 2017), after a linear warm-up.</summary>
    Cosine,
}

/// <summary>Whether rows of rare classes count more in the supervised loss.</summary>
public enum ClassWeighting
{
    /// <summary>Every row counts 1.</summary>
    None,

    /// <summary>A row of class c counts N / (C·N_c), so that each class has the same total weight.</summary>
    Balanced,
}

/// <summary>Which rows make up an update.</summary>
public enum Batching
{
    /// <summary>Rows in an order drawn anew each epoch.</summary>
    Shuffled,

    /// <summary>Rows of like length, so that little is padded; which rows meet, and the order of the batches, is drawn anew each epoch.</summary>
    ByLength,
}

/// <summary>A learning-rate schedule over one phase.</summary>
public sealed record ScheduleOptions
{
    /// <summary>Constant, step or cosine.</summary>
    public ScheduleKind Kind { get; init; } = ScheduleKind.Constant;

    /// <summary>Updates over which the rate rises linearly from 0 to its full value; 0 for none. Every kind reads it.</summary>
    public int Warmup { get; init; }

    /// <summary>Step: epochs between two multiplications; at least 1.</summary>
    public int? Every { get; init; }

    /// <summary>Step: the factor, in (0, 1].</summary>
    public double? Factor { get; init; }

    /// <summary>Cosine: the fraction of the full rate at the end, in [0, 1]; default 0.</summary>
    public double? Minimum { get; init; }
}

/// <summary>How a network is trained: the recipe's section <c>training</c>.</summary>
public sealed record TrainingOptions
{
    /// <summary>Rows an update, over all pieces and ranks; at least 1.</summary>
    public int Batch { get; init; } = 128;

    /// <summary>Which rows make up an update.</summary>
    public Batching Batching { get; init; } = Batching.Shuffled;

    /// <summary>Pieces in which an update's rows are computed one after the other, to save memory; at least 1, at most the batch.</summary>
    public int Accumulate { get; init; } = 1;

    /// <summary>Epochs on the auxiliary losses alone, before the others (method, section 4).</summary>
    public int PretrainEpochs { get; init; }

    /// <summary>Epochs of training proper.</summary>
    public int Epochs { get; init; } = 10;

    /// <summary>Whether the auxiliary losses go on after pretraining.</summary>
    public bool Joint { get; init; } = true;

    /// <summary>The optimiser.</summary>
    public OptimizerKind Optimizer { get; init; } = OptimizerKind.Adam;

    /// <summary>The full learning rate of training proper; above 0.</summary>
    public double LearningRate { get; init; } = 1e-3;

    /// <summary>Its schedule.</summary>
    public ScheduleOptions Schedule { get; init; } = new();

    /// <summary>The full learning rate of pretraining; unset: the same.</summary>
    public double? PretrainLearningRate { get; init; }

    /// <summary>Its schedule; unset: the same kind, over its own epochs.</summary>
    public ScheduleOptions? PretrainSchedule { get; init; }

    /// <summary>Whether the optimiser's running averages carry over from pretraining.</summary>
    public bool CarryOptimizer { get; init; } = true;

    /// <summary>Decoupled (AdamW) or L2 (RMSProp, Adam) weight decay; 0 for none.</summary>
    public double WeightDecay { get; init; }

    /// <summary>The global norm to which larger gradients are scaled down (Pascanu et al. 2013); 0 for none.</summary>
    public double ClipNorm { get; init; } = 1;

    /// <summary>Whether each loss's gradient is clipped by itself, before they are summed; costs a pass over the sequences for each loss.</summary>
    public bool ClipApart { get; init; }

    /// <summary>Whether rare classes count more.</summary>
    public ClassWeighting ClassWeights { get; init; } = ClassWeighting.None;

    /// <summary>Updates in a row without a finite loss and gradient after which the run ends; at least 1.</summary>
    public int NonFiniteLimit { get; init; } = 10;

    /// <summary>Updates between two checkpoints, beside that at the end of each epoch; 0: no such number.</summary>
    public int CheckpointEvery { get; init; }

    /// <summary>Minutes of wall clock after which the next update is followed by a checkpoint; 0: no such time.</summary>
    public double CheckpointMinutes { get; init; } = 5;

    /// <summary>Updates between two lines of metrics; at least 1.</summary>
    public int LogEvery { get; init; } = 50;

    /// <summary>Epochs of training proper after which the test rows are measured for a curve, beside the end; 0: not. Nothing is chosen by it.</summary>
    public int TestEvery { get; init; }
}
