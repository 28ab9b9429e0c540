using System.Text;
using Recollect.Sequences;

namespace Recollect.Core.Tests.Sequences;

public sealed class TextPreprocessingTests
{
    private static readonly TextPreprocessing Words = new() { Unit = TextUnit.Words, Vocabulary = ["the", "cat", "."] };
    private static readonly TextPreprocessing Characters = new() { Unit = TextUnit.Characters, Vocabulary = ["a", "é", "👍"] };

    private static TextSample Text(string text) => new(new Origin("a.csv", "line", 7), null, Encoding.UTF8.GetBytes(text));

    private static int[] Tokens(TextPreprocessing preprocessing, string text, int start = 0)
    {
        var tokens = new int[preprocessing.StepsOf(Text(text)) - start];
        preprocessing.WriteTokens(Text(text), start, tokens);
        return tokens;
    }

    [Fact]
    public void A_unit_is_its_place_in_the_vocabulary_and_every_other_one_the_last_token()
    {
        Assert.Equal((StepFormat.Tokens(4), StepFormat.Tokens(4), StepFormat.Tokens(256)), (Words.Format, Characters.Format, new TextPreprocessing().Format));
        Assert.Equal([0, 1, 3, 0, 3, 2], Tokens(Words, "The cat saw THE dog."));
        Assert.Equal([0, 1, 2, 3, 0], Tokens(Characters, "aé👍Aa"));
        Assert.Equal([0x61, 0xc3, 0xa9], Tokens(new TextPreprocessing(), "aé"));
    }

    [Fact]
    public void Steps_from_any_place_on_are_those_of_the_whole()
    {
        var whole = Tokens(Words, "the cat . a cat the .");
        for (var start = 0; start < whole.Length; start++)
            Assert.Equal(whole[start..], Tokens(Words, "the cat . a cat the .", start));
    }

    [Fact]
    public void A_long_text_is_cut_to_its_first_units_and_that_can_be_told()
    {
        foreach (var (preprocessing, text) in new[] { (new TextPreprocessing(), "abcd"), (Characters, "éaéa"), (Words, "the cat the cat") })
        {
            var cut = new TextPreprocessing { Unit = preprocessing.Unit, Vocabulary = preprocessing.Vocabulary, MaxLength = 3 };
            var exact = new TextPreprocessing { Unit = preprocessing.Unit, Vocabulary = preprocessing.Vocabulary, MaxLength = 4 };
            Assert.Equal(Tokens(preprocessing, text)[..3], Tokens(cut, text));
            Assert.Equal((3, true, 4, false), (cut.StepsOf(Text(text)), cut.Cuts(Text(text)), exact.StepsOf(Text(text)), exact.Cuts(Text(text))));
            Assert.False(preprocessing.Cuts(Text(text)));
        }
    }

    [Fact]
    public void A_text_without_a_word_is_refused_with_its_row() => Assert.Equal(
        "a.csv, line 7: found a text of 3 bytes; expected a text with at least one character that is not white space.",
        Assert.Throws<DataException>(() => Words.StepsOf(Text(" \t "))).Message);

    [Fact]
    public void The_json_is_this_and_that_of_bytes_is_what_it_was()
    {
        Assert.Equal("""{"kind":"text"}""", new TextPreprocessing().ToJson());
        Assert.Equal("""{"kind":"text","unit":"words","vocabulary":["the","cat","."]}""", Words.ToJson());
        Assert.Equal("""{"kind":"text","maxLength":9}""", new TextPreprocessing { MaxLength = 9 }.ToJson());
        var back = Assert.IsType<TextPreprocessing>(Preprocessing.FromJson(Characters.ToJson(), "model"));
        Assert.Equal([0, 1, 2, 3, 0], Tokens(back, "aé👍Aa"));
        Assert.Equal((TextUnit.Bytes, null), (((TextPreprocessing)Preprocessing.FromJson("""{"kind":"text"}""", "model")).Unit, back.MaxLength));
    }

    [Fact]
    public void A_vocabulary_is_written_as_it_is_and_one_that_was_escaped_is_read()
    {
        const string plain = """{"kind":"text","unit":"words","vocabulary":["что","it's","<b>"]}""";
        const string escaped = """{"kind":"text","unit":"words","vocabulary":["\u0447\u0442\u043E","it\u0027s","\u003Cb\u003E"]}""";
        Assert.Equal(plain, Preprocessing.FromJson(plain, "model").ToJson());
        Assert.Equal(plain, Preprocessing.FromJson(escaped, "model").ToJson());
    }

    [Theory]
    [InlineData("""{"kind":"text","unit":7,"vocabulary":["a"]}""", "unknown unit 7")]
    [InlineData("""{"kind":"text","unit":"syllables"}""", "$.unit")]
    [InlineData("""{"kind":"text","unit":"words"}""", "no vocabulary")]
    [InlineData("""{"kind":"text","unit":"words","vocabulary":[]}""", "no vocabulary")]
    [InlineData("""{"kind":"text","unit":"words","vocabulary":["a",null]}""", "empty unit")]
    [InlineData("""{"kind":"text","unit":"characters","vocabulary":["a","b","a"]}""", "'a' twice")]
    [InlineData("""{"kind":"text","vocabulary":["a"]}""", "for bytes")]
    [InlineData("""{"kind":"text","maxLength":0}""", "after 0 units")]
    public void Json_that_cannot_be_applied_is_refused_with_its_reason(string json, string reason) =>
        Assert.Contains(reason, Assert.Throws<DataException>(() => Preprocessing.FromJson(json, "model.safetensors")).Message, StringComparison.Ordinal);
}
