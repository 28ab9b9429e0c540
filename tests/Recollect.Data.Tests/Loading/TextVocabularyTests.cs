using System.Text;
using Recollect.Sequences;

namespace Recollect.Data.Tests.Loading;

public sealed class TextVocabularyTests
{
    private static IReadOnlyList<string> Of(TextUnit unit, int? size, int? maxLength, params string[] texts) =>
        TextVocabulary.Of(texts.Select(text => new TextSample(new Origin("a", "line", 1), null, Encoding.UTF8.GetBytes(text))), unit, size, maxLength);

    [Fact]
    public void The_most_frequent_units_come_first_and_those_of_one_number_by_their_characters()
    {
        Assert.Equal(["b", "c", "a"], Of(TextUnit.Characters, null, null, "abc", "cb", "b")); // b 3, c 2, a 1
        Assert.Equal(["B", "a", "b", "é"], Of(TextUnit.Characters, null, null, "éaBb")); // ordinal: capitals before the others
        Assert.Equal(["the", "cat"], Of(TextUnit.Words, 2, null, "The cat. The dog", "the cat"));
    }

    [Fact]
    public void Counting_can_be_stopped_within_a_text()
    {
        using var stop = new CancellationTokenSource();
        IEnumerable<Sample> Texts()
        {
            stop.Cancel();
            yield return new TextSample(new Origin("a", "line", 1), null, "a"u8.ToArray());
        }
        Assert.Throws<OperationCanceledException>(() => TextVocabulary.Of(Texts(), TextUnit.Words, null, null, stop.Token));
    }

    [Fact]
    public void What_is_cut_off_is_not_counted() => Assert.Equal(["a", "b"], Of(TextUnit.Characters, null, 2, "abccc", "ab"));
}
