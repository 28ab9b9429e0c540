using Recollect.Losses;
using Recollect.Networks;
using Recollect.Probes;
using Recollect.Randomness;
using Recollect.Runs;
using Recollect.Sequences;
using TorchSharp;
using static TorchSharp.torch;

namespace Recollect.Tests.Probes;

/// <summary>Decoders whose weights make them say a known thing: that each step is one more than the step that they have read.</summary>
public class RecallTests
{
    private const int Levels = 5;
    private static readonly Seed Draws = new(7);

    // 4×6 grey pixels of five levels.
    private static ImagePreprocessing Grey(Permutation? order = null) =>
        new() { Shape = new ImageShape(4, 6, 1, Levels), Downscale = 1, Encoding = StepKind.Tokens, Permutation = order };

    private static ImageSample[] Images(ImageShape shape) =>
    [
        .. "aabca".Select((label, row) => new ImageSample(new Origin("made", "image", row + 1), $"{label}", shape,
            [.. Draws.Stream("pixels", 0, row).Permutation(shape.Components).Select(number => (byte)(number * 11 % shape.Levels))])),
    ];

    private static InMemorySequences Steps(ImagePreprocessing images)
    {
        var set = new InMemorySequences(images.Format, ["a", "b", "c"]);
        foreach (var sample in Images(images.Shape))
        {
            var label = sample.Label![0] - 'a';
            if (images.Encoding == StepKind.Tokens)
            {
                var tokens = new int[images.Steps];
                images.WriteTokens(sample, 0, tokens);
                set.AddTokens(tokens, label);
            }
            else
            {
                var reals = new float[images.Steps * images.Format.Width];
                images.WriteReals(sample, 0, reals);
                set.AddReals(reals, label);
            }
        }
        return set;
    }

    private static AuxiliaryOptions Reconstruction(int length = 6) =>
        new() { Kind = AuxiliaryKind.Reconstruction, Length = [length], Decoder = new DecoderOptions { Layers = 1, HeadUnits = Levels } };

    private static AuxiliaryOptions Prediction(int length = 6) => Reconstruction(length) with { Kind = AuxiliaryKind.Prediction };

    private static MemoryProbe? Ask(ImagePreprocessing images, params AuxiliaryOptions[] options) => Ask(images, () => false, options);

    private static MemoryProbe? Ask(ImagePreprocessing images, Func<bool> interrupted, params AuxiliaryOptions[] options)
    {
        using var network = new RecurrentClassifier(images.Format, 3, new NetworkOptions { Embedding = Levels, Hidden = Levels, HeadUnits = Levels }, Draws);
        AuxiliaryLoss[] losses = [.. options.Select((loss, j) => AuxiliaryLoss.Of(loss, j, Truncation.Full, network, Draws))];
        using (no_grad())
        {
            foreach (var (name, weights) in network.named_parameters().Concat(losses.SelectMany(loss => loss.NamedParameters()).Select(p => (p.Name, p.Parameter))))
                weights.copy_(Counting(name, weights.shape, images.Encoding));
        }
        return Recall.Of(network, losses, images, Steps(images), interrupted);
    }

    /// <summary>Layers whose state is their input: gates open (i, o) and shut (f), and g = tanh(4·x). Heads that add one: the last layer turns level v into v+1 mod 5; of reals x into 2·tanh(tanh(4·x)).</summary>
    private static Tensor Counting(string name, long[] shape, StepKind kind)
    {
        using Scalar open = 100.0.ToScalar(), steep = 4.0.ToScalar(), twice = 2.0.ToScalar();
        var gates = ones(Levels).mul(open);
        return name.Split('.')[^1] switch
        {
            _ when name.Contains("embedding.weight") && kind == StepKind.Tokens => eye(Levels),
            "weight" when name.Contains("embedding") => cat([eye(3), zeros(2, 3)]), // [E, D]
            "weight_ih_l0" => cat([zeros(2 * Levels, Levels), eye(Levels).mul(steep), zeros(Levels, Levels)]),
            "bias_ih_l0" => cat([gates, -gates, zeros(Levels), gates]),
            "weight" when name.EndsWith("head.5.weight") => kind == StepKind.Tokens ? eye(Levels).roll(1, 0) : eye(Levels)[..3].mul(twice), // [outputs, units]
            "weight" when name.Contains("head.") => eye(Levels),
            _ => zeros(shape),
        };
    }

    // 255·v/4 for v = 0…4, halves up.
    private static readonly int[] LevelOf = [0, 64, 128, 191, 255];

    private static int[] LevelsAfter(int token, int count) => [.. Enumerable.Range(1, count).Select(more => LevelOf[(token + more) % Levels])];

    private static int[] TokensOf(ImagePreprocessing images, int row)
    {
        var tokens = new int[images.Steps];
        Steps(images).CopyTokens(row, 0, tokens);
        return tokens;
    }

