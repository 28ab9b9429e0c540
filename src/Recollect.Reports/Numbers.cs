using System.Globalization;

namespace Recollect.Reports;

/// <summary>Numbers as a report shows them.</summary>
internal static class Numbers
{
    /// <summary>At most four digits, and k, M or G for thousands: for axes and tooltips.</summary>
    public static string Short(double value) => Math.Abs(value) switch
    {
        double.NaN => "not a number",
        0 => "0",
        >= 1e12 or < 1e-3 => value.ToString("0.##e0", CultureInfo.InvariantCulture),
        >= 1e9 => Digits(value / 1e9) + "G",
        >= 1e6 => Digits(value / 1e6) + "M",
        >= 1e4 => Digits(value / 1e3) + "k",
        _ => Digits(value),
    };

    /// <summary>A whole number, with commas between its thousands wherever the program runs.</summary>
    public static string Whole(double value) => value.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>With a given number of decimals, and a true minus sign.</summary>
    public static string Fixed(double value, int decimals) => double.IsFinite(value)
        ? value.ToString("N" + decimals, CultureInfo.InvariantCulture).Replace('-', '−')
        : value.ToString(CultureInfo.InvariantCulture);

    /// <summary>As the other, with its sign: a difference.</summary>
    public static string Signed(double value, int decimals) => (value >= 0 ? "+" : "") + Fixed(value, decimals);

    /// <summary>As somebody wrote it, rounded nowhere: with commas between thousands where it is whole.</summary>
    public static string Exactly(double value) => value == Math.Floor(value) ? Whole(value) : value.ToString(CultureInfo.InvariantCulture);

    /// <summary>A length in SVG's units.</summary>
    public static string Length(double value) => Math.Round(value, 1).ToString(CultureInfo.InvariantCulture);

    private static string Digits(double value) => value.ToString(Math.Abs(value) switch
    {
        >= 100 => "0",
        >= 10 => "0.#",
        >= 1 => "0.##",
        _ => "0.####",
    }, CultureInfo.InvariantCulture);
}
