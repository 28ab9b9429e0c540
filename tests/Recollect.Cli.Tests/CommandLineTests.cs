using System.CommandLine;
using Recollect.Cli;

namespace Recollect.Tests.Cli;

public class CommandLineTests
{
    /// <summary>What labels or measures has no batch of a training to lower.</summary>
    [Theory]
    [InlineData("train", "training.accumulate=4")]
    [InlineData("evaluate here", "a machine that has more. Of a GPU's memory: --device cpu.")]
    [InlineData("predict here -", "give fewer of them at a time")]
    [InlineData("doctor", "a machine that has more")]
    public void Where_memory_ends_each_command_is_told_what_it_has(string line, string advice)
    {
        var engine = new Engine
        {
            Train = (_, _, _) => throw new InsufficientMemoryException(),
            Evaluate = _ => throw new InsufficientMemoryException(),
            Predict = _ => throw new InsufficientMemoryException(),
            Torch = () => throw new InsufficientMemoryException(),
        };
        var ran = Ran.Command(engine, line.Split(' '));
        Assert.Equal(2, ran.Code);
        Assert.Contains("not enough memory", ran.Error);
        Assert.Contains(advice, ran.Error);
        Assert.Equal(line == "train", ran.Error.Contains("training.", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("trian", "unknown command 'trian'", "Nearest: train")]
    [InlineData("", "name a command", "train, evaluate, predict, export, import, data, recipes, reproduce, sweep, report, serve, bench, doctor")]
    [InlineData("recipes", "name a command after 'recollect recipes'", "list, show")]
    [InlineData("recipes shw", "unknown command 'shw' of 'recollect recipes'", "Nearest: show")]
    [InlineData("train --sed 3", "unknown option '--sed' of 'recollect train'", "Nearest: --seed")]
    [InlineData("train --out --sed", "unknown option '--sed'", "Nearest: --seed")]
    [InlineData("--vers", "unknown option '--vers'", "Nearest: --version")]
    [InlineData("train digits more", "has no use for 'more'", "recollect train --help")]
    [InlineData("train --seed x", "--seed is 'x'", "a whole number")]
    [InlineData("train --threads 0", "--threads is '0'", "from 1 to")]
    [InlineData("train --max-steps 0", "--max-steps is '0'", "at least 1")]
    [InlineData("train --max-time 5x", "--max-time is '5x'", "90s, 10m, 2h or 01:30:00")]
    [InlineData("train --device cudda", "--device is 'cudda'", "one of auto, cpu, cuda. Nearest: cuda")]
    [InlineData("train --otlp localhost:4317", "--otlp is 'localhost:4317'", "http://localhost:4318")]
    [InlineData("train --log debgu", "--log is 'debgu'", "Nearest: debug")]
    [InlineData("evaluate here --split tset", "--split is 'tset'", "Nearest: test")]
    [InlineData("evaluate", "RUN", "recollect evaluate --help")]
    [InlineData("train @file", "There is no recipe '@file'", "recipes list")]
    [InlineData("train --resume", "--resume needs a folder", "recollect train --help")]
    [InlineData("train --resume here --seed", "--seed needs a whole number", "recollect train --help")]
    [InlineData("train --resume here --seed x", "--resume goes on with a run's own recipe", "leave --seed out")]
    [InlineData("evaluate here --split --json", "--split needs a value: train|validation|test", "recollect evaluate --help")]
    public void Wrong_usage_is_refused_with_exit_code_2_and_one_message(string line, string found, string allowed)
    {
        var ran = Ran.Command(line.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal(2, ran.Code);
        Assert.Empty(ran.Out);
        Assert.StartsWith("recollect: ", ran.Error);
        Assert.Single(ran.Error.TrimEnd().Split('\n'));
        Assert.Contains(found, ran.Error);
        Assert.Contains(allowed, ran.Error);
    }

    public static TheoryData<string, string> OptionsWithValues => new(Below(CommandLine.Root(Nowhere, new Engine(), []), "")
        .SelectMany(command => command.Command.Options.Where(option => option.Arity.MinimumNumberOfValues > 0).Select(option => (command.Path, option.Name))));

    private static Terminal Nowhere { get; } = new() { Out = TextWriter.Null, Error = TextWriter.Null };

    private static IEnumerable<(Command Command, string Path)> Below(Command command, string path) =>
        command.Subcommands.SelectMany(sub => Below(sub, $"{path} {sub.Name}".Trim())).Prepend((command, path));

    [Theory]
    [MemberData(nameof(OptionsWithValues))]
    public void An_option_without_its_value_is_refused_whatever_comes_after_it(string command, string option)
    {
        string[] words = command.Split(' ');
        foreach (var end in (string[][])[[option], [$"{option}="], [option, "--verbose"]])
        {
            Ran.Command([.. words, .. end]).Refused(2, $"recollect: {option} needs a", $"'recollect {command} --help' tells more.");
            Ran.Command([.. words, "word", .. end]).Refused(2, $"recollect: {option} needs a");
        }
    }

    [Theory]
    [InlineData("train --out", "--out")]
    [InlineData("train --data", "--data")]
    [InlineData("train --set", "--set")]
    [InlineData("train", "RECIPE")]
    [InlineData("predict run", "FILE")]
    [InlineData("predict", "RUN")]
    [InlineData("data info", "PATH")]
    [InlineData("data get mnist --from", "--from")]
    [InlineData("bench step --only", "--only")]
    public void An_empty_value_is_refused(string line, string name) =>
        Ran.Command([.. line.Split(' '), ""]).Refused(2, $"recollect: {name} is empty; give it a value, or leave it out.");

    [Fact]
    public void A_column_may_have_no_name()
    {
        using var runs = new SmallRuns();
        var ran = Ran.Command("data", "info", runs.Write("mine.csv", ",label\n3,yes\n"), "--values", "");
        Assert.True(ran.Code == 0, ran.Error);
        Assert.Contains("values ''", ran.Out);
    }

    [Fact]
    public void The_version_is_a_result()
    {
        var ran = Ran.Command("--version");
        Assert.Equal((0, $"recollect {CommandLine.Version}{Environment.NewLine}", ""), (ran.Code, ran.Out, ran.Error));
        Assert.Matches(@"^\d+\.\d+\.\d+", CommandLine.Version);
    }

    [Theory]
    [InlineData("--help")]
    [InlineData("train --help")]
    [InlineData("data get --help")]
    public void Help_is_a_result_and_names_the_command(string line)
    {
        var ran = Ran.Command(line.Split(' '));
        Assert.Equal(0, ran.Code);
        Assert.Contains($"recollect {line.Replace("--help", "")}".Trim(), ran.Out);
    }

    [Fact]
    public void A_defect_of_the_program_shows_its_stack_only_when_asked()
    {
        var engine = new Engine { Train = (_, _, _) => throw new InvalidOperationException("an inner matter") };
        var quiet = Ran.Command(engine, "train");
        Assert.Equal(1, quiet.Code);
        Assert.Contains("a defect of the program: InvalidOperationException: an inner matter", quiet.Error);
        Assert.DoesNotContain("   at ", quiet.Error);
        Assert.Contains("   at ", Ran.Command(engine, "train", "--verbose").Error);
        Assert.Contains("   at ", Ran.Command(engine, "--verbose", "train").Error);
    }
}