    [Fact]
    public void The_first_row_of_each_class_is_shown_whole_and_asked_at_five_anchors()
    {
        var probe = Ask(Grey(), Reconstruction())!;
        Assert.Equal((1, 4, 6, 1), (probe.Format, probe.Height, probe.Width, probe.Channels));
        Assert.Equal((null, null), (probe.Order, probe.Components));
        var loss = Assert.Single(probe.Losses);
        Assert.Equal((0, "reconstruction"), (loss.Index, loss.Kind));
        Assert.Equal([(0, "a"), (2, "b"), (3, "c")], loss.Rows.Select(row => (row.Row, row.Label)));
        Assert.All(loss.Rows, row =>
        {
            Assert.Equal(Images(Grey().Shape)[row.Row].Pixels.Select(level => LevelOf[level]), row.Image);
            // Anchors 8…24 of 24 steps: the first, the quarters and the last; each segment's first step is l+1 = 7 before its anchor, and is read.
            Assert.Equal([8, 12, 16, 20, 24], row.Anchors.Select(anchor => anchor.Anchor));
            Assert.All(row.Anchors, anchor =>
            {
                Assert.Equal(anchor.Anchor - 7, anchor.Start);
                Assert.Equal(LevelsAfter(TokensOf(Grey(), row.Row)[anchor.Start - 1], 6), anchor.Decoded);
            });
        });
    }

    [Fact]
    public void A_prediction_reads_the_step_of_its_anchor_and_then_what_it_has_said_through_the_network()
    {
        var loss = Assert.Single(Ask(Grey(), Prediction(9))!.Losses);
        Assert.Equal("prediction", loss.Kind);
        Assert.All(loss.Rows, row =>
        {
            Assert.Equal([1, 4, 8, 12, 15], row.Anchors.Select(anchor => anchor.Anchor)); // 1…24−9
            Assert.All(row.Anchors, anchor =>
            {
                Assert.Equal(anchor.Anchor, anchor.Start);
                Assert.Equal(LevelsAfter(TokensOf(Grey(), row.Row)[anchor.Anchor - 1], 9), anchor.Decoded);
            });
        });
    }

    [Fact]
    public void A_reversed_segment_is_said_from_its_end_and_shown_in_the_order_of_the_steps()
    {
        var loss = Assert.Single(Ask(Grey(), Reconstruction() with { Direction = SegmentDirection.Reversed })!.Losses);
        Assert.All(loss.Rows.SelectMany(row => row.Anchors.Select(anchor => (row, anchor))), at =>
        {
            Assert.Equal(at.anchor.Anchor - 8, at.anchor.Start); // x_s, which is scored last
            Assert.Equal(LevelsAfter(TokensOf(Grey(), at.row.Row)[at.anchor.Anchor - 2], 6).Reverse(), at.anchor.Decoded); // x_{a−1} is read
        });
    }

    [Fact]
    public void A_distant_segment_lies_in_the_middle_of_where_it_can_and_one_of_the_future_behind_the_anchor()
    {
        var losses = Ask(Grey(), Reconstruction() with { Distance = SegmentDistance.Distant }, Reconstruction() with { Side = SegmentSide.Future })!.Losses;
        // The anchor at 24 leaves 0…16 steps between; the middle is 8, so that the first step is 24−7−8 = 9, and what follows it is said.
        Assert.Equal((24, 9), (losses[0].Rows[0].Anchors[^1].Anchor, losses[0].Rows[0].Anchors[^1].Start));
        Assert.All(losses[1].Rows[0].Anchors, anchor => Assert.Equal(anchor.Anchor + 1, anchor.Start));
        Assert.Equal([1, 17], [losses[1].Rows[0].Anchors[0].Anchor, losses[1].Rows[0].Anchors[^1].Anchor]); // 1…24−6−1
        Assert.Equal([0, 1], losses.Select(loss => loss.Index));
    }

    [Fact]
    public void Permuted_pixels_are_shown_where_they_stand_and_said_in_the_order_in_which_they_are_read()
    {
        var (plain, permuted) = (Grey(), Grey(new Permutation { Seed = 5 }));
        var probe = Ask(permuted, Reconstruction())!;
        Assert.Equal(permuted.Permutation!.Order(24), probe.Order);
        Assert.All(probe.Losses[0].Rows, row =>
        {
            Assert.Equal(TokensOf(plain, row.Row).Select(token => LevelOf[token]), row.Image);
            Assert.All(row.Anchors, anchor =>
            {
                var read = TokensOf(plain, row.Row)[probe.Order![anchor.Start - 1]];
                Assert.Equal(LevelsAfter(read, 6), anchor.Decoded);
            });
        });
    }

