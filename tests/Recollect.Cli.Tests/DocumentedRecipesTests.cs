using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using Recollect.Experiments;
using Recollect.Losses;
using Recollect.Training;

namespace Recollect.Tests.Cli;

/// <summary>docs/recipes.md against the option records: every key, with its default, and nothing else.</summary>
public class DocumentedRecipesTests
{
    private static readonly JsonSerializerOptions Spelling = new() { Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) } };
    private static readonly MarkdownPage Page = MarkdownPage.Open("docs", "recipes.md");

    private static readonly IReadOnlyList<string[]> Rows =
        [.. Page.Headings.SelectMany(heading => Page.Rows(heading)).Select(cells => (string[])[cells[0].Trim('`'), .. cells[1..]])];

    // An entry and a section that are unset by default, so that their keys are seen.
    private static readonly Recipe Defaults = new()
    {
        Auxiliary = [new AuxiliaryOptions()],
        Training = new TrainingOptions { PretrainSchedule = new ScheduleOptions() },
    };

    [Fact]
    public void Every_key_of_the_contract_is_documented_once_and_nothing_else_is() =>
        Assert.Equal(Keys(Defaults, "").Select(key => key.Path).Order(), Rows.Select(row => row[0]).Order());

    [Fact]
    public void Every_default_is_the_one_that_is_used()
    {
        var documented = Rows.ToDictionary(row => row[0], row => row[2]);
        Assert.All(Keys(Defaults, "").Where(key => !IsSection(key.Value) && key.Path is not ("auxiliary" or "auxiliary.0.kind")), key =>
        {
            var used = key.Value is null ? "–" : $"`{JsonSerializer.Serialize(key.Value, Spelling)}`";
            Assert.Equal((key.Path, used), (key.Path, documented[key.Path]));
        });
    }

    [Fact]
    public void Every_word_that_a_key_takes_is_documented()
    {
        var documented = Rows.ToDictionary(row => row[0], row => row[3]);
        Assert.All(Keys(Defaults, "").Where(key => key.Type.IsEnum && !documented[key.Path].StartsWith("as in", StringComparison.Ordinal)), key =>
            Assert.Equal((key.Path, string.Join(", ", Words(key.Type))), (key.Path, documented[key.Path])));
    }

    private static IEnumerable<string> Words(Type type) =>
        Enum.GetValues(type).Cast<object>().Select(word => JsonSerializer.SerializeToNode(word, Spelling)!.GetValue<string>());

    private sealed record Key(string Path, Type Type, object? Value);

    private static bool IsSection(object? value) => value?.GetType() is { IsClass: true, Namespace: { } home } && home.StartsWith("Recollect", StringComparison.Ordinal);

    // By reflection, where the program asks its serializer: a second witness of what the contract is.
    private static IEnumerable<Key> Keys(object section, string path)
    {
        foreach (var property in section.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(property => property.CanWrite))
        {
            var name = path + JsonNamingPolicy.CamelCase.ConvertName(property.Name);
            var value = property.GetValue(section);
            yield return new Key(name, Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType, value);
            if (value is IEnumerable<AuxiliaryOptions> list)
                (name, value) = ($"{name}.0", list.Single());
            foreach (var key in IsSection(value) ? Keys(value!, name + ".") : [])
                yield return key;
        }
    }
}
