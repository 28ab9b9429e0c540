using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Recollect.Losses;
using Recollect.Networks;
using Recollect.Randomness;
using Recollect.Sequences;

namespace Recollect.Tests.Losses;

public sealed class SegmentTests
{
    /// <summary>One draw of many: what is asked of rows of some lengths.</summary>
    public sealed record Request(AuxiliaryOptions Options, IReadOnlyList<int> Steps, int K, int FirstRow, int Update, long Seed)
    {
        public override string ToString() =>
            $"{Options} lengths [{string.Join(", ", Options.Length)}] steps [{string.Join(", ", Steps)}] k {K} row {FirstRow} update {Update} seed {Seed}";
    }

    public static class Requests
    {
        public static Arbitrary<Request> Any() => Arb.From(
            from kind in Gen.Elements(AuxiliaryKind.Reconstruction, AuxiliaryKind.Prediction)
            from lengths in Gen.NonEmptyListOf(Gen.Choose(1, 30))
            from segments in Gen.Choose(0, 5)
            from anchors in Gen.Elements(AnchorDraw.Batch, AnchorDraw.Row)
            from tooShort in Gen.Elements(TooShort.Shorten, TooShort.Skip)
            from distance in Gen.Elements(SegmentDistance.Adjacent, SegmentDistance.Distant)
            from side in Gen.Elements(SegmentSide.Past, SegmentSide.Future)
            from steps in Gen.NonEmptyListOf(Gen.Choose(1, 40))
            from k in Gen.OneOf(Gen.Choose(0, 45), Gen.Constant(int.MaxValue))
            from firstRow in Gen.Choose(0, 1000)
            from update in Gen.Choose(0, 1000)
            from seed in Gen.Choose(int.MinValue, int.MaxValue)
            select new Request(
                new AuxiliaryOptions
                {
                    Kind = kind,
                    Length = lengths,
                    Segments = lengths.Count == 1 ? segments : null,
                    Anchors = anchors,
                    TooShort = tooShort,
                    Distance = kind == AuxiliaryKind.Reconstruction ? distance : null,
                    Side = kind == AuxiliaryKind.Reconstruction ? side : null,
                },
                steps, k, firstRow, update, seed));
    }

    /// <summary>Method, section 6.3.</summary>
    [Property(MaxTest = 2000, Arbitrary = [typeof(Requests)])]
    [Trait("Method", "6.3")]
    public void Segments_stay_inside_their_row(Request request)
    {
        var drawn = Draw(request);
        foreach (var segment in drawn.Segments)
        {
            var (steps, asked) = (request.Steps[segment.Row], request.Options.SegmentLengths()[segment.Index]);
            var last = segment.First + segment.Length;
            Assert.InRange(segment.Length, 1, asked);
            Assert.True(segment.First >= 1 && last <= steps, $"{segment} of {steps} steps");
            Assert.InRange(segment.Anchor, 1, steps);
            if (request.Options.Kind == AuxiliaryKind.Prediction)
                Assert.Equal(segment.Anchor, segment.First);
            else if (request.Options.Distance == SegmentDistance.Distant)
                Assert.True(request.Options.Side == SegmentSide.Future ? segment.First >= segment.Anchor + 1 : last <= segment.Anchor - 1, $"{segment} reaches its anchor");
            else
                Assert.Equal(segment.Anchor, request.Options.Side == SegmentSide.Future ? segment.First - 1 : last + 1);
            if (segment.Length < asked)
                Assert.DoesNotContain(ScalarDraw.Anchors(request.Options, steps, segment.Length + 1), _ => true);
        }
    }

