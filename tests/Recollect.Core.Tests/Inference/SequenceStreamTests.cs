using System.Text;
using FsCheck.Xunit;
using Recollect.Core.Tests.Kernels;
using Recollect.Inference;
using Recollect.Sequences;
using Recollect.Tests;

namespace Recollect.Core.Tests.Inference;

/// <summary>Streams: what they believe at the end is what the whole sequence is labelled.</summary>
public class SequenceStreamTests
{
    private static string Refusal(Action push) => Assert.Throws<DataException>(push).Message;

    private static void AssertSame(Prediction expected, SequenceStream stream)
    {
        Assert.Equal(expected.Logits, stream.Logits.ToArray());
        Assert.Equal(expected.Probabilities, stream.Current.ToArray());
        Assert.Equal((expected.Label, expected.Index), (stream.Label, stream.Index));
        Assert.Equal(1, stream.Current.ToArray().Sum(), 12);
    }

    [Theory]
    [InlineData(SmallModel.Lstm, SmallModel.Bytes)]
    [InlineData(SmallModel.Gru, SmallModel.Bytes)]
    [InlineData(SmallModel.Lstm, SmallModel.Text)]
    [InlineData(SmallModel.Gru, SmallModel.Text)]
    public void Bytes_pushed_in_any_pieces_end_where_the_whole_ends(string architecture, string preprocessing)
    {
        var model = SmallModel.Of(architecture, preprocessing);
        var bytes = Encoding.UTF8.GetBytes("long, and cut anywhere: é 🙂");
        var expected = model.Classify(bytes);
        for (var piece = 1; piece < bytes.Length; piece++)
        {
            using var stream = model.OpenStream();
            for (var first = 0; first < bytes.Length; first += piece)
                Assert.Equal(Math.Min(piece, bytes.Length - first), stream.Push(bytes.AsSpan(first, Math.Min(piece, bytes.Length - first))));
            Assert.Equal(bytes.Length, stream.Steps);
            AssertSame(expected, stream);
        }
    }

    [Fact]
    public void Prepared_tokens_one_by_one_are_the_bytes_that_they_stand_for()
    {
        var model = SmallModel.Of(SmallModel.Lstm, SmallModel.Bytes);
        using var stream = model.OpenStream();
        foreach (var value in "abc"u8)
            stream.PushStep(value);
        AssertSame(model.ClassifySteps([97, 98, 99]), stream);
        AssertSame(model.Classify("abc"u8), stream);
    }

    [Theory]
    [InlineData(SmallModel.Characters, "ab?🙂é", new[] { 0, 1, 4, 3, 2 })]
    [InlineData(SmallModel.Words, "Good, bad. GOOD", new[] { 0, 3, 1, 2, 0 })]
    public void A_text_of_characters_or_words_is_pushed_in_whole_ones(string preprocessing, string text, int[] tokens)
    {
        var model = SmallModel.Of(SmallModel.Gru, preprocessing);
        using SequenceStream whole = model.OpenStream(), pieces = model.OpenStream(), bytes = model.OpenStream();
        Assert.Equal(tokens, model.TokensOf(model.SampleOf(text)));
        Assert.Equal(tokens.Length, whole.Push(text));
        Assert.Equal(tokens.Length, bytes.Push(Encoding.UTF8.GetBytes(text)));
        foreach (var piece in preprocessing == SmallModel.Words ? text.Split(' ') : text.EnumerateRunes().Select(rune => rune.ToString()))
            pieces.Push(piece);
        var expected = model.ClassifySteps(tokens);
        Assert.All([whole, pieces, bytes], stream => AssertSame(expected, stream));
        AssertSame(model.Classify(text), whole);
    }

    [Fact]
    public void A_piece_that_ends_within_a_character_is_refused()
    {
        using var stream = SmallModel.Of(SmallModel.Lstm, SmallModel.Characters).OpenStream();
        Assert.Contains("not UTF-8", Refusal(() => stream.Push("🙂"u8[..2])));
        Assert.Contains("half of a surrogate pair", Refusal(() => stream.Push("🙂".AsSpan(0, 1))));
        Assert.Equal(0, stream.Steps);
    }

