using System.Diagnostics;
using Recollect.Runs;
using Recollect.Training;

namespace Recollect.Experiments;

/// <summary>Turns what a trainer does into news, a few times a second at most.</summary>
/// <param name="recipe">Names the phases' epochs.</param>
/// <param name="maxSteps">Where this sitting ends at the latest, or null.</param>
/// <param name="progress">Who is told.</param>
internal sealed class NewsDesk(Recipe recipe, long? maxSteps, IProgress<TrainNews> progress)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);
    private readonly Stopwatch _sinceNews = Stopwatch.StartNew();

    public void Note(string text) => progress.Report(new NoteNews(text));

    public void Update(Trainer trainer, Position position)
    {
        if (_sinceNews.Elapsed < Pause)
            return;
        _sinceNews.Restart();
        progress.Report(At(trainer, position));
    }

    public void Epoch(Trainer trainer, Position position, double? validationAccuracy) =>
        progress.Report(new EpochNews(At(trainer, position), validationAccuracy));

    private UpdateNews At(Trainer trainer, Position position)
    {
        var epoch = trainer.Progress.Epoch;
        var updates = Math.Min(trainer.Plan.Updates, maxSteps ?? long.MaxValue);
        var left = updates - trainer.Progress.Update;
        // The phases differ in speed; the epoch at hand says best how long the rest takes.
        var each = epoch.Updates + epoch.NonFinite > 0 ? epoch.Seconds / (epoch.Updates + epoch.NonFinite) : (double?)null;
        return new UpdateNews(
            position.Phase, position.Epoch + 1, position.Phase == TrainingPhase.Pretrain ? recipe.Training.PretrainEpochs : recipe.Training.Epochs,
            trainer.Progress.Update, updates, epoch.Rows > 0 ? epoch.Loss / epoch.Rows : double.NaN,
            epoch is { Supervised: not null, Rows: > 0 } ? (double)epoch.Correct / epoch.Rows : null,
            epoch.Seconds > 0 ? epoch.Rows / epoch.Seconds : 0,
            each is { } seconds && double.IsFinite(seconds) ? TimeSpan.FromSeconds(Math.Min(seconds * left, TimeSpan.FromDays(10_000).TotalSeconds)) : null);
    }
}
