using Recollect.Cli;

namespace Recollect.Tests.Cli;

public class CommandLineTests
{
    [Theory]
    [InlineData("trian", "unknown command 'trian'", "Nearest: train")]
    [InlineData("", "name a command", "train, evaluate, predict, data, recipes, bench, doctor")]
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
    [InlineData("evaluate here --split tset", "--split is 'tset'", "Nearest: test")]
    [InlineData("evaluate", "RUN", "recollect evaluate --help")]
    [InlineData("train @file", "There is no recipe '@file'", "recipes list")]
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