    [Theory]
    [InlineData("""{"kind":"bytes","maxLength":3}""")]
    [InlineData("""{"kind":"text","maxLength":3}""")]
    [InlineData("""{"kind":"text","unit":"characters","vocabulary":["a","b","c","d"],"maxLength":3}""")]
    public void What_lies_behind_the_cut_is_passed_over(string preprocessing)
    {
        var model = SmallModel.Of(SmallModel.Lstm, preprocessing);
        using var stream = model.OpenStream();
        Assert.Equal(2, stream.Push("ab"u8));
        Assert.Equal(1, stream.Push("cd"u8));
        Assert.Equal(0, stream.Push("d"u8));
        AssertSame(model.Classify("abcdd"u8), stream);
    }

    [Fact]
    public void A_series_is_standardised_step_by_step()
    {
        var model = SmallModel.Of(SmallModel.Lstm, SmallModel.Pair);
        float[] series = [0.1f, 9.8f, 0.9f, 9.1f, -0.4f, 10.9f];
        using SequenceStream raw = model.OpenStream(), prepared = model.OpenStream();
        Assert.Equal(1, raw.Push(series.AsSpan(0, 2)));
        Assert.Equal(2, raw.Push(series.AsSpan(2)));
        for (var step = 0; step < 3; step++) // by hand: (x − mean) / scale
            prepared.PushStep([(float)((series[2 * step] - 0.5) / 1.25), (float)((series[2 * step + 1] - 9.7) / 0.5)]);
        AssertSame(model.Classify(series), raw);
        AssertSame(model.Classify(series), prepared);
        AssertSame(model.ClassifySteps(model.RealsOf(model.SampleOf(series))), prepared);
    }

    [Theory]
    [InlineData("zero")]
    [InlineData("previous")]
    public void Missing_numbers_are_filled_as_those_of_a_whole_series(string missing)
    {
        var model = SmallModel.Of(SmallModel.Gru, $$"""{"kind":"series","components":2,"missing":"{{missing}}","mean":[1,2],"scale":[3,4]}""");
        float[] series = [float.NaN, 1, 5, float.NaN, float.NaN, float.NaN, 2, 3, float.NaN, 4];
        using var stream = model.OpenStream();
        for (var step = 0; step < 5; step++)
            stream.Push(series.AsSpan(2 * step, 2));
        AssertSame(model.Classify(series), stream);
    }

    [Fact]
    public void A_missing_number_that_needs_the_one_behind_it_is_refused_and_the_whole_series_is_not()
    {
        var model = SmallModel.Of(SmallModel.Gru, """{"kind":"series","components":1,"missing":"interpolate"}""");
        using var stream = model.OpenStream();
        stream.Push(1f);
        Assert.Contains("a stream has not read the second", Refusal(() => stream.Push(float.NaN)));
        Assert.Equal(1, stream.Steps);
        stream.Push(2);
        stream.Push(3f);
        AssertSame(model.Classify([1f, float.NaN, 3f]), stream);
    }

    [Fact]
    public void Numbers_that_cannot_be_used_are_refused_with_their_step()
    {
        using var stream = SmallModel.Of(SmallModel.Lstm, SmallModel.Pair).OpenStream();
        Assert.StartsWith("Step 1: number 2 is missing", Refusal(() => stream.Push([0f, float.NaN])));
        Assert.StartsWith("Step 2: found the number ∞", Refusal(() => stream.Push([0f, 0, 0, float.PositiveInfinity])).Replace("Infinity", "∞", StringComparison.Ordinal));
        Assert.Equal(0, stream.Steps);
        Assert.Contains("whole steps of 2", Refusal(() => stream.Push([0f, 0, 0])));
        Assert.Contains("expected 2", Refusal(() => stream.PushStep([1f])));
        Assert.StartsWith("Step 1: found the number NaN", Refusal(() => stream.PushStep([1f, float.NaN])));
        stream.Push([0f, 0, 1, 1]);
        Assert.StartsWith("Step 4: number 1 is missing", Refusal(() => stream.Push([0f, 0, float.NaN, 0])));
    }

