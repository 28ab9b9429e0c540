using Recollect.Runs;

namespace Recollect.Experiments;

/// <summary>The TensorBoard events of one sitting: begun with its first line of metrics, and given up, with a note, where they cannot be written.</summary>
/// <param name="folder">The run's folder of them.</param>
/// <param name="note">Who is told.</param>
internal sealed class RunEvents(string folder, Action<string> note) : IDisposable
{
    private EventFile? _file;
    private bool _failed;

    /// <summary>Updates that earlier sittings have done, and that this one goes on from.</summary>
    public long Done { get; set; }

    /// <summary>Adds a line of metrics; never fails, since metrics.jsonl has it.</summary>
    public void Append(MetricRecord record)
    {
        if (_failed)
            return;
        try
        {
            _file ??= EventFile.Begin(folder, Done + 1);
            _file.Append(record);
        }
        catch (RunException cause)
        {
            _failed = true;
            note($"TensorBoard's events of this sitting end here. {cause.Message}");
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _file?.Dispose();
}
