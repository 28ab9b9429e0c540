using System.Diagnostics;
using Recollect.Inference;
using Recollect.Server.Models;
using Recollect.Server.Sessions;

namespace Recollect.Server;

/// <summary>Runs the model: as many computations at a time as there are cores for them, the others in turn.</summary>
internal sealed class Computing(SequenceModel model, ServerOptions options, ServerMetrics metrics) : IDisposable
{
    // What a stream reads before others have their turn, and before it is looked whether anybody still waits for it: milliseconds.
    private const int StepsAtATime = 256;

    private readonly SemaphoreSlim _cores = new(options.MaxComputing);

    /// <summary>Labels sequences.</summary>
    /// <param name="sequences">The sequences; samples are labelled together, some at a time.</param>
    /// <param name="ended">Ends it early.</param>
    /// <returns>A belief each, in their order.</returns>
    /// <exception cref="DataException">A sequence does not fit.</exception>
    public async Task<Belief[]> Classify(IReadOnlyList<WholeSequence> sequences, CancellationToken ended)
    {
        var began = Stopwatch.GetTimestamp();
        await _cores.WaitAsync(ended);
        Prediction[] predictions;
        try
        {
            predictions = sequences.All(sequence => sequence is SampleSequence)
                ? model.ClassifyBatch([.. sequences.Cast<SampleSequence>().Select(sequence => sequence.Sample)], ended)
                : [.. sequences.Select(sequence => sequence.Classify(model, ended))];
        }
        finally
        {
            _cores.Release();
        }
        metrics.Computed("classify", sequences.Count, sequences.Sum(sequence => (long)sequence.Count), Stopwatch.GetElapsedTime(began));
        return [.. predictions.Zip(sequences, (prediction, sequence) => Belief.Of(prediction, sequence.Count))];
    }

    /// <summary>Lets a stream read steps from <paramref name="from"/> (0-based) up to before <paramref name="until"/>, and says what it believes then.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="part">What it reads.</param>
    /// <param name="from">The first step.</param>
    /// <param name="until">The step after the last.</param>
    /// <param name="ended">Ends it early: what was read stays read, and the belief's steps tell how far.</param>
    /// <exception cref="DataException">A step does not fit; those before it stay read.</exception>
    public async Task<Belief> Push(Session.Hold stream, StreamPart part, int from, int until, CancellationToken ended)
    {
        var (began, at) = (Stopwatch.GetTimestamp(), from);
        try
        {
            while (at < until)
            {
                var next = Math.Min(at + StepsAtATime, until);
                await _cores.WaitAsync(ended);
                try
                {
                    stream.Push(part, at, next);
                }
                finally
                {
                    _cores.Release();
                }
                at = next;
            }
        }
        finally
        {
            stream.Believe();
        }
        metrics.Computed("push", 0, until - from, Stopwatch.GetElapsedTime(began));
        return stream.Session.Belief;
    }

    public void Dispose() => _cores.Dispose();
}