    /// <summary>Method, section 6.3, for the windows behind the segments, in which gradients flow.</summary>
    [Property(MaxTest = 300, Arbitrary = [typeof(Requests)])]
    [Trait("Method", "6.3")]
    public void Windows_stay_inside_their_row_and_end_where_they_serve(Request request)
    {
        using var scope = TorchSharp.torch.NewDisposeScope();
        var network = new RecurrentClassifier(StepFormat.Tokens(2), 2, new NetworkOptions { Embedding = 1, Hidden = 1, HeadUnits = 1 }, new Seed(0));
        var options = request.Options with { Decoder = new DecoderOptions { Layers = 1, HeadUnits = 1 } };
        var loss = AuxiliaryLoss.Of(options, 0, new Truncation(Math.Max(1, request.K)), network, new Seed(0));
        foreach (var segment in Draw(request).Segments)
        {
            var window = loss.WindowOf(segment);
            Assert.Equal(segment.Row, window.Row);
            if (options.Kind == AuxiliaryKind.Prediction)
                Assert.Equal((segment.Anchor - 1, segment.Anchor - 1 + segment.Length), (window.Start, window.End));
            else
                Assert.Equal((Math.Max(0L, segment.Anchor - (long)Math.Max(1, request.K)), segment.Anchor), (window.Start, window.End));
            Assert.True(window.Start >= 0 && window.End <= request.Steps[window.Row]);
        }
        for (var row = 0; row < request.Steps.Count; row++)
        {
            var window = Window.Ending(row, request.Steps[row], new Truncation(request.K));
            Assert.Equal(request.Steps[row], window.End);
            Assert.Equal(Math.Min(request.K, request.Steps[row]), window.Length);
            Assert.True(window.Start >= 0);
        }
    }

    [Property(MaxTest = 2000, Arbitrary = [typeof(Requests)])]
    public void Every_asked_segment_is_drawn_or_counted(Request request)
    {
        var lengths = request.Options.SegmentLengths();
        var shortest = request.Options.Kind == AuxiliaryKind.Prediction ? 2 : 3; // steps that hold l = 1
        var (shortened, skipped) = (0, 0);
        foreach (var steps in request.Steps)
        {
            foreach (var length in lengths.Where(length => ScalarDraw.Anchors(request.Options, steps, length).Count == 0))
            {
                if (request.Options.TooShort == TooShort.Skip || steps < shortest)
                    skipped++;
                else
                    shortened++;
            }
        }

        var drawn = Draw(request);

        Assert.Equal((shortened, skipped), (drawn.Shortened, drawn.Skipped));
        Assert.Equal(shortened, drawn.Segments.Count(s => s.Length < lengths[s.Index]));
        Assert.Equal(request.Steps.Count * lengths.Count - skipped, drawn.Segments.Count);
    }

    [Property(MaxTest = 1000, Arbitrary = [typeof(Requests)])]
    public void Segments_are_those_of_the_named_streams_whatever_rows_are_drawn_beside_them(Request request)
    {
        var expected = request.Steps.SelectMany((steps, row) => ScalarDraw
            .Segments(request.Options, steps, new Seed(request.Seed), "auxiliary.1", request.Update, request.FirstRow + row)
            .Select(segment => segment with { Row = row }));

        Assert.Equal(expected, Draw(request).Segments);
    }

    [Theory]
    [InlineData(AuxiliaryKind.Prediction, 12, 5, 1, 7)]
    [InlineData(AuxiliaryKind.Reconstruction, 12, 5, 7, 12)]
    [InlineData(AuxiliaryKind.Prediction, 6, 5, 1, 1)]
    [InlineData(AuxiliaryKind.Reconstruction, 7, 5, 7, 7)]
    public void Anchors_are_uniform_on_their_range_and_reach_both_ends(AuxiliaryKind kind, int steps, int length, int low, int high)
    {
        foreach (var anchors in new[] { AnchorDraw.Batch, AnchorDraw.Row })
        {
            var options = new AuxiliaryOptions { Kind = kind, Length = [length], Anchors = anchors };
            var draw = new SegmentDraw(options, new Seed(11), "auxiliary.0");
            var counts = Enumerable.Range(0, 6000).Select(update => draw.Of([steps], 5, update).Segments[0].Anchor).CountBy(a => a).ToDictionary();

            Assert.Equal(Enumerable.Range(low, high - low + 1), counts.Keys.Order());
            ChiSquare.AssertFits([.. counts.Values], [.. counts.Select(_ => 1.0 / counts.Count)]);
        }
    }

