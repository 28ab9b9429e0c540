using Recollect.Runs;

namespace Recollect.Experiments;

/// <summary>Something worth telling the person who waits for a training.</summary>
public abstract record TrainNews;

/// <summary>Training begins or goes on.</summary>
/// <param name="Device">Where tensors live.</param>
/// <param name="Engine">What computes the network.</param>
/// <param name="Threads">Threads that compute, in this process.</param>
/// <param name="Processes">Processes that train together.</param>
public sealed record StartNews(string Device, string Engine, int Threads, int Processes = 1) : TrainNews;

/// <summary>What memory the training will take.</summary>
/// <param name="Text">About how much at the peak, what for, and of how much.</param>
public sealed record MemoryNews(string Text) : TrainNews;

/// <summary>Updates were taken; reported now and then, not after each.</summary>
/// <param name="Phase">The phase.</param>
/// <param name="Epoch">The epoch within the phase, from 1.</param>
/// <param name="Epochs">Epochs of the phase.</param>
/// <param name="Update">Updates done over the whole run.</param>
/// <param name="Updates">Updates that this sitting is to reach.</param>
/// <param name="Loss">The mean loss since the epoch began.</param>
/// <param name="Accuracy">The fraction of training rows labelled right since the epoch began; null in pretraining.</param>
/// <param name="SequencesPerSecond">Rows a second.</param>
/// <param name="Left">Time left at this speed; null while unknown.</param>
public sealed record UpdateNews(
    TrainingPhase Phase, int Epoch, int Epochs, long Update, long Updates, double Loss, double? Accuracy, double SequencesPerSecond, TimeSpan? Left)
    : TrainNews;

/// <summary>An epoch ended.</summary>
/// <param name="At">Where, and its means.</param>
/// <param name="ValidationAccuracy">The fraction of held-out rows labelled right; null where none are held out.</param>
public sealed record EpochNews(UpdateNews At, double? ValidationAccuracy) : TrainNews;

/// <summary>A sentence, such as that segments were shortened.</summary>
/// <param name="Text">The sentence.</param>
public sealed record NoteNews(string Text) : TrainNews;
