using System.Text.RegularExpressions;

namespace Recollect.Tests.Cli;

/// <summary>The pages' links to each other and to the code.</summary>
public partial class DocumentedLinksTests
{
    public static TheoryData<string> Pages =>
    [
        "README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "samples/README.md", "results/README.md",
        .. Directory.GetFiles(Path.Combine(Checkout.Folder, "docs"), "*.md", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(Checkout.Folder, file).Replace('\\', '/')).Order(StringComparer.Ordinal),
    ];

    [Theory]
    [MemberData(nameof(Pages))]
    public void Every_relative_link_leads_somewhere(string page)
    {
        var folder = Path.GetDirectoryName(Path.Combine(Checkout.Folder, page))!;
        var targets = Link().Matches(File.ReadAllText(Path.Combine(Checkout.Folder, page))).Select(match => match.Groups[1].Value)
            .Where(target => !target.StartsWith('#') && !Uri.IsWellFormedUriString(target, UriKind.Absolute));
        Assert.All(targets, target => Assert.True(Path.Exists(Path.Combine(folder, target.Split('#')[0])), $"{page} links to {target}, which is not there."));
    }

    [Fact]
    public void Every_decision_is_in_the_list_of_them()
    {
        var folder = Path.Combine(Checkout.Folder, "docs", "decisions");
        var listed = Link().Matches(File.ReadAllText(Path.Combine(folder, "README.md"))).Select(match => match.Groups[1].Value);
        Assert.Equal(Directory.GetFiles(folder, "0*.md").Select(Path.GetFileName).Order(), listed);
    }

    [Fact]
    public void Links_are_found_at_all() => Assert.NotEmpty(Link().Matches(File.ReadAllText(Path.Combine(Checkout.Folder, "README.md"))));

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Link();
}
