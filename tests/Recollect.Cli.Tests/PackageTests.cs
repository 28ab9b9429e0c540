using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Recollect.Tests.Cli;

/// <summary>What packages are made of. That they install and work is shown by build/check-packages.</summary>
public partial class PackageTests
{
    private static readonly string[] Packed = ["Recollect", "Recollect.Cli", "Recollect.Core", "Recollect.Data", "Recollect.Reports"];

    public static TheoryData<string> Projects => [.. Packed];

    private static string Text(params string[] path) => File.ReadAllText(Path.Combine([Checkout.Folder, .. path]));

    [Fact]
    public void Packages_are_made_of_src_alone_and_of_all_of_it_but_the_server()
    {
        Assert.Contains("<IsPackable>false</IsPackable>", Text("Directory.Build.props"));
        Assert.Contains("<IsPackable>true</IsPackable>", Text("src", "Directory.Build.props"));
        var projects = Directory.GetFiles(Checkout.Folder, "*.csproj", SearchOption.AllDirectories);
        Assert.DoesNotContain(projects, file => File.ReadAllText(file).Contains("<IsPackable>true"));
        Assert.Equal(Packed, projects.Where(file => file.StartsWith(Path.Combine(Checkout.Folder, "src"), StringComparison.Ordinal) && !File.ReadAllText(file).Contains("<IsPackable>false"))
            .Select(file => Path.GetFileNameWithoutExtension(file)).Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Projects))]
    public void Each_says_what_it_is_and_how_it_is_used(string project)
    {
        var description = XDocument.Parse(Text("src", project, $"{project}.csproj")).Descendants("Description").Single().Value;
        Assert.InRange(description.Length, 50, 300);
        var readme = Text("src", project, "README.md");
        Assert.StartsWith($"# {(project == "Recollect.Cli" ? "Recollect.Tool" : project)}\n", readme.ReplaceLineEndings("\n"));
        Assert.Contains(project == "Recollect.Cli" ? "```sh" : "```csharp", readme);
        Assert.DoesNotMatch(Link(), readme); // a feed shows it alone: no page is beside it
    }

    [Fact]
    public void The_libtorch_that_is_advised_is_the_one_that_is_tested()
    {
        var version = XDocument.Parse(Text("Directory.Packages.props")).Descendants("LibTorchVersion").Single().Value;
        Assert.Contains($"version {version}:", Text("build", "TorchNative.targets"));
        Assert.Contains($"dotnet add package libtorch-cpu-linux-x64 --version {version}", Text("src", "Recollect", "README.md"));
    }

    [GeneratedRegex(@"\]\((?!https://)")]
    private static partial Regex Link();
}
