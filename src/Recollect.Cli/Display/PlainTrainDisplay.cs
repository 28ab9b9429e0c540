using Recollect.Experiments;

namespace Recollect.Cli.Display;

/// <summary>A line for each epoch, and one every so often within long ones.</summary>
internal sealed class PlainTrainDisplay(TextWriter error, TimeProvider clock) : TrainDisplay
{
    /// <summary>Time between two lines within an epoch.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    private readonly Lock _lock = new(); // a signal's note comes from another thread
    private long _last = clock.GetTimestamp();

    public override void Report(TrainNews value)
    {
        var line = value switch
        {
            NoteNews note => note.Text,
            StartNews start => ProgressText.Of(start),
            MemoryNews memory => ProgressText.Of(memory),
            EpochNews epoch => ProgressText.Of(epoch),
            UpdateNews update when clock.GetElapsedTime(_last) >= Interval => ProgressText.Of(update),
            _ => null,
        };
        if (line is null)
            return;
        lock (_lock)
        {
            _last = clock.GetTimestamp();
            error.WriteLine(line);
        }
    }
}