    [Fact]
    public void Colours_as_reals_are_read_as_they_are_said_three_to_a_step()
    {
        // 1×2 pixels of means over 2×2: one step is read, one is said.
        var images = new ImagePreprocessing { Shape = new ImageShape(2, 12, 3, 256), Downscale = 2, Encoding = StepKind.Reals };
        var probe = Ask(images, Reconstruction(3))!;
        Assert.Equal((1, 6, 3, 3), (probe.Height, probe.Width, probe.Channels, probe.Components));
        var row = probe.Losses[0].Rows[1];
        Assert.Equal([5, 6], row.Anchors.Select(anchor => anchor.Anchor)); // 5…6 hold two anchors
        var reals = new float[18];
        Steps(images).CopyReals(row.Row, 0, reals);
        Assert.Equal(reals.Select(real => (int)Math.Floor(real * 255 + 0.5)), row.Image);
        Assert.All(row.Anchors, anchor =>
        {
            var said = new List<double>();
            double[] read = [.. reals.AsSpan((anchor.Start - 1) * 3, 3).ToArray()];
            for (var step = 0; step < 3; step++)
                said.AddRange(read = [.. read.Select(x => 2 * Math.Tanh(Math.Tanh(4 * x)))]);
            Assert.Equal(9, anchor.Decoded.Count);
            Assert.All(said.Zip(anchor.Decoded), pair => Assert.Equal(Math.Clamp(pair.First, 0, 1) * 255, pair.Second, 0.51));
        });
    }

    [Fact]
    public void Colours_as_tokens_are_a_step_each_and_keep_together_where_pixels_are_permuted()
    {
        var images = new ImagePreprocessing
        {
            Shape = new ImageShape(2, 4, 3, Levels),
            Downscale = 1,
            Encoding = StepKind.Tokens,
            Permutation = new Permutation { Seed = 3 },
        };
        var probe = Ask(images, Prediction(4))!;
        Assert.Equal((2, 4, 3, null), (probe.Height, probe.Width, probe.Channels, probe.Components));
        Assert.Equal(images.Permutation.Order(8).SelectMany(pixel => new[] { 3 * pixel, 3 * pixel + 1, 3 * pixel + 2 }), probe.Order);
        Assert.Equal(Images(images.Shape)[0].Pixels.Select(level => LevelOf[level]), probe.Losses[0].Rows[0].Image);
    }

    [Fact]
    public void Long_segments_are_said_as_far_as_400_steps_and_others_as_far_as_an_image_holds()
    {
        var images = new ImagePreprocessing { Shape = new ImageShape(30, 20, 1, Levels), Downscale = 1, Encoding = StepKind.Tokens };
        var losses = Ask(images, Reconstruction(550), Reconstruction(550) with { Direction = SegmentDirection.Reversed },
            Prediction() with { Length = [5, 1000] }, Prediction() with { Length = [5, 1000], TooShort = TooShort.Skip })!.Losses;
        Assert.Equal([400, 400, 400, 5], losses.Select(loss => Assert.Single(loss.Rows[0].Anchors.Select(anchor => anchor.Decoded.Count).Distinct())));
        var (first, last) = (losses[0].Rows[0].Anchors[0], losses[1].Rows[0].Anchors[0]);
        Assert.Equal((552, 1), (first.Anchor, first.Start));   // reads step 1 of 600, and says from there on
        Assert.Equal((552, 150), (last.Anchor, last.Start));   // reads step 551, and says those of 550 … 151
        Assert.Equal(1, losses[2].Rows[0].Anchors[0].Anchor);
    }

    [Fact]
    public void The_same_is_said_twice()
    {
        var (one, two) = (Path.GetTempFileName(), Path.GetTempFileName());
        JsonFile.Write(one, Ask(Grey(), Reconstruction(), Prediction())!, RunJson.Default.MemoryProbe);
        JsonFile.Write(two, Ask(Grey(), Reconstruction(), Prediction())!, RunJson.Default.MemoryProbe);
        Assert.Equal(File.ReadAllBytes(one), File.ReadAllBytes(two));
        File.Delete(one);
        File.Delete(two);
    }

    [Fact]
    public void Losses_that_cannot_be_asked_are_left_out_and_without_any_there_is_nothing()
    {
        var masked = new AuxiliaryOptions { Kind = AuxiliaryKind.Masked, Decoder = new DecoderOptions { Layers = 1, HeadUnits = Levels } };
        Assert.Equal([1], Ask(Grey(), masked, Prediction())!.Losses.Select(loss => loss.Index));
        Assert.Null(Ask(Grey(), masked));
        Assert.Null(Ask(Grey()));
        Assert.Null(Ask(Grey(), Reconstruction() with { Segments = 0 }));
        Assert.Null(Ask(Grey(), Reconstruction(1000) with { TooShort = TooShort.Skip }));
        Assert.Null(Ask(Grey(), () => true, Reconstruction()));
    }
}
