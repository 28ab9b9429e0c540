using System.Text.Unicode;
using Recollect.Sequences;

namespace Recollect.Inference;

// Whole sequences. What a sequence computes depends on it alone, whichever others are classified with it and by how many threads.
public sealed partial class SequenceModel
{
    private const string Given = "the sequence"; // where a message has no file to name

    /// <summary>Labels one sample, by every step of the training's preprocessing.</summary>
    /// <param name="sample">An image, a text, a file's bytes or a series; its label is not read.</param>
    /// <param name="cancellationToken">Ends the computation early.</param>
    /// <exception cref="DataException">The sample does not fit: another kind or shape, nothing in it, or a number that cannot be used.</exception>
    public Prediction Classify(Sample sample, CancellationToken cancellationToken = default) => ClassifyOne(StepsOf(sample), cancellationToken);

    /// <summary>Labels bytes: those of a file, the UTF-8 of a text, or an image's components row by row, whichever the model was trained on.</summary>
    /// <param name="bytes">The bytes.</param>
    /// <param name="cancellationToken">Ends the computation early.</param>
    /// <exception cref="DataException">The model reads something else, or the bytes do not fit.</exception>
    public Prediction Classify(ReadOnlySpan<byte> bytes, CancellationToken cancellationToken = default) => Classify(SampleOf(bytes), cancellationToken);

    /// <summary>Labels a text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="cancellationToken">Ends the computation early.</param>
    /// <exception cref="DataException">The model does not read texts, or there is nothing in it.</exception>
    public Prediction Classify(string text, CancellationToken cancellationToken = default) => Classify(SampleOf(text), cancellationToken);

    /// <summary>Labels a series.</summary>
    /// <param name="series">The components of each step side by side; a missing number is NaN. // [T, D]</param>
    /// <param name="cancellationToken">Ends the computation early.</param>
    /// <exception cref="DataException">The model does not read series, or the numbers do not fit.</exception>
    public Prediction Classify(ReadOnlySpan<float> series, CancellationToken cancellationToken = default) => Classify(SampleOf(series), cancellationToken);

    /// <summary>Labels tokens that are prepared already, as <see cref="TokensOf"/> gives them.</summary>
    /// <exception cref="DataException">The model reads reals, there is no token, or one outside its vocabulary.</exception>
    public Prediction ClassifySteps(ReadOnlySpan<int> tokens, CancellationToken cancellationToken = default)
    {
        Require(StepKind.Tokens, "tokens");
        for (var t = 0; t < tokens.Length; t++)
            RefuseOutside(tokens[t], t + 1);
        RefuseEmpty(tokens.Length);
        return ClassifyOne(new SampleSteps(tokens.ToArray(), [], tokens.Length), cancellationToken);
    }

    /// <summary>Labels reals that are prepared already, as <see cref="RealsOf"/> gives them.</summary>
    /// <param name="reals">The components of each step side by side. // [T, D]</param>
    /// <param name="cancellationToken">Ends the computation early.</param>
    /// <exception cref="DataException">The model reads tokens, or the numbers are no whole steps, none, or not finite.</exception>
    public Prediction ClassifySteps(ReadOnlySpan<float> reals, CancellationToken cancellationToken = default)
    {
        Require(StepKind.Reals, "reals");
        RefusePart(reals.Length);
        RefuseEmpty(reals.Length);
        for (var i = 0; i < reals.Length; i++)
            RefuseInfinite(reals[i], i / Format.Width + 1);
        return ClassifyOne(new SampleSteps([], reals.ToArray(), reals.Length / Format.Width), cancellationToken);
    }

    /// <summary>Labels many samples, some at a time and on several threads; the result is that of one by one.</summary>
    /// <param name="samples">The samples, of any lengths.</param>
    /// <param name="cancellationToken">Ends the computation early.</param>
    /// <returns>One prediction a sample, in their order.</returns>
    /// <exception cref="DataException">A sample does not fit; none is labelled then.</exception>
    public Prediction[] ClassifyBatch(IReadOnlyList<Sample> samples, CancellationToken cancellationToken = default)
    {
        var steps = new SampleSteps[samples.Count];
        for (var i = 0; i < steps.Length; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            steps[i] = StepsOf(samples[i]);
        }
        return new BatchPass(this, steps, cancellationToken).Run();
    }

    /// <summary>The tokens that <paramref name="sample"/> becomes.</summary>
    /// <exception cref="DataException">The model reads reals, or the sample does not fit.</exception>
    public int[] TokensOf(Sample sample)
    {
        Require(StepKind.Tokens, "tokens");
        return StepsOf(sample).Tokens;
    }