    [Property(MaxTest = 60)]
    public void A_push_takes_all_of_its_steps_or_none_and_is_refused_where_one_of_them_would_be(int seed)
    {
        var numbers = new Numbers(seed);
        var missing = new[] { "error", "zero", "previous", "interpolate" }[numbers.Next(4)];
        // Of the second component what is not near 1 becomes larger than a float when it is standardised.
        var model = SmallModel.Of(SmallModel.Gru, $$"""{"kind":"series","components":2,"missing":"{{missing}}","mean":[0,1],"scale":[1,1e-30]}""");
        using var stream = model.OpenStream();
        for (var push = 0; push < 12; push++)
        {
            float[] series = [.. Enumerable.Range(0, 2 * (1 + numbers.Next(5))).Select(i => Number(numbers, second: i % 2 == 1))];
            var before = stream.Save();
            using var alone = model.OpenStream(before);
            if (TakesAll(alone, series))
            {
                Assert.Equal(series.Length / 2, stream.Push(series));
                Assert.Equal(alone.Save(), stream.Save());
            }
            else
            {
                Refusal(() => stream.Push(series));
                Assert.Equal(before, stream.Save());
            }
        }

        static float Number(Numbers numbers, bool second) => numbers.Next(24) switch
        {
            0 => float.NaN,
            1 => float.PositiveInfinity,
            2 => 3e38f,
            _ => second ? 1 : (float)numbers.Normal(),
        };

        static bool TakesAll(SequenceStream stream, float[] series)
        {
            try
            {
                foreach (var step in series.Chunk(2))
                    stream.Push(step);
                return true;
            }
            catch (DataException)
            {
                return false;
            }
        }
    }

    [Fact]
    public void Grey_levels_and_colours_are_pushed_pixel_by_pixel()
    {
        var grey = SmallModel.Of(SmallModel.Lstm, SmallModel.Grey);
        byte[] levels = [0, 16, 4, 5, 8, 12];
        using var stream = grey.OpenStream();
        foreach (var level in levels)
            stream.Push(level);
        AssertSame(grey.ClassifySteps([0, 3, 0, 1, 1, 2]), stream); // ⌊level·4/17⌋
        AssertSame(grey.Classify(levels), stream);

        var colour = SmallModel.Of(SmallModel.Gru, SmallModel.Colour);
        byte[] pixels = [0, 51, 102, 153, 204, 255, 1, 2, 3, 4, 5, 6];
        using var coloured = colour.OpenStream();
        Assert.Equal(1, coloured.Push(pixels.AsSpan(0, 3)));
        Assert.Equal(3, coloured.Push(pixels.AsSpan(3)));
        AssertSame(colour.Classify(pixels), coloured);
        Assert.Contains("whole steps of 3", Refusal(() => coloured.Push([1, 2])));
    }

    [Fact]
    public void An_image_that_is_complete_takes_no_more_pixels_until_it_is_reset()
    {
        using var stream = SmallModel.Of(SmallModel.Lstm, SmallModel.Grey).OpenStream();
        stream.Push([1, 2, 3, 4, 5]);
        var message = Refusal(() => stream.Push([6, 7]));
        Assert.Contains("5 steps, and 2 more", message);
        Assert.Contains("Reset begins another", message);
        stream.Push([6]);
        stream.Reset();
        Assert.Equal(6, stream.Push([1, 2, 3, 4, 5, 6]));
        stream.Reset();
        Assert.Contains("expected 0…16", Refusal(() => stream.Push([17])));
    }

    [Theory]
    [InlineData(SmallModel.Permuted, "order of its own", new byte[] { 1, 2, 3, 4 })]
    [InlineData(SmallModel.Shrunk, "shrunk", new byte[] { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16 })]
    public void What_needs_the_whole_image_is_refused_raw_and_taken_prepared(string preprocessing, string reason, byte[] pixels)
    {
        var model = SmallModel.Of(SmallModel.Lstm, preprocessing);
        Assert.Contains(reason, model.StreamObstacle);
        using var stream = model.OpenStream();
        Assert.Contains(reason, Refusal(() => stream.Push(pixels)));
        var sample = model.SampleOf(pixels);
        if (model.Format.Kind == StepKind.Tokens)
            Array.ForEach(model.TokensOf(sample), stream.PushStep);
        else
            Array.ForEach(model.RealsOf(sample), value => stream.PushStep([value]));
        AssertSame(model.Classify(pixels), stream);
    }

