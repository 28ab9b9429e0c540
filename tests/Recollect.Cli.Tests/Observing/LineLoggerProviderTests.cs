using System.Text.RegularExpressions;

namespace Recollect.Tests.Cli.Observing;

public sealed partial class LineLoggerProviderTests : IDisposable
{
    private readonly SmallRuns _runs = new();

    public void Dispose() => _runs.Dispose();

    private List<string> Logged(params string[] more)
    {
        var ran = Ran.Command(SmallRuns.Digits(_runs.In("run"), [], more));
        Assert.True(ran.Code == 0, ran.Error);
        return [.. ran.Error.Split('\n').Where(line => Line().IsMatch(line))];
    }

    [Fact]
    public void Without_the_option_nothing_is_logged() => Assert.Empty(Logged());

    [Fact]
    public void A_line_has_time_level_event_and_message()
    {
        var lines = Logged("--log", "information");
        Assert.Equal(["Started", "EpochEnded", "Evaluated", "EpochEnded", "Evaluated", "Evaluated", "Ended"], lines.Select(line => Line().Match(line).Groups["event"].Value));
        Assert.All(lines, line => Assert.Equal("information", Line().Match(line).Groups["level"].Value));
        Assert.EndsWith($"Started: Run {_runs.In("run")} begins on cpu by kernels, 1 thread(s), 48 training rows", lines[0]);
        Assert.EndsWith($"Ended: Run {_runs.In("run")} ended after 6 updates, by its plan", lines[^1]);
    }

    [Fact]
    public void Debug_adds_every_update_and_checkpoint_and_warning_leaves_all_of_it_out()
    {
        Assert.Equal(6, Logged("--log", "debug").Count(line => line.Contains("debug UpdateTaken: Update ")));
        Directory.Delete(_runs.In("run"), recursive: true);
        Assert.Empty(Logged("--log", "warning"));
    }

    [GeneratedRegex(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z (?<level>[a-z]+) (?<event>\w+): ")]
    private static partial Regex Line();
}
