namespace Recollect.Losses;

/// <summary>A part of the memory that a training takes.</summary>
/// <param name="What">What it holds: a few words, such as "states of the windows".</param>
/// <param name="Bytes">How much.</param>
/// <param name="OneAtATime">Whether parts of an update that are computed one after the other take it in the same place.</param>
public sealed record MemoryShare(string What, long Bytes, bool OneAtATime = false)
{
    /// <summary>Whether it is the network's own, there once however many losses read it.</summary>
    internal bool InCommon { get; init; }

    // libtorch asks for and frees every tensor; where freed memory is kept (decision 0011) that leaves gaps, as measured (decision 0017).
    private const double Gaps = 1.35;

    /// <summary>What a graph of libtorch takes that holds so many bytes of numbers.</summary>
    internal static MemoryShare OfGraph(string what, long bytes) => new(what, (long)(Gaps * bytes), OneAtATime: true);
}
