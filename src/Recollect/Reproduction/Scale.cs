namespace Recollect.Reproduction;

/// <summary>How much of a target is run.</summary>
internal enum Scale
{
    /// <summary>A few updates of every recipe, to see that each works.</summary>
    Smoke,

    /// <summary>Hours on two cores: small data, several seeds.</summary>
    Short,

    /// <summary>The paper's own data and updates.</summary>
    Full,
}
