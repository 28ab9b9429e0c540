namespace Recollect.Tests.Losses;

/// <summary>What a loss holds constant: recorded while it is computed at the base parameters, and given back at every other.</summary>
/// <remarks>The finite difference of a function whose cut states are constants is the truncated gradient, by definition.</remarks>
internal sealed class Constants
{
    private readonly List<object> _recorded = [];
    private int _next;
    private bool _given;

    /// <summary>Whether cut states are held at all; if not, nothing is cut and the gradient is the full one.</summary>
    public required bool HoldStates { get; init; }

    /// <summary>How many cuts had a gradient to stop: states that were not s_0.</summary>
    public int Cuts { get; private set; }

    /// <summary>From here on, gives back what was recorded, from its beginning.</summary>
    public void Rewind() => (_next, _given) = (0, true);

    /// <summary>A state at a cut.</summary>
    public T State<T>(Func<T> compute, bool isZero = false) where T : notnull
    {
        if (!_given && !isZero)
            Cuts++;
        return HoldStates ? Value(compute) : compute();
    }

    /// <summary>A value that is a constant whatever the cuts: an output fed back as an input.</summary>
    public T Value<T>(Func<T> compute) where T : notnull
    {
        if (_given)
            return (T)_recorded[_next++];
        var value = compute();
        _recorded.Add(value);
        return value;
    }
}
