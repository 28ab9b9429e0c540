using System.Text.Json;
using FsCheck.Xunit;
using Recollect.Experiments;

namespace Recollect.Tests.Experiments;

public class JsonSyntaxTests
{
    private const string Whole = """
        // a comment
        { "seed": -10.5e+2, "list": [1, 0.25, "a\u00e9\n", [], {},], /* another */ "t": true,
          "n": null, "f": false, }
        """;

    [Theory]
    [InlineData("{\n \"seed\" 1\n}", 2, 9, "'1'", "':' after the key \"seed\"")]
    [InlineData("{\"a\": {\"b\": 1", 1, 14, "the end of the text", "'}', to end the '{' of line 1")]
    [InlineData("{\n\"a\": [1,\n2", 3, 2, "the end of the text", "']', to end the '[' of line 2")]
    [InlineData("{\"a\": 1 \"b\": 2}", 1, 9, "'\"'", "',' or '}' after the value of \"a\"")]
    [InlineData("{\"a\": [1 2]}", 1, 10, "'2'", "',' or ']' after an entry of a list")]
    [InlineData("{\"a\": 1]", 1, 8, "']'", "',' or '}' after the value of \"a\"")]
    [InlineData("{'a': 1}", 1, 2, "'\u0027'", "a key in double quotes")]
    [InlineData("{a: 1}", 1, 2, "'a'", "a key in double quotes")]
    [InlineData("{,}", 1, 2, "','", "a key in double quotes")]
    [InlineData("{\"a\": }", 1, 7, "'}'", "for the key \"a\"")]
    [InlineData("{\"a\": True}", 1, 7, "'True'", "true, false, null")]
    [InlineData("{\"a\": \u00a01}", 1, 7, "the character U+00A0", "a value")]
    [InlineData("{\"a\": 01}", 1, 7, "'01'", "a number such as")]
    [InlineData("{\"a\": 1.}", 1, 7, "'1.'", "a number such as")]
    [InlineData("{\"a\": +1}", 1, 7, "'+'", "a value")]
    [InlineData("{\"a\": \"b\nc\"}", 1, 9, "the end of the line", "to end the text that begins at column 7")]
    [InlineData("{\"a\": \"b\tc\"}", 1, 9, "the character U+0009", "an escape")]
    [InlineData("{\"a\": \"b\\d\"}", 1, 9, "'\\d'", "a backslash itself")]
    [InlineData("{\"a\": \"\\ud800\"}", 1, 8, "'\\ud800'", "both halves")]
    [InlineData("{} {}", 1, 4, "'{'", "nothing more")]
    [InlineData("// nothing else", 1, 16, "the end of the text", "'{', as a recipe is one JSON object")]
    [InlineData("{} /* open", 1, 11, "the end of the text", "'*/', to end the comment of line 1")]
    [InlineData("\u201ca\u201d", 1, 1, "'\u201c'", "'{', as a recipe is one JSON object")]
    public void A_fault_is_told_by_place_what_was_found_and_what_was_expected(string text, int line, int column, string found, string expected)
    {
        var message = Assert.Throws<RecipeException>(() => RecipeReader.Read(text, "mine.json")).Message;
        Assert.StartsWith($"mine.json, line {line}, column {column}: not readable as JSON: found {found}; expected ", message);
        Assert.Contains(expected, message);
        Assert.DoesNotContain('\n', message);
    }

    [Fact]
    public void As_many_levels_are_read_as_the_library_reads()
    {
        string Nested(int levels) => new string('[', levels) + "1" + new string(']', levels);
        Assert.Null(JsonSyntax.Fault(Nested(64), "a"));
        Assert.Contains("column 65: not readable as JSON: found '['; expected at most 64 levels", JsonSyntax.Fault(Nested(65), "a"));
        Assert.Contains("at most 64 levels", JsonSyntax.Fault(new string('[', 1_000_000), "a"));
    }

    // The library's reader is the witness: one changed character of a text that uses the whole grammar.
    [Property(MaxTest = 3000)]
    public bool A_text_has_a_fault_where_the_library_refuses_it(byte place, byte other, bool insert)
    {
        const string characters = "{}[]\",:/*\\ntuefr-+.019 \n\t'x";
        var at = place % Whole.Length;
        var text = Whole[..at] + characters[other % characters.Length] + Whole[(insert ? at : at + 1)..];
        return IsJson(text) == JsonSyntax.Fault(text, "a") is null;
    }

    [Fact]
    public void A_text_cut_off_anywhere_has_its_fault_where_it_ends() => Assert.All(Enumerable.Range(12, Whole.Length - 13), length =>
    {
        var fault = JsonSyntax.Fault(Whole[..length], "a")!;
        Assert.False(IsJson(Whole[..length]));
        Assert.Matches("found ('[-a-z0-9.+e]+'|'/'|'.[u0-9e]*'|the end of the text); expected", fault);
    });

    private static bool IsJson(string text)
    {
        try
        {
            JsonDocument.Parse(text, new JsonDocumentOptions { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip }).Dispose();
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
