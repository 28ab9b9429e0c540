using System.Buffers;
using System.Text.Json.Serialization;

namespace Recollect.Sequences;

/// <summary>Images to steps: shrink by block means, order the pixels, then grey levels as tokens or components as reals.</summary>
/// <remarks>
/// Tokens: the mean of a block is rounded to a whole level, halves up, and mapped onto V levels as ⌊level·V/levels⌋; a pixel's channels
/// follow one another, so T = pixels × channels. Reals: the mean is not rounded, and divided by levels−1; T = pixels, D = channels.
/// Decision 0002.
/// </remarks>
public sealed class ImagePreprocessing : Preprocessing
{
    private int[]? _order;

    /// <summary>The only shape that is accepted.</summary>
    [JsonRequired]
    public ImageShape Shape { get; init; }

    /// <summary>The whole factor by which both sides shrink; at least 1, and a divisor of both.</summary>
    [JsonRequired] // generated JSON code leaves an absent member 0, not 1
    public int Downscale { get; init; } = 1;

    /// <summary>Tokens or reals.</summary>
    [JsonRequired]
    public StepKind Encoding { get; init; }

    /// <summary>Tokens: the vocabulary V, 2…the shape's levels; 0: the shape's own levels. Reals do not read it.</summary>
    public int Levels { get; init; }

    /// <summary>The order of the pixels; null for row by row.</summary>
    public Permutation? Permutation { get; init; }

    /// <inheritdoc/>
    [JsonIgnore]
    public override StepFormat Format => Encoding == StepKind.Tokens ? StepFormat.Tokens(Vocabulary) : StepFormat.Reals(Shape.Channels);

    /// <summary>The number of steps of every image.</summary>
    [JsonIgnore]
    public int Steps => Encoding == StepKind.Tokens ? Pixels * Shape.Channels : Pixels;

    private int Vocabulary => Levels == 0 ? Shape.Levels : Levels;

    private int Pixels => Shape.Height / Downscale * (Shape.Width / Downscale);

    /// <inheritdoc/>
    public override string? Fault()
    {
        if (Shape.Height < 1 || Shape.Width < 1 || (long)Shape.Height * Shape.Width > 1 << 24)
            return $"an image of {Shape.Height}×{Shape.Width}";
        if (Shape.Channels is < 1 or > 4 || Shape.Levels is < 2 or > 256)
            return $"{Shape.Channels} channels of {Shape.Levels} levels; expected 1…4 and 2…256";
        if (!Enum.IsDefined(Encoding))
            return $"the unknown encoding {(int)Encoding}";
        if (Downscale < 1 || Shape.Height % Downscale != 0 || Shape.Width % Downscale != 0)
            return $"downscale {Downscale} does not divide {Shape.Height}×{Shape.Width}";
        if (Levels != 0 && (Levels < 2 || Levels > Shape.Levels))
            return $"{Levels} grey levels; expected 2…{Shape.Levels}";
        return Permutation?.Fault();
    }

    /// <inheritdoc/>
    public override int StepsOf(Sample sample)
    {
        Accept(sample);
        return Steps;
    }

    /// <inheritdoc/>
    public override void WriteTokens(Sample sample, int start, Span<int> tokens) => WriteTokens(Accept(sample, StepKind.Tokens), start, tokens);

    /// <summary>As the other, of the image as <paramref name="view"/> shows it: moved and mirrored whole, before it shrinks and its pixels are put in order.</summary>
    public void WriteTokens(Sample sample, ImageView view, int start, Span<int> tokens)
    {
        var shown = Rent(Accept(sample, StepKind.Tokens), view);
        WriteTokens(shown, start, tokens);
        ArrayPool<byte>.Shared.Return(shown);
    }

    private void WriteTokens(byte[] pixels, int start, Span<int> tokens)
    {
        var (channels, block, half) = (Shape.Channels, Downscale * Downscale, Downscale * Downscale / 2);
        for (var t = 0; t < tokens.Length; t++)
        {
            var (pixel, channel) = Math.DivRem(start + t, channels);
            tokens[t] = TokenOf((BlockSum(pixels, pixel, channel) + half) / block);
        }
    }

    /// <inheritdoc/>
    public override void WriteReals(Sample sample, int start, Span<float> reals) => WriteReals(Accept(sample, StepKind.Reals), start, reals);

    /// <summary>As the other, of the image as <paramref name="view"/> shows it: moved and mirrored whole, before it shrinks and its pixels are put in order.</summary>
    public void WriteReals(Sample sample, ImageView view, int start, Span<float> reals)
    {
        var shown = Rent(Accept(sample, StepKind.Reals), view);
        WriteReals(shown, start, reals);
        ArrayPool<byte>.Shared.Return(shown);
    }

    private void WriteReals(byte[] pixels, int start, Span<float> reals)
    {
        for (var i = 0; i < reals.Length; i++)
        {
            var (step, channel) = Math.DivRem(i, Shape.Channels);
            reals[i] = RealOf(BlockSum(pixels, start + step, channel));
        }
    }

    /// <summary>The token of a grey level of the shape.</summary>
    internal int TokenOf(int level) => level * Vocabulary / Shape.Levels;

    /// <summary>The real of a block's sum of levels.</summary>
    internal float RealOf(int sum) => sum / (float)(Downscale * Downscale * (Shape.Levels - 1));

    // Room of a pool's, so that training takes no more memory the longer it goes on.
    private byte[] Rent(byte[] pixels, ImageView view)
    {
        var shown = ArrayPool<byte>.Shared.Rent(pixels.Length);
        view.Show(pixels, Shape, shown);
        return shown;
    }

    private byte[] Accept(Sample sample, StepKind kind) => Encoding == kind ? Accept(sample) : throw new InvalidOperationException($"The steps are {Format}.");

    private byte[] Accept(Sample sample) => sample is ImageSample image && image.Shape == Shape
        ? image.Pixels
        : throw Misfit(sample, $"an image of {Shape}");

    // The sum over one block of the full image: `place` counts small pixels in the order of the steps.
    private int BlockSum(byte[] pixels, int place, int channel)
    {
        if (Permutation is not null)
            place = (_order ??= Permutation.Order(Pixels))[place]; // a race computes the same order twice and harms nothing
        var (y, x) = Math.DivRem(place, Shape.Width / Downscale);
        var sum = 0;
        for (var row = y * Downscale; row < (y + 1) * Downscale; row++)
        {
            for (var column = x * Downscale; column < (x + 1) * Downscale; column++)
                sum += pixels[(row * Shape.Width + column) * Shape.Channels + channel];
        }
        return sum;
    }
}
