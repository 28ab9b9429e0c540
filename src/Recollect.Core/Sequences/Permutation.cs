using System.Text.Json.Serialization;
using Recollect.Randomness;

namespace Recollect.Sequences;

/// <summary>One uniform random order of positions, the same for every image (pMNIST), from a named generator and a seed.</summary>
/// <remarks>
/// Step t shows position <c>Order(n)[t]</c>. The order is Fisher and Yates's shuffle drawn from <c>new Seed(seed).Stream("permutation")</c>
/// (Philox4x32-10 and Lemire's unbiased integers): decision 0002 pins its first entries.
/// </remarks>
public sealed record Permutation
{
    /// <summary>The only generator there is so far.</summary>
    public const string PhiloxFisherYates = "philox4x32-10/fisher-yates";

    /// <summary>The generator's name.</summary>
    [JsonRequired]
    public string Generator { get; init; } = PhiloxFisherYates;

    /// <summary>The seed.</summary>
    [JsonRequired]
    public long Seed { get; init; }

    /// <summary>The order of <paramref name="count"/> positions: each of 0…count−1 once. // [count]</summary>
    public int[] Order(int count) => new Seed(Seed).Stream("permutation").Permutation(count);

    /// <summary>What makes it impossible to apply, as a clause for a message; null where nothing does.</summary>
    public string? Fault() => Generator == PhiloxFisherYates ? null : $"the permutation's generator '{Generator}' is unknown; expected '{PhiloxFisherYates}'";
}
