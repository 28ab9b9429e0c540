using System.Text.RegularExpressions;

namespace Recollect.Tests.Cli;

/// <summary>The exact set of references between rooms (ARCHITECTURE.md): a new arrow is a decision, and is made here.</summary>
public partial class ArchitectureTests
{
    private static readonly Dictionary<string, string[]> Projects = new()
    {
        ["Recollect.Core"] = [],
        ["Recollect.Data"] = ["Recollect.Core"],
        ["Recollect"] = ["Recollect.Core", "Recollect.Data"],
        ["Recollect.Reports"] = ["Recollect.Core"],
        ["Recollect.Server"] = ["Recollect.Core"],
        ["Recollect.Cli"] = ["Recollect", "Recollect.Reports", "Recollect.Server"],
    };

    private static readonly Dictionary<string, string[]> Folders = new()
    {
        ["Recollect.Core/Kernels"] = [],
        ["Recollect.Core/Randomness"] = [],
        ["Recollect.Core/Sequences"] = ["Randomness"],
        ["Recollect.Core/Runs"] = [],
        ["Recollect.Core/Inference"] = ["Kernels", "Runs", "Sequences"],
        ["Recollect.Data"] = ["Randomness", "Runs", "Sequences"],
        ["Recollect.Reports"] = ["Runs"],
        ["Recollect.Server"] = ["Inference", "Runs", "Sequences"],
        ["Recollect/Networks"] = ["Kernels", "Randomness", "Sequences"],
        ["Recollect/Losses"] = ["Kernels", "Networks", "Randomness", "Sequences"],
        ["Recollect/Observation"] = ["Runs"],
        ["Recollect/Training"] = ["Losses", "Networks", "Observation", "Randomness", "Runs", "Sequences"],
        ["Recollect/Probes"] = ["Losses", "Networks", "Runs", "Sequences"],
        ["Recollect/Experiments"] = ["Data", "Inference", "Losses", "Networks", "Observation", "Probes", "Randomness", "Runs", "Sequences", "Training"],
        ["Recollect/Exports"] = ["Experiments", "Networks", "Sequences"],
        ["Recollect/Imports"] = ["Data", "Experiments", "Inference", "Networks", "Randomness", "Runs", "Sequences", "Training"],
        ["Recollect/Plans"] = ["Experiments", "Runs"],
        ["Recollect/Reproduction"] = ["Data", "Experiments", "Plans", "Runs"],
        ["Recollect/Sweeps"] = ["Data", "Experiments", "Plans", "Randomness", "Runs"],
        ["Recollect/Benchmarks"] = ["Experiments", "Kernels", "Losses", "Networks", "Randomness", "Runs", "Sequences", "Training"],
        ["Recollect/SelfTests"] = ["Benchmarks", "Experiments", "Kernels", "Losses", "Networks", "Randomness", "Runs", "Sequences", "Training"],
    };

    private static string Source { get; } = Path.Combine(Checkout.Folder, "src");

    [Fact]
    public void Projects_reference_what_the_design_allows_and_nothing_else() => Assert.All(Projects, project =>
    {
        var file = File.ReadAllText(Path.Combine(Source, project.Key, project.Key + ".csproj"));
        var found = ProjectReference().Matches(file).Select(match => match.Groups[1].Value).Order();
        Assert.Equal(project.Value.Order(), found);
    });

    [Fact]
    public void Every_project_is_named_here() =>
        Assert.Equal(Projects.Keys.Order(), Directory.GetDirectories(Source).Select(Path.GetFileName).Order()!);

    [Fact]
    public void Folders_use_what_the_design_allows_and_nothing_else() => Assert.All(Folders, folder =>
    {
        var own = folder.Key.Split('/', '.')[^1];
        var used = Sources(folder.Key).SelectMany(file => Using().Matches(File.ReadAllText(file))).Select(match => match.Groups[1].Value);
        Assert.Equal(folder.Value.Order(), used.Where(name => name != own).Distinct().Order());
    });

    [Fact]
    public void TorchSharp_lives_in_one_project() => Assert.All(
        Projects.Keys.Where(project => project != "Recollect"),
        project => Assert.DoesNotContain(Sources(project), file => File.ReadAllText(file).Contains("using TorchSharp") || File.ReadAllText(file).Contains("using static TorchSharp")));

    [Fact]
    public void OpenTelemetry_lives_in_programs_alone() => Assert.All(
        Projects.Keys.Where(project => project is not ("Recollect.Cli" or "Recollect.Server")),
        project => Assert.DoesNotContain(Sources(project), file => File.ReadAllText(file).Contains("using OpenTelemetry")));

    [Fact]
    public void The_core_has_no_package() => Assert.DoesNotContain("PackageReference", File.ReadAllText(Path.Combine(Source, "Recollect.Core", "Recollect.Core.csproj")));

    private static IEnumerable<string> Sources(string folder) => Directory
        .EnumerateFiles(Path.Combine(Source, folder), "*.cs", SearchOption.AllDirectories)
        .Where(file => !file.Split(Path.DirectorySeparatorChar).Any(part => part is "bin" or "obj"));

    [GeneratedRegex("""ProjectReference Include="[^"]*/([^/"]+)\.csproj""")]
    private static partial Regex ProjectReference();

    [GeneratedRegex(@"^using (?:static )?Recollect\.(\w+)", RegexOptions.Multiline)]
    private static partial Regex Using();
}