    [Fact]
    public void Distances_are_uniform_on_what_lies_before_the_anchor()
    {
        var options = new AuxiliaryOptions { Kind = AuxiliaryKind.Reconstruction, Length = [2], Distance = SegmentDistance.Distant };
        var draw = new SegmentDraw(options, new Seed(12), "auxiliary.0");
        var drawn = Enumerable.Range(0, 20000).Select(update => draw.Of([8], 0, update).Segments[0]).ToLookup(s => s.Anchor, s => s.First);
        Assert.Equal([4, 5, 6, 7, 8], drawn.Select(group => group.Key).Order());
        foreach (var anchor in drawn)
        {
            var counts = anchor.CountBy(first => first).ToDictionary();
            Assert.Equal(Enumerable.Range(1, anchor.Key - 3), counts.Keys.Order());
            ChiSquare.AssertFits([.. counts.Values], [.. counts.Select(_ => 1.0 / counts.Count)]);
        }
    }

    [Fact]
    public void A_draw_for_the_batch_takes_each_row_to_the_same_place_of_its_own_range()
    {
        var options = new AuxiliaryOptions { Kind = AuxiliaryKind.Prediction, Length = [1], Segments = 2 };
        var draw = new SegmentDraw(options, new Seed(13), "auxiliary.0");
        for (var update = 0; update < 200; update++)
        {
            var anchors = draw.Of([1001, 11, 1001], 7, update).Segments.ToLookup(s => s.Index, s => s.Anchor);
            foreach (var index in anchors)
            {
                int[] each = [.. index];
                Assert.Equal(each[0], each[2]);
                Assert.Equal((each[0] - 1) / 100, each[1] - 1);
            }
            Assert.NotEqual(anchors[0].First(), anchors[1].First());
        }
    }

    [Fact]
    public void A_draw_for_each_row_takes_rows_to_places_of_their_own()
    {
        var options = new AuxiliaryOptions { Kind = AuxiliaryKind.Prediction, Length = [1], Anchors = AnchorDraw.Row };
        var anchors = new SegmentDraw(options, new Seed(14), "auxiliary.0").Of([.. Enumerable.Repeat(10001, 50)], 0, 0).Segments.Select(s => s.Anchor);
        Assert.True(anchors.Distinct().Count() > 45);
    }

    /// <summary>Never silent (method, section 3): what the recipe calls an error is one wherever a row cannot hold its segment.</summary>
    [Theory]
    [InlineData(AuxiliaryKind.Prediction, 6)]
    [InlineData(AuxiliaryKind.Reconstruction, 7)]
    public void A_row_that_must_not_be_too_short_is_refused(AuxiliaryKind kind, int holding)
    {
        var options = new AuxiliaryOptions { Kind = kind, Length = [5], TooShort = TooShort.Error };
        var draw = new SegmentDraw(options, new Seed(15), "auxiliary.0");

        Assert.Equal(2, draw.Of([holding, holding], 0, 0).Segments.Count);
        var error = Assert.Throws<RecipeException>(() => draw.Of([holding, holding - 1], 0, 0));
        Assert.Contains("auxiliary.0", error.Message, StringComparison.Ordinal);
        Assert.Contains($"{holding - 1} steps", error.Message, StringComparison.Ordinal);
    }

    /// <summary>A language model reads the steps before its first scored one alone: a row that ends there has nothing to say, and is counted.</summary>
    [Fact]
    public void A_row_that_ends_before_the_first_scored_step_is_skipped_and_counted()
    {
        var drawn = new SegmentDraw(new AuxiliaryOptions { Kind = AuxiliaryKind.LanguageModel, From = 4 }, new Seed(15), "auxiliary.0").Of([8, 3, 4, 1], 0, 0);
        Assert.Equal([0, 2], drawn.Segments.Select(segment => segment.Row));
        Assert.Equal((0, 2), (drawn.Shortened, drawn.Skipped));
    }

    [Fact]
    public void Places_beyond_what_an_array_holds_are_refused()
    {
        Assert.Equal(1_200_000_000, SegmentPlaces.Of(1_000_000, 1200));
        foreach (var segments in new[] { 2200, 5000 }) // in an int below 0, and above it
        {
            var error = Assert.Throws<RecipeException>(() => SegmentPlaces.Of(1_000_000, segments));
            Assert.Contains("segment(s) of up to 1,000,000 steps", error.Message);
        }
    }

    private static DrawnSegments Draw(Request request) =>
        new SegmentDraw(request.Options, new Seed(request.Seed), "auxiliary.1").Of(request.Steps, request.FirstRow, request.Update);
}
