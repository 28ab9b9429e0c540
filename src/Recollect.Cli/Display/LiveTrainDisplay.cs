using Recollect.Experiments;
using Spectre.Console;

namespace Recollect.Cli.Display;

/// <summary>A bar over the whole run with the latest numbers, below a line for each epoch that is done.</summary>
internal sealed class LiveTrainDisplay : TrainDisplay
{
    private readonly IAnsiConsole _console;
    private ProgressTask? _bar;

    public LiveTrainDisplay(Terminal terminal)
    {
        _console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.Yes,
            ColorSystem = terminal.Colour ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.Yes,
            Out = new AnsiConsoleOutput(terminal.Error),
        });
    }

    public override T During<T>(Func<T> work) => _console.Progress()
        .AutoClear(true)
        .Columns(new ProgressBarColumn { Width = 24 }, new PercentageColumn(), new TaskDescriptionColumn { Alignment = Justify.Left })
        .Start(context =>
        {
            _bar = context.AddTask("starting", maxValue: double.MaxValue);
            return work();
        });

    public override void Report(TrainNews value)
    {
        switch (value)
        {
            case UpdateNews update when _bar is { } bar:
                bar.MaxValue = update.Updates;
                bar.Value = update.Update;
                bar.Description = Markup.Escape(ProgressText.Of(update));
                break;
            case EpochNews epoch:
                WriteAboveBar(ProgressText.Of(epoch));
                break;
            case StartNews start:
                WriteAboveBar(ProgressText.Of(start));
                break;
            case MemoryNews memory:
                WriteAboveBar(ProgressText.Of(memory));
                break;
            case NoteNews note:
                WriteAboveBar(note.Text);
                break;
        }
    }

    // The line takes the bar's place without erasing it: where it wraps, its short last part must cover what stood there.
    private void WriteAboveBar(string text)
    {
        var width = Math.Max(1, _console.Profile.Width);
        foreach (var line in text.Chunk(width))
            _console.WriteLine(new string(line).PadRight(width - 1));
    }
}
