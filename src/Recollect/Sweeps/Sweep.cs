using Recollect.Experiments;
using Recollect.Randomness;

namespace Recollect.Sweeps;

/// <summary>What a sweep's file says: a recipe, what is changed in all of its runs, and what is tried.</summary>
internal sealed record Sweep
{
    /// <summary>What it is called, and its folder.</summary>
    public required string Name { get; init; }

    /// <summary>The base recipe: a shipped name, or a file.</summary>
    public required string Recipe { get; init; }

    /// <summary>Where a key of the file was given, for messages.</summary>
    public required Func<string, string> PlaceOf { get; init; }

    /// <summary>What all runs change.</summary>
    public IReadOnlyList<SweptValue> Fixed { get; init; } = [];

    /// <summary>Keys of which every value meets every other's.</summary>
    public IReadOnlyList<SweptAxis> Grid { get; init; } = [];

    /// <summary>Keys that are drawn.</summary>
    public IReadOnlyList<DrawnKey> Drawn { get; init; } = [];

    /// <summary>Draws of them, each of which meets every point of the grid; 0 where nothing is drawn.</summary>
    public int Draws { get; init; }

    /// <summary>The seed of the draws.</summary>
    public Seed DrawSeed { get; init; }

    /// <summary>Seeds that every setting is run with: 1, 2 ….</summary>
    public int Seeds { get; init; } = 1;

    /// <summary>The measure by which a setting is chosen: <c>validation.accuracy</c> or <c>validation.loss</c>.</summary>
    public required string Choose { get; init; }
}

/// <summary>A value of a key that a sweep tries.</summary>
/// <param name="Key">The recipe's key.</param>
/// <param name="Text">The value as <c>--set</c> reads it.</param>
/// <param name="Label">What folders call it.</param>
/// <param name="Place">Where it was given.</param>
internal sealed record SweptValue(string Key, string Text, string Label, string Place)
{
    /// <summary>The edit <c>key=value</c>.</summary>
    public string Edit => $"{Key}={Text}";
}

/// <summary>A key of the grid.</summary>
/// <param name="Key">The recipe's key.</param>
/// <param name="Values">Its values.</param>
internal sealed record SweptAxis(string Key, IReadOnlyList<SweptValue> Values);

/// <summary>A key that is drawn.</summary>
/// <param name="Key">The recipe's key.</param>
internal abstract record DrawnKey(string Key)
{
    /// <summary>The value that comes first in <paramref name="stream"/>.</summary>
    public abstract SweptValue Draw(RandomStream stream);
}

/// <summary>One of several values, each as likely as the others.</summary>
internal sealed record DrawnChoice(string Key, IReadOnlyList<SweptValue> Values) : DrawnKey(Key)
{
    /// <inheritdoc/>
    public override SweptValue Draw(RandomStream stream) => Values[stream.Next(Values.Count)];
}

/// <summary>A number between two, both included: it, or its logarithm, uniform.</summary>
/// <remarks>
/// A key of whole numbers takes x uniform in [low, high + 1), or its logarithm, rounded down. Other numbers are rounded to three significant digits: no search
/// is finer, folders' names can be read, and the last digit of a system's own powers and logarithms makes no difference.
/// </remarks>
internal sealed record DrawnNumber(string Key, double Low, double High, bool IsLogarithmic, string Place) : DrawnKey(Key)
{
    private readonly bool _isWhole = RecipeShape.IsWhole(Key);

    /// <inheritdoc/>
    public override SweptValue Draw(RandomStream stream)
    {
        var (end, at) = (_isWhole ? High + 1 : High, stream.NextDouble());
        var exact = IsLogarithmic ? Low * Math.Pow(end / Low, at) : Low + (end - Low) * at;
        var value = Math.Clamp(_isWhole ? Math.Floor(exact) : Rounded(exact), Low, High);
        var text = FormattableString.Invariant($"{value:R}").ToLowerInvariant();
        return new SweptValue(Key, text, text, Place);
    }

    private static double Rounded(double value) => double.Parse(FormattableString.Invariant($"{value:E2}"), System.Globalization.CultureInfo.InvariantCulture);
}