    [Fact]
    public void Data_of_another_kind_are_refused_by_what_was_expected()
    {
        using SequenceStream bytes = SmallModel.Of(SmallModel.Lstm, SmallModel.Bytes).OpenStream(), series = SmallModel.Of(SmallModel.Lstm, SmallModel.Pair).OpenStream();
        Assert.Contains("expected bytes", Refusal(() => bytes.Push(1f)));
        Assert.Contains("expected bytes", Refusal(() => bytes.Push("text")));
        Assert.Contains("expected series of 2 number(s) a step", Refusal(() => series.Push("ab"u8)));
        Assert.Contains("2 real component(s)", Refusal(() => series.PushStep(1)));
        Assert.Contains("tokens 0…255", Refusal(() => bytes.PushStep([1f])));
        Assert.Contains("expected 0…255", Refusal(() => bytes.PushStep(256)));
        Assert.Contains("expected 0…255", Refusal(() => bytes.PushStep(-1)));
    }

    [Theory]
    [InlineData(SmallModel.Lstm, SmallModel.Bytes)]
    [InlineData(SmallModel.Gru, SmallModel.Words)]
    [InlineData(SmallModel.Gru, SmallModel.Words, "Rindfleischetikettierungsüberwachungsaufgabe ")] // which takes room once
    [InlineData(SmallModel.Gru, """{"kind":"series","components":1,"missing":"previous"}""")]
    public void A_step_allocates_nothing(string architecture, string preprocessing, string text = "good. ")
    {
        var model = SmallModel.Of(architecture, preprocessing);
        var piece = Encoding.UTF8.GetBytes(text);
        using var stream = model.OpenStream();
        var state = new byte[stream.StateLength];
        void Steps()
        {
            for (var step = 0; step < 1000; step++)
            {
                if (model.Preprocessing is SeriesPreprocessing)
                    stream.Push(step % 7 == 0 ? float.NaN : step);
                else
                    stream.Push(piece);
                if (step % 10 == 0)
                    _ = stream.Current[0];
                if (step % 100 == 0)
                    stream.Save(state);
            }
        }
        Assert.Equal(0, Allocation.EveryTime(Steps));
    }

    [Fact]
    public void Before_the_first_step_and_after_a_reset_the_belief_is_that_of_zero_states()
    {
        using var stream = SmallModel.Of(SmallModel.Lstm, SmallModel.Bytes).OpenStream();
        var before = stream.Current.ToArray();
        Assert.Equal(1, before.Sum(), 12);
        stream.Push("some"u8);
        Assert.NotEqual(before, stream.Current.ToArray());
        stream.Reset();
        Assert.Equal(0, stream.Steps);
        Assert.Equal(before, stream.Current.ToArray());
    }

    [Fact]
    public void A_stream_that_is_closed_takes_nothing()
    {
        var stream = SmallModel.Of(SmallModel.Lstm, SmallModel.Bytes).OpenStream();
        stream.Dispose();
        stream.Dispose();
        Assert.Throws<ObjectDisposedException>(() => stream.PushStep(1));
        Assert.Throws<ObjectDisposedException>(() => stream.Push("a"u8));
        Assert.Throws<ObjectDisposedException>(() => stream.Current.Length);
        Assert.Throws<ObjectDisposedException>(() => stream.Save());
        Assert.Throws<ObjectDisposedException>(stream.Reset);
    }

    [Fact]
    public void Logits_outlive_their_stream()
    {
        var stream = SmallModel.Of(SmallModel.Lstm, SmallModel.Bytes).OpenStream();
        stream.Push("some"u8);
        var logits = stream.Logits;
        var copy = logits.ToArray();
        stream.Dispose();
        Assert.Equal(copy, logits.ToArray());
    }

    [Fact]
    public void A_series_stream_that_is_closed_takes_nothing() // its room for a step is gone too
    {
        var stream = SmallModel.Of(SmallModel.Lstm, SmallModel.Pair).OpenStream();
        stream.Dispose();
        Assert.Throws<ObjectDisposedException>(() => stream.Push([1f, 2f]));
        Assert.Throws<ObjectDisposedException>(() => stream.PushStep([1f, 2f]));
    }
}
