using System.Reflection;
using PublicApiGenerator;
using Recollect.Data;
using Recollect.Experiments;
using Recollect.Inference;
using Recollect.Reports;

namespace Recollect.Tests.Cli;

/// <summary>What the packages promise to programs that are compiled against them: every public member, as it was approved.</summary>
public class PublicApiTests
{
    private const int Shown = 20;

    private static readonly Dictionary<string, Assembly> Libraries = new()
    {
        ["Recollect.Core"] = typeof(SequenceModel).Assembly,
        ["Recollect.Data"] = typeof(DataSets).Assembly,
        ["Recollect"] = typeof(Experiment).Assembly,
        ["Recollect.Reports"] = typeof(Report).Assembly,
    };

    private static readonly ApiGeneratorOptions Options = new() { IncludeAssemblyAttributes = false };

    public static TheoryData<string> Names => [.. Libraries.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void The_public_members_are_those_that_were_approved(string package)
    {
        var file = Path.Combine(Checkout.Folder, "tests", "Recollect.Cli.Tests", "PublicApi", $"{package}.txt");
        var approved = File.Exists(file) ? File.ReadAllText(file).ReplaceLineEndings("\n") : "";
        var found = Libraries[package].GeneratePublicApi(Options).ReplaceLineEndings("\n") + "\n";
        if (found == approved)
            return;
        var received = Path.Combine(AppContext.BaseDirectory, $"{package}.received.txt");
        File.WriteAllText(received, found);
        Assert.Fail($"""
            The public API of {package} is no longer what was approved:
            {string.Join('\n', Differences(approved, found))}
            What is public is a promise to whoever references the package: if the change is not meant, make it internal. If it is, accept it, and tell of it in CHANGELOG.md:
              cp {received} {file}
            """);
    }

    /// <summary>Who reads the message above must see what changed, and no more of it than they can read.</summary>
    [Fact]
    public void A_change_is_told_line_by_line()
    {
        Assert.Equal(["- b", "+ c"], Differences("a\n  b\n", "a\n  c\n"));
        Assert.Equal(["(the order of lines)"], Differences("a\nb\n", "b\na\n"));
        var many = Differences("", string.Join('\n', Enumerable.Range(1, 100)));
        Assert.Equal((Shown + 1, "+ 1", "… and 80 more lines"), (many.Count, many[0], many[^1]));
    }

    private static List<string> Differences(string approved, string found)
    {
        var (before, after) = (Lines(approved), Lines(found));
        List<string> all = [.. before.Except(after).Select(line => $"- {line}"), .. after.Except(before).Select(line => $"+ {line}")];
        if (all.Count == 0)
            return ["(the order of lines)"];
        return all.Count <= Shown ? all : [.. all[..Shown], $"… and {all.Count - Shown} more lines"];
    }

    private static List<string> Lines(string text) => [.. text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)];
}
