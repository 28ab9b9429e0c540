using System.Text;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Recollect.Sequences;

namespace Recollect.Core.Tests.Sequences;

public sealed class TextUnitsTests
{
    private static List<string> Units(string text, TextUnit unit)
    {
        var found = new List<string>();
        var units = new TextUnits(Encoding.UTF8.GetBytes(text), unit);
        while (units.MoveNext())
            found.Add(units.Current.ToString());
        return found;
    }

    [Theory]
    [InlineData("Don't STOP!", "don|'|t|stop|!")]
    [InlineData("  two\t\nlines\u00a0here ", "two|lines|here")] // a no-break space is white space too
    [InlineData("3½ km², x2=-1.5", "3½|km²|,|x2|=|-|1|.|5")] // digits of every kind belong to a word
    [InlineData("ÄRGER Ωmega Straße", "ärger|ωmega|straße")]
    [InlineData("e\u0301te\u0301 na\u0308ive", "e\u0301te\u0301|na\u0308ive")] // a mark belongs to its letter
    [InlineData("日本語 テスト", "日本語|テスト")]
    [InlineData("ok👍👍🏽", "ok|👍|👍|🏽")]
    [InlineData("...", ".|.|.")]
    [InlineData("", "")]
    [InlineData(" \t ", "")]
    public void Words_are_runs_of_letters_marks_and_digits_in_lower_case_and_other_characters_by_themselves(string text, string units) =>
        Assert.Equal(units.Length == 0 ? [] : units.Split('|'), Units(text, TextUnit.Words));

    [Fact]
    public void Characters_are_scalar_values_as_they_are() =>
        Assert.Equal(["A", " ", "e", "\u0301", "👍", "🏽", "\n"], Units("A e\u0301👍🏽\n", TextUnit.Characters));

    [Property]
    public void Characters_together_are_the_text(NonNull<string> any)
    {
        var text = Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(any.Get)); // half a surrogate pair is no text
        Assert.Equal(text, string.Concat(Units(text, TextUnit.Characters)));
        Assert.Equal(text.EnumerateRunes().Count(), Units(text, TextUnit.Characters).Count);
    }

    [Property]
    public void Words_together_are_the_text_in_lower_case_without_its_white_space(NonNull<string> any)
    {
        var text = Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(any.Get));
        var expected = string.Concat(text.EnumerateRunes().Where(rune => !Rune.IsWhiteSpace(rune)).Select(Rune.ToLowerInvariant));
        Assert.Equal(expected, string.Concat(Units(text, TextUnit.Words)));
    }

    [Fact]
    public void A_word_longer_than_any_buffer_is_one_word()
    {
        var word = new string('ä', 10_000);
        Assert.Equal([word, "!"], Units(word + "!", TextUnit.Words));
    }
}
