namespace Recollect.Cli.Doctor;

/// <summary>How much a finding matters.</summary>
internal enum Health
{
    /// <summary>As it should be.</summary>
    Good,

    /// <summary>Training runs, but could run better, or something is not there that may be wanted.</summary>
    Note,

    /// <summary>Training cannot run.</summary>
    Broken,
}

/// <summary>What one check came to.</summary>
/// <param name="Check">What was looked at.</param>
/// <param name="Health">How it is.</param>
/// <param name="Found">What was found.</param>
/// <param name="Fix">What to do; null where nothing is to be done.</param>
internal sealed record Finding(string Check, Health Health, string Found, string? Fix = null);
