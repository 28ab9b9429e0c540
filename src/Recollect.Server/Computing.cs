using System.Diagnostics;
using Recollect.Inference;
using Recollect.Server.Models;
using Recollect.Server.Sessions;

namespace Recollect.Server;

/// <summary>Runs the model: as many computations of a kind at a time as there are cores, the others in turn, some of them together.</summary>
/// <remarks>Whole sequences and streams have turns of their own: a step of a stream, which somebody waits for, does not wait for long sequences.</remarks>
internal sealed class Computing(SequenceModel model, ServerOptions options, ServerMetrics metrics) : IDisposable
{
    // What a stream reads before others have their turn, and before it is looked whether anybody still waits for it: milliseconds.
    private const int StepsAtATime = 256;

    private readonly SequenceTurns _sequences = new(model, options.MaxComputing, metrics.Together);
    private readonly SemaphoreSlim _streams = new(options.MaxComputing);

    /// <summary>Labels sequences.</summary>
    /// <param name="sequences">The sequences of one request.</param>
    /// <param name="ended">Ends it early.</param>
    /// <returns>A belief each, in their order.</returns>
    /// <exception cref="DataException">A sequence does not fit.</exception>
    public async Task<Belief[]> Classify(IReadOnlyList<WholeSequence> sequences, CancellationToken ended)
    {
        var began = Stopwatch.GetTimestamp();
        var predictions = await _sequences.Classify(sequences, ended);
        metrics.Computed("classify", sequences.Count, Stopwatch.GetElapsedTime(began));
        metrics.Read(sequences.Sum(sequence => (long)sequence.Count));
        return [.. predictions.Zip(sequences, (prediction, sequence) => Belief.Of(prediction, sequence.Count))];
    }

    /// <summary>Lets a stream read steps from <paramref name="from"/> (0-based) up to before <paramref name="until"/>, and says what it believes then.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="part">What it reads.</param>
    /// <param name="from">The first step.</param>
    /// <param name="until">The step after the last.</param>
    /// <param name="ended">Ends it early: what was read stays read, and the belief's steps tell how far.</param>
    /// <exception cref="DataException">A step does not fit, or there is no belief after it: the stream is as it was before <paramref name="from"/>.</exception>
    public async Task<Belief> Push(Session.Hold stream, StreamPart part, int from, int until, CancellationToken ended)
    {
        var (began, before, steps) = (Stopwatch.GetTimestamp(), stream.Save(), stream.Session.Belief.Steps);
        try
        {
            await Read(stream, part, from, until, ended);
        }
        catch (DataException)
        {
            stream.Restore(before);
            throw;
        }
        finally
        {
            metrics.Read(stream.Session.Belief.Steps - steps); // fewer than were sent where it was cut off, or data.maxLength passes over the rest
        }
        metrics.Computed("push", 0, Stopwatch.GetElapsedTime(began));
        return stream.Session.Belief;
    }

    private async Task Read(Session.Hold stream, StreamPart part, int from, int until, CancellationToken ended)
    {
        try
        {
            for (int at = from, next; at < until; at = next)
            {
                next = Math.Min(at + StepsAtATime, until);
                await _streams.WaitAsync(ended);
                try
                {
                    stream.Push(part, at, next);
                }
                finally
                {
                    _streams.Release();
                }
            }
        }
        finally
        {
            stream.Believe();
        }
    }

    public void Dispose() => _streams.Dispose();
}
