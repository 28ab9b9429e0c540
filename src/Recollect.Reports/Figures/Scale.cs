using System.Globalization;

namespace Recollect.Reports.Figures;

/// <summary>Numbers to places along an axis, with round numbers to mark.</summary>
internal sealed class Scale
{
    private static readonly double[] Round = [1, 2, 5, 10];

    private readonly bool _logarithmic;
    private readonly double _least, _most, _from, _to;
    private readonly int? _decimals; // of the marks, where a short number would round them

    private Scale(bool logarithmic, double least, double most, double from, double to, IReadOnlyList<double> ticks)
    {
        (_logarithmic, _least, _most, _from, _to) = (logarithmic, least, most, from, to);
        Ticks = ticks;
        var step = ticks.Zip(ticks.Skip(1), (one, next) => next - one).DefaultIfEmpty(double.PositiveInfinity).Min();
        if (ticks.Any(tick => Math.Abs(Said(Numbers.Short(tick)) - tick) > step / 10))
            _decimals = Math.Max(0, -(int)Math.Floor(Math.Log10(step) + 1e-3)); // steps are 1, 2 or 5 times a power of ten, and a little off
    }

    /// <summary>The numbers to mark.</summary>
    public IReadOnlyList<double> Ticks { get; }

    /// <summary>A scale over <paramref name="values"/>.</summary>
    /// <param name="values">What must fit; what is not finite, or on a logarithmic axis not above 0, counts for nothing.</param>
    /// <param name="logarithmic">Whether to place logarithms.</param>
    /// <param name="wide">Whether to begin and end at round numbers.</param>
    /// <param name="from">The place of the least.</param>
    /// <param name="to">The place of the most.</param>
    public static Scale Over(IEnumerable<double> values, bool logarithmic, bool wide, double from, double to)
    {
        var shown = values.Where(value => double.IsFinite(value) && (!logarithmic || value > 0)).Select(value => logarithmic ? Math.Log10(value) : value).DefaultIfEmpty().ToList();
        var (least, most) = (shown.Min(), shown.Max());
        if (most - least <= 1e-9 * Math.Max(Math.Abs(least), Math.Abs(most)))
        {
            var margin = logarithmic || most == 0 ? 0.5 : Math.Abs(most) / 2; // so that marks differ in the digits that are shown
            (least, most) = (least - margin, most + margin);
        }
        // Where there would be less than three powers of ten, they are too few.
        if (logarithmic && (wide ? most - least >= 1.5 : Math.Floor(most) - Math.Ceiling(least) >= 2))
            return Decades(least, most, wide, from, to);
        return logarithmic ? Narrow(least, most, from, to) : Linear(least, most, wide, from, to);
    }

    /// <summary>The place of <paramref name="value"/>; NaN where it has none.</summary>
    public double At(double value)
    {
        var shown = _logarithmic ? value > 0 ? Math.Log10(value) : double.NaN : value;
        return _from + (shown - _least) / (_most - _least) * (_to - _from);
    }

    /// <summary>What is written at a mark: a short number where that says it, else with as many decimals as the step between marks has.</summary>
    public string Label(double tick) => _decimals is { } decimals ? tick.ToString($"F{decimals}", CultureInfo.InvariantCulture) : Numbers.Short(tick);

    private static Scale Linear(double least, double most, bool wide, double from, double to)
    {
        var step = RoundStep((most - least) / 5);
        if (wide)
            (least, most) = (Math.Floor(least / step + 1e-9) * step, Math.Ceiling(most / step - 1e-9) * step);
        return new Scale(false, least, most, from, to, [.. Multiples(step, least, most)]);
    }

    private static Scale Decades(double least, double most, bool wide, double from, double to)
    {
        if (wide)
            (least, most) = (Math.Floor(least + 1e-9), Math.Ceiling(most - 1e-9));
        var (first, last) = ((int)Math.Ceiling(least - 1e-9), (int)Math.Floor(most + 1e-9));
        var every = Math.Max(1, (int)Math.Ceiling((last - first) / 6.0));
        return new Scale(true, least, most, from, to, [.. Enumerable.Range(0, (last - first) / every + 1).Select(i => Math.Pow(10, first + i * every))]);
    }

    private static Scale Narrow(double least, double most, double from, double to)
    {
        var margin = 0.04 * (most - least);
        (least, most) = (least - margin, most + margin);
        List<double> ticks = [];
        for (var decade = Math.Floor(least); decade <= most; decade++)
            ticks.AddRange(Round[..3].Select(digit => digit * Math.Pow(10, decade)).Where(tick => Math.Log10(tick) >= least && Math.Log10(tick) <= most));
        if (ticks.Count < 3)
            ticks = [.. Multiples(RoundStep((Math.Pow(10, most) - Math.Pow(10, least)) / 5), Math.Pow(10, least), Math.Pow(10, most))];
        return new Scale(true, least, most, from, to, ticks);
    }

    private static IEnumerable<double> Multiples(double step, double least, double most)
    {
        for (var i = Math.Ceiling(least / step - 1e-9); i * step <= most + 1e-9 * step; i++)
            yield return i * step;
    }

    // What a short number says, as it was rounded.
    private static double Said(string shown)
    {
        var thousands = "kMG".IndexOf(shown[^1]) + 1; // to which power
        return double.Parse(thousands > 0 ? shown[..^1] : shown, CultureInfo.InvariantCulture) * Math.Pow(1000, thousands);
    }

    // 1, 2 or 5 times a power of ten, not below what is asked for.
    private static double RoundStep(double least)
    {
        var power = Math.Pow(10, Math.Floor(Math.Log10(least)));
        return Round.First(digit => digit * power >= least * (1 - 1e-9)) * power;
    }
}
