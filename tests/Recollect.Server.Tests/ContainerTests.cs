using System.Text.RegularExpressions;

namespace Recollect.Tests.Server;

/// <summary>deploy/Containerfile, which no test builds: what it names is there.</summary>
public sealed partial class ContainerTests
{
    private static readonly string[] Lines = File.ReadAllLines(Path.Combine(Checkout.Folder, "deploy", "Containerfile"));

    [Fact]
    public void Every_path_that_it_copies_or_builds_is_in_the_checkout()
    {
        var named = Lines.Where(line => line.StartsWith("COPY ", StringComparison.Ordinal) && !line.Contains("--from")).SelectMany(line => line.Split(' ')[1..^1])
            .Concat(Lines.SelectMany(line => Project().Matches(line)).Select(match => match.Value)).ToList();
        Assert.True(named.Count > 3, $"{named.Count} paths");
        Assert.All(named, path => Assert.True(Path.Exists(Path.Combine(Checkout.Folder, path)), path));
    }

    [Fact]
    public void It_is_built_with_the_SDK_and_for_the_framework_of_the_checkout()
    {
        var framework = FrameworkVersion().Match(File.ReadAllText(Path.Combine(Checkout.Folder, "Directory.Build.props"))).Groups[1].Value;
        Assert.All(Lines.Where(line => line.StartsWith("FROM ", StringComparison.Ordinal)), line => Assert.Contains($":{framework}", line));
    }

    [Fact]
    public void It_holds_no_key_and_runs_as_no_root()
    {
        Assert.DoesNotContain(Lines, line => line.StartsWith("ENV", StringComparison.Ordinal) && line.Contains("RECOLLECT_API_KEY"));
        Assert.Contains(Lines, line => line.StartsWith("USER ", StringComparison.Ordinal) && !line.Contains("root"));
    }

    [GeneratedRegex(@"\S+\.csproj")]
    private static partial Regex Project();

    [GeneratedRegex("<TargetFramework>net([0-9.]+)</TargetFramework>")]
    private static partial Regex FrameworkVersion();
}
