using Recollect.Inference;

namespace Recollect.Server.Models;

/// <summary>A part of a stream's sequence, to be read step by step.</summary>
/// <param name="Count">How many steps; at least 1.</param>
internal abstract record StreamPart(int Count)
{
    /// <summary>Gives step <paramref name="at"/> (0-based) to the stream.</summary>
    public abstract void Push(SequenceStream stream, int at);
}

/// <summary>Tokens 0…V−1.</summary>
/// <param name="Tokens">The tokens. // [T]</param>
/// <param name="Most">The steps of the whole stream after which the model's <c>data.maxLength</c> passes over what comes; null: none.</param>
internal sealed record TokenPart(int[] Tokens, int? Most) : StreamPart(Tokens.Length)
{
    public override void Push(SequenceStream stream, int at)
    {
        if (Most is not { } most || stream.Steps < most)
            stream.PushStep(Tokens[at]);
    }
}

/// <summary>Numbers that are prepared already.</summary>
/// <param name="Reals">The components of each step side by side. // [T, D]</param>
/// <param name="Width">D.</param>
internal sealed record RealPart(float[] Reals, int Width) : StreamPart(Reals.Length / Width)
{
    public override void Push(SequenceStream stream, int at) => stream.PushStep(Reals.AsSpan(at * Width, Width));
}

/// <summary>Numbers as they were measured: the stream fills and standardises them.</summary>
/// <param name="Series">The components of each step side by side; NaN for one that is missing. // [T, D]</param>
/// <param name="Width">D.</param>
internal sealed record SeriesPart(float[] Series, int Width) : StreamPart(Series.Length / Width)
{
    public override void Push(SequenceStream stream, int at) => stream.Push(Series.AsSpan(at * Width, Width));
}
