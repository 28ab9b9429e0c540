using Recollect.Sequences;

namespace Recollect.Core.Tests.Sequences;

public sealed class MissingValuesTests
{
    private const float Gap = float.NaN;
    private static readonly Origin Here = new("a.parquet", "row", 7, "row group 2");

    private static float[] Steps(MissingValues how, float[] values, int components)
    {
        var preprocessing = new SeriesPreprocessing { Components = components, Missing = how };
        var sample = preprocessing.Complete(new SeriesSample(Here, "a", values, components));
        var reals = new float[values.Length];
        preprocessing.WriteReals(sample, 0, reals);
        Assert.Equal("a", sample.Label);
        return reals;
    }

    [Theory]
    [InlineData(MissingValues.Zero, new[] { 0f, 2, 0, 0, 8, 0 })]
    [InlineData(MissingValues.Previous, new[] { 0f, 2, 2, 2, 8, 8 })]
    [InlineData(MissingValues.Interpolate, new[] { 2f, 2, 4, 6, 8, 8 })]
    public void Gaps_are_filled_as_is_said(MissingValues how, float[] expected) => Assert.Equal(expected, Steps(how, [Gap, 2, Gap, Gap, 8, Gap], 1));

    [Theory]
    [InlineData(MissingValues.Zero, new[] { 1f, 0, 0, 20, 3, 0, 5, 0 })]
    [InlineData(MissingValues.Previous, new[] { 1f, 0, 1, 20, 3, 20, 5, 20 })]
    [InlineData(MissingValues.Interpolate, new[] { 1f, 20, 2, 20, 3, 20, 5, 20 })]
    public void Each_component_is_filled_from_its_own_numbers(MissingValues how, float[] expected) =>
        Assert.Equal(expected, Steps(how, [1, Gap, Gap, 20, 3, Gap, 5, Gap], 2));

    [Theory]
    [InlineData(MissingValues.Zero)]
    [InlineData(MissingValues.Previous)]
    [InlineData(MissingValues.Interpolate)]
    public void A_component_without_a_number_becomes_zeros(MissingValues how) => Assert.Equal([0f, 5, 0, 6], Steps(how, [Gap, 5, Gap, 6], 2));

    [Fact]
    public void Where_nothing_fills_them_the_first_is_refused_with_its_place()
    {
        var error = Assert.Throws<DataException>(() => Steps(MissingValues.Error, [1, 2, 3, Gap], 2));
        Assert.StartsWith("a.parquet, row group 2, row 7: the value at step 2, number 2 of 2 is missing; expected a number.", error.Message, StringComparison.Ordinal);
        Assert.Contains("data.missing = zero, previous or interpolate", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Gaps_are_filled_before_values_are_standardised()
    {
        var preprocessing = new SeriesPreprocessing { Components = 1, Missing = MissingValues.Zero, Mean = [3], Scale = [2] };
        var reals = new float[2];
        preprocessing.WriteReals(preprocessing.Complete(new SeriesSample(Here, null, [Gap, 5], 1)), 0, reals);
        Assert.Equal([-1.5f, 1], reals);
    }

    [Fact]
    public void A_sample_without_gaps_is_kept_and_one_with_gaps_is_not_changed()
    {
        var preprocessing = new SeriesPreprocessing { Components = 1, Missing = MissingValues.Zero };
        var whole = new SeriesSample(Here, null, [1, 2], 1);
        Assert.Same(whole, preprocessing.Complete(whole));
        var gapped = new SeriesSample(Here, null, [1, Gap], 1);
        Assert.NotSame(gapped, preprocessing.Complete(gapped));
        Assert.Equal(Gap, gapped.Values[1]);
    }

    [Fact]
    public void A_model_file_keeps_the_word_and_leaves_out_the_default()
    {
        Assert.Equal("""{"kind":"series","components":1,"missing":"previous"}""", new SeriesPreprocessing { Components = 1, Missing = MissingValues.Previous }.ToJson());
        Assert.Equal("""{"kind":"series","components":1}""", new SeriesPreprocessing { Components = 1 }.ToJson());
        Assert.Equal(MissingValues.Interpolate, ((SeriesPreprocessing)Preprocessing.FromJson("""{"kind":"series","components":1,"missing":"interpolate"}""", "model")).Missing);
        Assert.Equal(MissingValues.Error, ((SeriesPreprocessing)Preprocessing.FromJson("""{"kind":"series","components":1}""", "model")).Missing);
        Assert.Contains("model", Assert.Throws<DataException>(() => Preprocessing.FromJson("""{"kind":"series","components":1,"missing":"mean"}""", "model")).Message, StringComparison.Ordinal);
        Assert.Contains("unknown way 9", Assert.Throws<DataException>(() => Preprocessing.FromJson("""{"kind":"series","components":1,"missing":9}""", "model")).Message, StringComparison.Ordinal);
    }
}
