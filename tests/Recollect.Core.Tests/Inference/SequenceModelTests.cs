using System.Text;
using FsCheck.Xunit;
using Recollect.Core.Tests.Kernels;
using Recollect.Inference;
using Recollect.Sequences;

namespace Recollect.Core.Tests.Inference;

public class SequenceModelTests
{
    private static string Refusal(Func<object> call) => Assert.Throws<DataException>(call).Message;

    [Property(MaxTest = 30)]
    public void A_batch_of_unequal_lengths_is_its_rows_one_by_one(int seed, bool gru)
    {
        var numbers = new Numbers(seed);
        var model = SequenceModel.Load(SmallModel.File(gru ? SmallModel.Gru : SmallModel.Lstm, SmallModel.Pair), "small", new InferenceOptions { Threads = 1 + numbers.Next(4) });
        Sample[] samples = [.. Enumerable.Range(0, numbers.Next(70)).Select(_ => model.SampleOf(numbers.Floats(2 * (1 + numbers.Next(30)))))];
        var together = model.ClassifyBatch(samples);
        Assert.Equal(samples.Length, together.Length);
        Assert.All(samples.Zip(together), pair => Assert.Equal(model.Classify(pair.First).Logits, pair.Second.Logits));
    }

    [Fact]
    public void Threads_that_use_a_model_and_streams_of_it_at_once_do_not_see_each_other()
    {
        var model = SmallModel.Of(SmallModel.Lstm, SmallModel.Bytes);
        byte[][] rows = [.. Enumerable.Range(0, 16).Select(row => Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat($"row {row} ", 20))))];
        var expected = rows.Select(row => model.Classify(row).Logits).ToArray();
        Parallel.For(0, 64, new ParallelOptions { MaxDegreeOfParallelism = 8 }, i =>
        {
            var row = i % rows.Length;
            using var stream = model.OpenStream();
            foreach (var value in rows[row])
                stream.Push(value);
            Assert.Equal(expected[row], stream.Logits.ToArray());
            Assert.Equal(expected[row], model.Classify(rows[row]).Logits);
        });
    }

    [Fact]
    public void A_prediction_names_the_most_probable_class()
    {
        var prediction = SmallModel.Of(SmallModel.Lstm, SmallModel.Bytes).Classify("abc"u8);
        var best = prediction.Probabilities.Max();
        Assert.Equal(best, prediction.Probability);
        Assert.Equal(["red", "green", "blue"], prediction.Classes);
        Assert.Equal(prediction.Classes[prediction.Probabilities.ToList().IndexOf(best)], prediction.Label);
        Assert.Equal(1, prediction.Probabilities.Sum(), 12);
    }

    [Fact]
    public void What_does_not_fit_is_refused_by_what_was_expected()
    {
        SequenceModel bytes = SmallModel.Of(SmallModel.Lstm, SmallModel.Bytes), text = SmallModel.Of(SmallModel.Lstm, SmallModel.Text);
        SequenceModel series = SmallModel.Of(SmallModel.Lstm, SmallModel.Pair), image = SmallModel.Of(SmallModel.Lstm, SmallModel.Grey);
        Assert.Contains("expected bytes, which 'small' was trained on", Refusal(() => bytes.Classify("text")));
        Assert.Contains("expected a text", Refusal(() => text.Classify([1f])));
        Assert.Contains("not UTF-8", Refusal(() => text.Classify([0xff, 0xfe])));
        Assert.Contains("expected a text of at least one byte", Refusal(() => text.Classify("")));
        Assert.Contains("expected series of 2 number(s) a step", Refusal(() => series.Classify("ab"u8)));
        Assert.Contains("each of 2 number(s)", Refusal(() => series.Classify([1f, 2, 3])));
        Assert.Contains("an image of 3×2×1", Refusal(() => image.Classify([1, 2, 3])));
        Assert.Contains("expected 0…16", Refusal(() => image.Classify([1, 2, 3, 4, 5, 17])));
        Assert.Contains("at least one byte", Refusal(() => bytes.Classify(ReadOnlySpan<byte>.Empty)));
        Assert.Contains("at least one", Refusal(() => bytes.ClassifySteps(ReadOnlySpan<int>.Empty)));
        Assert.Contains("Step 2: found token 256", Refusal(() => bytes.ClassifySteps([1, 256])));
        Assert.Contains("tokens 0…255", Refusal(() => bytes.ClassifySteps([1f])));
        Assert.Contains("2 real component(s)", Refusal(() => series.ClassifySteps([1])));
        Assert.Contains("whole steps of 2", Refusal(() => series.ClassifySteps([1f, 2, 3])));
        Assert.Contains("Step 2: found the number NaN", Refusal(() => series.ClassifySteps([1f, 2, 3, float.NaN])));
    }

    [Fact]
    public void An_image_whose_owner_changes_it_after_its_check_reads_no_memory_but_the_tables()
    {
        var model = SmallModel.Of(SmallModel.Lstm, SmallModel.Grey);
        var sample = (ImageSample)model.SampleOf([1, 2, 3, 4, 5, 6]);
        sample.Pixels[3] = 255; // token ⌊255·4/17⌋
        Assert.Contains("Found token 60; expected 0…3", Refusal(() => model.Classify(sample)));
        Assert.Contains("Found token 60", Refusal(() => model.ClassifyBatch([.. Enumerable.Repeat(sample, 100)])));
    }

    // ∞ − ∞ in a GRU's candidate at step 2: r = 1, z = 0, h = −1 after step 1.
    private static SequenceModel OfInfiniteState() => SequenceModel.Load(SmallModel.With(
        SmallModel.Gru,
        ("embedding.weight", _ => 3e38f),
        ("gru.weight_ih_l0", place => place < 10 * 3 ? 0 : -3),
        ("gru.weight_hh_l0", place => place < 10 * 5 ? 0 : -3e38f),
        ("gru.bias_hh_l0", place => place is >= 5 and < 10 ? -3e38f : 3e38f)));

    [Fact]
    public void A_state_that_is_not_finite_is_not_saved()
    {
        using var stream = OfInfiniteState().OpenStream();
        stream.Push("a"u8);
        var saved = stream.Save();
        stream.Push("bc"u8);
        var room = saved.ToArray();
        Assert.Contains("The stream's state holds the number NaN; expected finite ones", Refusal(() => stream.Save(room)));
        Assert.Equal(saved, room);
        Assert.Contains("expected finite ones", Refusal(() => stream.Save()));
        stream.Restore(saved);
        Assert.Equal(saved, stream.Save());
    }

    [Fact]
    public void A_state_or_a_logit_that_is_not_finite_is_no_belief()
    {
        var state = OfInfiniteState();
        var logits = SequenceModel.Load(SmallModel.With(SmallModel.Lstm, ("classifier.2.bias", _ => 1e3f), ("classifier.5.weight", _ => 3e38f))); // overflow
        foreach (var model in new[] { state, logits })
        {
            Assert.Contains("expected finite ones", Refusal(() => model.Classify("abc"u8)));
            Assert.Contains("expected finite ones", Refusal(() => model.ClassifyBatch([.. Enumerable.Repeat(model.SampleOf("abc"u8), 100)])));
            using var stream = model.OpenStream();
            stream.Push("abc"u8);
            Assert.Contains("expected finite ones", Refusal(() => stream.Current.Length));
            Assert.Contains("expected finite ones", Refusal(() => stream.Logits.Length)); // and again: it was not kept
            Assert.Contains("expected finite ones", Refusal(stream.ToPrediction));
        }
    }

    [Fact]
    public void A_batch_of_nothing_is_nothing_and_one_that_is_ended_early_says_so()
    {
        var model = SmallModel.Of(SmallModel.Lstm, SmallModel.Bytes);
        Assert.Empty(model.ClassifyBatch([]));
        using var ended = new CancellationTokenSource();
        ended.Cancel();
        Assert.Throws<OperationCanceledException>(() => model.Classify("abc"u8, ended.Token));
        Assert.ThrowsAny<OperationCanceledException>(() => model.ClassifyBatch([.. Enumerable.Repeat(model.SampleOf("abc"u8), 100)], ended.Token));
        Assert.Throws<ArgumentOutOfRangeException>(() => SequenceModel.Load(SmallModel.File(SmallModel.Lstm, SmallModel.Bytes), "small", new InferenceOptions { Threads = 0 }));
    }
}
