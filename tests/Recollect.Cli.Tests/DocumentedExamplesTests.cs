using System.Diagnostics;
using Recollect.Cli;

namespace Recollect.Tests.Cli;

/// <summary>The examples with a user's own data, done as they are written: files saved under their names, commands read by a POSIX shell.</summary>
public sealed class DocumentedExamplesTests : IDisposable
{
    // What a shell makes of the commands: for each its number of words, then the words, a line each. Standard input is kept for the one that reads it.
    private const string Prologue = "recollect() { { echo $#; printf '%s\\n' \"$@\"; } >> commands; case \" $*\" in *' -') cat > input ;; esac; }\n";

    private readonly SmallRuns _runs = new();
    private readonly string _before = Directory.GetCurrentDirectory();

    public DocumentedExamplesTests() => Directory.SetCurrentDirectory(_runs.Folder);

    public void Dispose()
    {
        Directory.SetCurrentDirectory(_before);
        _runs.Dispose();
    }

    public static TheoryData<string, string> Examples => new()
    {
        { "README.md", "Your own data" },
        { "docs/recipes.md", "Text in a CSV file" },
        { "docs/recipes.md", "Numbers in a CSV file" },
        { "docs/recipes.md", "JSON Lines of unequal series with several components" },
        { "docs/recipes.md", "Files of the time-series archive" },
    };

    [Theory]
    [MemberData(nameof(Examples))]
    public void An_example_trains_and_predicts_every_row(string page, string section)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no POSIX shell.");
        var blocks = MarkdownPage.Open(page.Split('/')).Blocks(section);
        foreach (var file in blocks.Where(block => block.Info.Contains(' ')))
            _runs.Write(file.Info.Split(' ')[1], file.Text);
        var commands = WordsOf(string.Concat(blocks.Where(block => block.Info == "sh").Select(block => block.Text)));
        Assert.Contains(commands, command => command[0] == "train");
        Assert.Contains(commands, command => command[0] == "predict");
        Assert.All(commands, Run);
    }

    private void Run(string[] words)
    {
        string[] quick = words[0] switch { "train" => ["--max-steps", "3", "--threads", "1"], "data" => [], _ => ["--threads", "1"] };
        var ran = Ran.Command(new Engine(), () => File.OpenRead("input"), [.. words, .. quick]);
        Assert.True(ran.Code == 0, $"recollect {string.Join(' ', words)}\n{ran.Error}");
        if (words[0] == "predict")
            Assert.Equal(RowsOf(words[2] == "-" ? "input" : words[2]), words.Contains("--json") ? ran.Json.AsArray().Count : ran.Out.Count(c => c == '\n'));
    }

    private static int RowsOf(string file) => Path.GetExtension(file) switch
    {
        ".csv" => File.ReadLines(file).Count() - 1,
        ".ts" => File.ReadLines(file).SkipWhile(line => line != "@data").Count() - 1,
        _ => File.ReadLines(file).Count(),
    };

    private List<string[]> WordsOf(string script)
    {
        using var shell = Process.Start(new ProcessStartInfo("sh", ["-eu", "-c", Prologue + script]) { RedirectStandardError = true })!;
        var error = shell.StandardError.ReadToEnd();
        shell.WaitForExit();
        Assert.True(shell.ExitCode == 0, error);
        var commands = new List<string[]>();
        var lines = File.ReadAllLines(_runs.In("commands"));
        for (var at = 0; at < lines.Length; at += 1 + commands[^1].Length)
            commands.Add(lines[(at + 1)..(at + 1 + int.Parse(lines[at]))]);
        return commands;
    }
}
