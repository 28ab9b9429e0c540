using Recollect.Randomness;
using Recollect.Runs;
using Recollect.Sequences;

namespace Recollect.Training;

/// <summary>Where an update stands.</summary>
/// <param name="Update">Its number over the whole run, from 0.</param>
/// <param name="Phase">Its phase.</param>
/// <param name="Epoch">Its epoch within the phase, from 0.</param>
/// <param name="Batch">Its place within the epoch, from 0.</param>
/// <param name="InPhase">Its number within the phase, from 0.</param>
public readonly record struct Position(long Update, TrainingPhase Phase, int Epoch, long Batch, long InPhase);

/// <summary>Which rows each update takes: every row once an epoch, in an order drawn anew, the last batch smaller where need be.</summary>
/// <param name="options">Epochs, batch size and batching.</param>
/// <param name="rows">The training rows.</param>
/// <param name="seed">The run's seed.</param>
public sealed class TrainingPlan(TrainingOptions options, SequenceSet rows, Seed seed)
{
    private (TrainingPhase Phase, int Epoch)? _ordered;
    private int[] _order = [];

    /// <summary>Updates an epoch.</summary>
    public long UpdatesPerEpoch { get; } = (rows.Count + (long)options.Batch - 1) / options.Batch;

    /// <summary>Updates of pretraining.</summary>
    public long PretrainUpdates => UpdatesPerEpoch * options.PretrainEpochs;

    /// <summary>Updates of the whole run.</summary>
    public long Updates => PretrainUpdates + UpdatesPerEpoch * options.Epochs;

    /// <summary>Where <paramref name="update"/> stands.</summary>
    public Position At(long update)
    {
        var phase = update < PretrainUpdates ? TrainingPhase.Pretrain : TrainingPhase.Train;
        var inPhase = phase == TrainingPhase.Pretrain ? update : update - PretrainUpdates;
        return new Position(update, phase, (int)(inPhase / UpdatesPerEpoch), inPhase % UpdatesPerEpoch, inPhase);
    }

    /// <summary>Whether an epoch ends with <paramref name="position"/>.</summary>
    public bool EndsEpoch(Position position) => position.Batch == UpdatesPerEpoch - 1;

    /// <summary>The rows of an update.</summary>
    public ReadOnlySpan<int> RowsOf(Position position)
    {
        if (_ordered != (position.Phase, position.Epoch))
        {
            var phase = position.Phase == TrainingPhase.Pretrain ? "pretrain" : "train";
            _order = EpochOrder.Of(rows, options, seed, phase, position.Epoch);
            _ordered = (position.Phase, position.Epoch);
        }
        var first = (int)position.Batch * options.Batch;
        return _order.AsSpan(first, Math.Min(options.Batch, rows.Count - first));
    }
}
