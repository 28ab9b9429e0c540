using System.Diagnostics.Tracing;
using System.Globalization;

namespace Recollect.Cli.Observing;

/// <summary>Says once that what is measured does not arrive; the library tells it to its own event source alone.</summary>
internal sealed class ExportWarning : EventListener
{
    private const string Exporter = "OpenTelemetry-Exporter-OpenTelemetryProtocol";
    private const int Longest = 200;
    private readonly Action<string>? _write; // null while the base constructor already hears of sources
    private int _told;

    /// <param name="write">Writes a line for people.</param>
    public ExportWarning(Action<string> write) => _write = write;

    /// <inheritdoc/>
    protected override void OnEventSourceCreated(EventSource eventSource)
    {
        if (eventSource.Name == Exporter)
            EnableEvents(eventSource, EventLevel.Warning);
    }

    /// <inheritdoc/>
    protected override void OnEventWritten(EventWrittenEventArgs eventData)
    {
        if (_write is null || Interlocked.Exchange(ref _told, 1) != 0)
            return;
        var text = string.Format(CultureInfo.InvariantCulture, eventData.Message ?? "{0}", eventData.Payload?.ToArray() ?? []).Split('\n')[0].Trim();
        _write($"OpenTelemetry: {(text.Length <= Longest ? text : text[..Longest] + "…")} The training goes on; this is said once.");
    }
}
