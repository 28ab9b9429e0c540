using System.Diagnostics;
using Recollect.Reports.Reading;
using Recollect.Reproduction;

namespace Recollect.Tests.Cli.Commands;

public sealed class ReportCommandTests : IDisposable
{
    private readonly SmallRuns _runs = new();

    public void Dispose() => _runs.Dispose();

    [Fact]
    public void A_trained_run_becomes_a_page_and_figures_and_both_may_be_made_again()
    {
        var run = _runs.Train("run", SmallRuns.WithAuxiliaries);
        var (page, figures) = (_runs.In("page.html"), _runs.In("figures"));
        for (var time = 0; time < 2; time++)
        {
            var ran = Ran.Command("report", run, "-o", page, "--svg", figures);
            Assert.True(ran.Code == 0, ran.Error);
            Assert.Contains($"{page}: ", ran.Out);
            Assert.Empty(ran.Error);
        }
        var text = File.ReadAllText(page);
        Assert.Contains("<svg", text);
        Assert.Contains("digits-lstm", text);
        Assert.Contains(Path.Combine(figures, "learning-auxiliary-loss.svg"), Directory.GetFiles(figures));
    }

    [Fact]
    public void A_file_that_no_report_made_is_left_alone()
    {
        var run = Begun("run");
        var mine = _runs.Write("mine.html", "<!DOCTYPE html><p>mine</p>");
        Ran.Command("report", run, "-o", mine).Refused(2, mine, "no report that this command made", "-o");
        Assert.Equal("<!DOCTYPE html><p>mine</p>", File.ReadAllText(mine));
        Ran.Command("report", run, "-o", _runs.Folder).Refused(2, "is a folder");

        Assert.Equal(0, Ran.Command("report", run, "-o", _runs.In("a.html"), "--svg", _runs.In("figures")).Code);
        var figure = Directory.GetFiles(_runs.In("figures")).First();
        File.WriteAllText(figure, "<svg/>");
        Ran.Command("report", run, "-o", _runs.In("a.html"), "--svg", _runs.In("figures")).Refused(2, figure, "--svg");
        Assert.Equal("<svg/>", File.ReadAllText(figure));
        Ran.Command("report", run, "-o", _runs.In("a.html"), "--svg", mine).Refused(2, $"'{mine}' is a file");
    }

    [Fact]
    public void A_pipe_is_no_file_to_write_and_is_not_waited_for()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/mkfifo"), "This system has no mkfifo.");
        var pipe = _runs.In("pipe");
        using (var made = Process.Start("/usr/bin/mkfifo", [pipe]))
            made.WaitForExit();
        Ran.Command("report", Begun("run"), "-o", pipe).Refused(2, $"'{pipe}' is a device, a pipe or a socket");
        Assert.True(File.Exists(pipe));
    }

    [Fact]
    public void What_is_missing_or_damaged_is_refused_and_nothing_is_written()
    {
        var page = _runs.In("page.html");
        Ran.Command("report", _runs.In("none"), "-o", page).Refused(3, "does not exist");
        var run = Begun("run");
        File.WriteAllText(Path.Combine(run, "summary.json"), "{}");
        Ran.Command("report", run, "-o", page).Refused(3, "summary.json");
        Assert.False(File.Exists(page));
        File.Delete(Path.Combine(run, "summary.json"));
        var nowhere = _runs.In("no", "folder", "page.html");
        Ran.Command("report", run, "-o", nowhere).Refused(1, $"Cannot write '{nowhere}': its folder does not exist; nothing was left behind. Make or mend the folder, or name another file with -o.");
        var under = _runs.In("run", "recipe.json", "figures");
        Ran.Command("report", run, "-o", page, "--svg", under).Refused(1, $"Cannot write '{under}': ", "no figure was written", "or name another folder with --svg.");
    }

    [Fact]
    public void Of_several_runs_a_damaged_one_is_told_and_the_others_are_shown()
    {
        File.WriteAllText(Path.Combine(Begun("all/one-s1"), "summary.json"), "{}");
        Begun("all/two-s1");
        var ran = Ran.Command("report", _runs.In("all"), "-o", _runs.In("page.html"));
        Assert.Equal(0, ran.Code);
        Assert.StartsWith("note: one-s1 is damaged: '", ran.Error);
        var page = File.ReadAllText(_runs.In("page.html"));
        Assert.Contains("two-s1 – not finished, 4 updates so far", page);
        Assert.Contains("one-s1 – damaged: ", page);
    }

    [Theory]
    [InlineData("report", "name a RUN, or a folder to --watch")]
    [InlineData("report run --urls http://127.0.0.1:0", "--urls is for --watch")]
    [InlineData("report run --watch dir", "leave RUN out")]
    [InlineData("report --watch dir -o a.html", "leave --out out")]
    [InlineData("report --watch dir --svg a", "leave --svg out")]
    [InlineData("report --watch dir --urls 5000", "--urls is '5000'")]
    [InlineData("report --watch dir --urls https://127.0.0.1:1", "--urls is 'https://127.0.0.1:1'")]
    [InlineData("report run --wach dir", "Nearest: --watch")]
    public void Wrong_usage_is_told(string line, string said) => Ran.Command(line.Split(' ')).Refused(2, said);

    [Fact]
    public void A_folder_that_is_not_there_cannot_be_watched() => Ran.Command("report", "--watch", _runs.In("none")).Refused(3, "does not exist; expected a folder to watch");

    public static TheoryData<string, string> Targets => [.. TargetBook.Names.SelectMany(name => Enum.GetNames<Scale>().Select(scale => new TheoryDataRow<string, string>(name, scale)))];

    /// <summary>What `reproduce` writes before any run is there is a report that says so.</summary>
    [Theory]
    [MemberData(nameof(Targets))]
    public void The_exhibits_of_every_target_are_shown(string target, string scale)
    {
        var plan = TargetPlan.Of(target, Enum.Parse<Scale>(scale));
        _runs.Write("exhibits.json", plan.Exhibits.ToJsonString());
        var input = ReportInput.Read([_runs.Folder]);
        Assert.Equal(plan.Runs.Select(run => $"{TargetPlan.RunsFolder}/{run.Name}").Order(), input.Exhibits[0].Runs.Keys.Order());
        var ran = Ran.Command("report", _runs.Folder, "-o", _runs.In("page.html"));
        Assert.True(ran.Code == 0, ran.Error);
        Assert.Contains(plan.Runs.Count == 0 ? "" : "no run here yet", File.ReadAllText(_runs.In("page.html")));
    }

    private string Begun(string name)
    {
        Directory.CreateDirectory(_runs.In(name));
        _runs.Write($"{name}/recipe.json", """{"format":1,"name":"digits","seed":1}""");
        _runs.Write($"{name}/metrics.jsonl", """
            {"phase":"train","epoch":1,"step":2,"split":"test","accuracy":0.5,"loss":1}
            {"phase":"train","epoch":2,"step":4,"split":"test","accuracy":0.6,"loss":0.9}

            """);
        return _runs.In(name);
    }
}
