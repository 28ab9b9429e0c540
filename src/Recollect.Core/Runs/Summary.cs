namespace Recollect.Runs;

/// <summary>What a run came to: <c>summary.json</c>.</summary>
public sealed record Summary
{
    /// <summary>The test split; absent where a signal came before it was evaluated.</summary>
    public SplitResult? Test { get; init; }

    /// <summary>The validation split; absent where the recipe holds none out, or like <see cref="Test"/>.</summary>
    public SplitResult? Validation { get; init; }

    /// <summary>Trainable numbers of the network and classifier, the auxiliary decoders aside.</summary>
    public required long Parameters { get; init; }

    /// <summary>Trainable numbers of the auxiliary decoders, which prediction does not need.</summary>
    public long AuxiliaryParameters { get; init; }

    /// <summary>Seconds spent in training steps, over all sittings.</summary>
    public required double TrainSeconds { get; init; }

    /// <summary>Updates done, over both phases.</summary>
    public required long Updates { get; init; }

    /// <summary>Whole epochs of training proper that are done.</summary>
    public required int Epochs { get; init; }

    /// <summary>Whole epochs of pretraining that are done.</summary>
    public int PretrainEpochs { get; init; }

    /// <summary>Whether everything that the recipe asks for is done.</summary>
    public required bool Complete { get; init; }

    /// <summary>What ended the run early, such as <c>--max-steps</c> or <c>SIGINT</c>; absent where nothing did.</summary>
    public string? StoppedBy { get; init; }

    /// <summary>The largest peak of resident memory of any sitting, bytes.</summary>
    public long? PeakMemory { get; init; }

    /// <summary>What the last sitting's peak was reckoned to be beforehand, bytes; absent on a GPU.</summary>
    public long? EstimatedMemory { get; init; }
}

/// <summary>The result on one split.</summary>
/// <param name="Accuracy">The fraction of rows classified rightly.</param>
/// <param name="Loss">Mean cross-entropy a row, nats, unweighted.</param>
/// <param name="Examples">Rows.</param>
public sealed record SplitResult(double Accuracy, double Loss, long Examples);
