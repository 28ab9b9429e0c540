using Recollect.Cli;
using Recollect.Cli.Display;
using Recollect.Experiments;
using Recollect.Runs;

namespace Recollect.Tests.Cli.Display;

public class TrainDisplayTests
{
    private static readonly UpdateNews Update = new(TrainingPhase.Pretrain, 1, 2, 10, 40, 2.5, null, 99.6, TimeSpan.FromSeconds(42));

    [Fact]
    public void A_pipe_gets_a_line_an_epoch_and_one_every_ten_seconds()
    {
        var (error, clock) = (new StringWriter(), new HandClock());
        using var display = new PlainTrainDisplay(error, clock);
        display.Report(Update);
        Assert.Empty(error.ToString());
        display.Report(new StartNews("cpu", "kernels", 2));
        display.Report(new MemoryNews("about 9 MB"));
        clock.Now += PlainTrainDisplay.Interval;
        display.Report(Update);
        display.Report(Update);
        display.Report(new EpochNews(Update, null));
        Assert.Equal(
            ["computing on cpu by kernels, 2 threads", "memory: about 9 MB", "pretrain 1/2: loss 2.5000, 100 sequences/s, 42s left", "pretrain 1/2 done: loss 2.5000, 100 sequences/s"],
            error.ToString().Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_terminal_gets_a_line_that_is_drawn_over_in_colour_only_where_welcome(bool colour)
    {
        var error = new StringWriter();
        using var display = TrainDisplay.For(new Terminal { Out = TextWriter.Null, Error = error, ErrorIsTerminal = true, Colour = colour });
        var result = display.During(() =>
        {
            display.Report(Update);
            display.Report(new EpochNews(Update, 0.5));
            display.Report(new StartNews("cpu", "libtorch", 1, Processes: 4));
            display.Report(new MemoryNews("about 9 MB"));
            display.Report(new NoteNews("[not markup]"));
            return 7;
        });
        Assert.Equal(7, result);
        Assert.Contains("validation 50.00%", error.ToString());
        Assert.Contains("computing on cpu by libtorch, 1 thread in each of 4 processes", error.ToString());
        Assert.Contains("memory: about 9 MB", error.ToString());
        Assert.Contains("[not markup]", error.ToString());
        if (!colour)
            Assert.DoesNotMatch("\u001b\\[[0-9;]*3[0-9;]*m", error.ToString());
    }

    private sealed class HandClock : TimeProvider
    {
        public TimeSpan Now { get; set; }

        public override long GetTimestamp() => Now.Ticks;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;
    }
}
