using System.Text.Json.Serialization;

namespace Recollect.Sequences;

/// <summary>Series to reals: what is missing is filled, then values stay as they are or are standardised: (x − mean) / scale, each component by its own figures.</summary>
public sealed class SeriesPreprocessing : Preprocessing
{
    /// <summary>The components D of a step.</summary>
    [JsonRequired]
    public int Components { get; init; }

    /// <summary>What becomes of numbers that are not there (NaN).</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public MissingValues Missing { get; init; }

    /// <summary>The mean that each component is moved by; null where values stay as they are. // [D]</summary>
    public double[]? Mean { get; init; }

    /// <summary>The number that each component is divided by, not 0; null where values stay as they are. // [D]</summary>
    public double[]? Scale { get; init; }

    /// <inheritdoc/>
    [JsonIgnore]
    public override StepFormat Format => StepFormat.Reals(Components);

    /// <inheritdoc/>
    public override string? Fault()
    {
        if (Components < 1)
            return $"{Components} components a step";
        if (!Enum.IsDefined(Missing))
            return $"the unknown way {(int)Missing} with missing values";
        if ((Mean is null) != (Scale is null))
            return "a mean without a scale, or the other way round";
        if (Mean is not null && (Mean.Length != Components || Scale!.Length != Components))
            return $"{Mean.Length} means and {Scale!.Length} scales for {Components} components";
        if (Mean is not null && !(Mean.All(double.IsFinite) && Scale!.All(scale => double.IsFinite(scale) && scale != 0)))
            return "a mean or scale that is not finite, or a scale of 0";
        return null;
    }

    /// <inheritdoc/>
    public override Sample Complete(Sample sample)
    {
        var values = Accept(sample);
        var gap = Array.FindIndex(values, float.IsNaN);
        if (gap < 0)
            return sample;
        if (Missing == MissingValues.Error)
        {
            var number = Components == 1 ? "" : $", number {gap % Components + 1} of {Components}";
            throw new DataException($"{sample.Origin}: the value at step {gap / Components + 1}{number} is missing; expected a number. "
                + "Leave the row out, or train with data.missing = zero, previous or interpolate, which fills it.");
        }
        return new SeriesSample(sample.Origin, sample.Label, Missing.Fill(values, Components), Components);
    }

    /// <inheritdoc/>
    public override int StepsOf(Sample sample) => Accept(sample).Length / Components;

    /// <inheritdoc/>
    public override void WriteReals(Sample sample, int start, Span<float> reals)
    {
        var values = Accept(sample).AsSpan(start * Components, reals.Length);
        for (var i = 0; i < values.Length; i++)
        {
            reals[i] = Standardized(values[i], i % Components);
            if (!float.IsFinite(reals[i]))
                throw new DataException($"{sample.Origin}: the value {values[i]} at step {start + i / Components + 1} cannot be used; expected a finite number.");
        }
    }

    /// <summary>A number of a component as the network reads it.</summary>
    internal float Standardized(float value, int component) => Mean is null ? value : (float)((value - Mean[component]) / Scale![component]);

    private float[] Accept(Sample sample)
    {
        if (sample is not SeriesSample series || series.Components != Components)
            throw Misfit(sample, $"a series of {Components} number(s) a step");
        return series.Values.Length > 0 && series.Values.Length % Components == 0
            ? series.Values
            : throw Misfit(sample, $"at least one step, each of {Components} number(s)");
    }
}
