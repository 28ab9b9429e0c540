using Recollect.Data;

namespace Recollect.Cli.Display;

/// <summary>A download's progress: one line that is drawn over on a terminal, a line now and then in a pipe.</summary>
internal sealed class DownloadDisplay(Terminal terminal) : IProgress<DownloadProgress>
{
    private const int Parts = 10; // lines a file in a pipe
    private readonly Lock _lock = new();
    private (string File, long Part) _shown = ("", -1);

    public void Report(DownloadProgress value)
    {
        lock (_lock)
        {
            if (value.Note is { } note)
            {
                terminal.Error.WriteLine($"{(terminal.ErrorIsTerminal ? "\r" : "")}{value.File}: {note}");
                return;
            }
            var text = $"{value.File}: {value.Received / 1e6:N1} of {value.Total / 1e6:N1} MB from {value.Address.Host}";
            if (terminal.ErrorIsTerminal)
            {
                terminal.Error.Write($"\r{text,-76}{(value.Received >= value.Total ? "\n" : "")}");
                return;
            }
            var part = value.Total > 0 ? value.Received * Parts / value.Total : 0;
            if (_shown == (value.File, part))
                return;
            _shown = (value.File, part);
            terminal.Error.WriteLine(text);
        }
    }
}
