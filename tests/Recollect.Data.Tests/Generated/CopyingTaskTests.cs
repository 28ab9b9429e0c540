using System.Text;
using FsCheck.Xunit;
using Recollect.Randomness;
using Recollect.Sequences;

namespace Recollect.Data.Tests.Generated;

public sealed class CopyingTaskTests
{
    [Property(MaxTest = 300)]
    public void A_row_is_ten_symbols_blanks_a_sign_and_the_symbols_again(byte delay, ushort row, long seed)
    {
        var steps = 1 + delay;
        var sample = Assert.IsType<TextSample>(CopyingTask.Row(new Origin("copying", "row", 1), steps, new Seed(seed).Stream("rows", 0, row)));
        var text = Encoding.ASCII.GetString(sample.Utf8.Span);
        Assert.Matches("^[a-h]{10}\\.*>[a-h]{10}$", text);
        Assert.Equal(steps + 20, text.Length);
        Assert.Equal(text[..10], text[^10..]);
        Assert.Equal($"{text[0]}", sample.Label);
        var tokens = new int[text.Length];
        CopyingTask.Preprocessing.WriteTokens(sample, 0, tokens);
        Assert.Equal(text.Select(c => "abcdefgh.>".IndexOf(c)), tokens);
    }

    [Fact]
    public void Symbols_are_uniform_and_parts_and_seeds_have_rows_of_their_own()
    {
        var options = new DataOptions { Source = "copying", Limit = 8_000, TestLimit = 100, Steps = 3 };
        using var sets = DataSetLoader.Load(options, "");
        using var other = DataSetLoader.Load(options with { SplitSeed = 1 }, "");
        var counts = Enumerable.Range(0, sets.Train.Count).CountBy(sets.Train.LabelOf).ToDictionary();
        Assert.Equal(8, counts.Count);
        Assert.All(counts.Values, count => Assert.InRange(count, 850, 1150)); // 1,000 ± 5 standard deviations
        int[] First(SequenceSet set)
        {
            var tokens = new int[set.LengthOf(0)];
            set.CopyTokens(0, 0, tokens);
            return tokens;
        }
        Assert.NotEqual(First(sets.Train), First(sets.Test));
        Assert.NotEqual(First(sets.Train), First(other.Train));
    }
}