    /// <summary>The reals that <paramref name="sample"/> becomes. // [T, D]</summary>
    /// <exception cref="DataException">The model reads tokens, or the sample does not fit.</exception>
    public float[] RealsOf(Sample sample)
    {
        Require(StepKind.Reals, "reals");
        return StepsOf(sample).Reals;
    }

    /// <summary>The sample that bytes are to this model: a file's bytes, a text in UTF-8, or an image's components row by row, channels side by side.</summary>
    /// <exception cref="DataException">The model reads series, or the bytes do not fit.</exception>
    public Sample SampleOf(ReadOnlySpan<byte> bytes) => Preprocessing switch
    {
        BytesPreprocessing => new BytesSample(Origin.Whole(Given), null, bytes.ToArray()),
        TextPreprocessing when Utf8.IsValid(bytes) => new TextSample(Origin.Whole(Given), null, bytes.ToArray()),
        TextPreprocessing => throw new DataException($"{Given}: the bytes are not UTF-8; expected a text, which '{Name}' reads."),
        ImagePreprocessing image => new ImageSample(Origin.Whole(Given), null, image.Shape, bytes.ToArray()),
        _ => throw Misfit($"{bytes.Length:N0} bytes"),
    };

    /// <summary>A text as a sample.</summary>
    /// <exception cref="DataException">The model does not read texts, or the text is not Unicode.</exception>
    public Sample SampleOf(string text)
    {
        if (Preprocessing is not TextPreprocessing)
            throw Misfit("a text");
        var utf8 = new byte[StrictUtf8.Encoding.GetMaxByteCount(text.Length)];
        return new TextSample(Origin.Whole(Given), null, utf8.AsMemory(0, StrictUtf8.Encode(text, utf8, Given)));
    }

    /// <summary>A series as a sample. // [T, D]</summary>
    /// <exception cref="DataException">The model does not read series.</exception>
    public Sample SampleOf(ReadOnlySpan<float> series) => Preprocessing is SeriesPreprocessing preprocessing
        ? new SeriesSample(Origin.Whole(Given), null, series.ToArray(), preprocessing.Components)
        : throw Misfit($"a series of {series.Length:N0} numbers");

    internal DataException Misfit(string found) => new($"Found {found}; expected {Expected()}, which '{Name}' was trained on.");

    internal void Require(StepKind kind, string found)
    {
        if (Format.Kind != kind)
            throw new DataException($"Found prepared {found}; expected {Format}, which '{Name}' reads.");
    }

    internal void RefuseOutside(int token, long step)
    {
        if ((uint)token >= (uint)Format.Width)
            throw new DataException($"Step {step:N0}: found token {token}; expected 0…{Format.Width - 1}, which '{Name}' knows.");
    }

    internal void RefusePart(int numbers)
    {
        if (numbers % Format.Width != 0)
            throw new DataException($"Found {numbers:N0} numbers; expected whole steps of {Format.Width:N0}, which '{Name}' reads.");
    }

    internal static void RefuseInfinite(float value, long step)
    {
        if (!float.IsFinite(value))
            throw new DataException($"Step {step:N0}: found the number {value}; expected a finite one.");
    }

    private static void RefuseEmpty(int numbers)
    {
        if (numbers == 0)
            throw new DataException("Found no step; expected at least one.");
    }

    private string Expected() => Preprocessing switch
    {
        BytesPreprocessing => "bytes",
        TextPreprocessing => "a text",
        ImagePreprocessing image => $"the {image.Shape.Components:N0} components of an image of {image.Shape}, a byte each",
        _ => $"series of {Format.Width:N0} number(s) a step",
    };

    private SampleSteps StepsOf(Sample sample)
    {
        var whole = Preprocessing.Complete(sample);
        var count = Preprocessing.StepsOf(whole);
        if (Format.Kind == StepKind.Tokens)
        {
            var tokens = new int[count];
            Preprocessing.WriteTokens(whole, 0, tokens);
            return new SampleSteps(tokens, [], count);
        }
        var reals = new float[checked(count * Format.Width)];
        Preprocessing.WriteReals(whole, 0, reals);
        return new SampleSteps([], reals, count);
    }

    private Prediction ClassifyOne(SampleSteps steps, CancellationToken cancellationToken) => new BatchPass(this, [steps], cancellationToken).Run()[0];
}
