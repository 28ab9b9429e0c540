using Recollect.Inference;
using Recollect.Server.Models;

namespace Recollect.Server;

/// <summary>Whole sequences in their turn, a thread a core; those that wait meanwhile are read together, as rows of one computation, which share the reading of the weights.</summary>
/// <remarks>Nobody waits for others to come: a sequence that finds a core free is read at once, by itself. Decision 0025.</remarks>
/// <param name="model">The model.</param>
/// <param name="cores">How many computations there are at a time, at least 1.</param>
/// <param name="together">Is told of every computation of how many requests it is.</param>
internal sealed class SequenceTurns(SequenceModel model, int cores, Action<int> together)
{
    // Rows of one computation: so many that more gain little, and that each still ends soon.
    private const int MostRows = 16;

    // Who is read together with a longer sequence waits for its end: the longest has no more than so many times the steps of the shortest.
    private const int MostTimesLonger = 2;

    private readonly LinkedList<Turn> _waiting = [];
    private int _free = cores;

    /// <summary>Labels sequences, at once or when a core is free.</summary>
    /// <param name="sequences">The sequences of one request.</param>
    /// <param name="ended">Nobody waits for the answer any more: it is not computed, or no further.</param>
    /// <returns>One prediction a sequence, in their order.</returns>
    /// <exception cref="DataException">A sequence does not fit; other requests do not notice.</exception>
    public async Task<Prediction[]> Classify(IReadOnlyList<WholeSequence> sequences, CancellationToken ended)
    {
        var turn = new Turn(sequences, ended);
        using var gone = ended.UnsafeRegister(_ => Leave(turn), null);
        if (TakesCore(turn))
            ThreadPool.UnsafeQueueUserWorkItem(static start => start.Turns.Work([start.First]), (Turns: this, First: turn), preferLocal: true);
        return await turn.Answer.Task;
    }

    // Whether a core was free; else it waits, unless it has left already.
    private bool TakesCore(Turn turn)
    {
        lock (_waiting)
        {
            if (turn.Answer.Task.IsCompleted)
                return false;
            if (_free == 0)
            {
                _waiting.AddLast(turn.Place);
                return false;
            }
            _free--;
            return true;
        }
    }

    private void Leave(Turn turn)
    {
        lock (_waiting)
        {
            if (turn.Place.List is not null)
                _waiting.Remove(turn.Place);
            turn.Answer.TrySetCanceled(turn.Ended);
        }
    }

    // On a core, until nobody waits.
    private void Work(List<Turn> turns)
    {
        while (turns.Count > 0)
        {
            Compute(turns);
            lock (_waiting)
            {
                turns = Next();
                if (turns.Count == 0)
                    _free++;
            }
        }
    }

    // Who has waited longest, and those of similar length.
    private List<Turn> Next()
    {
        var next = new List<Turn>();
        var (shortest, longest) = (int.MaxValue, 0);
        for (var place = _waiting.First; place is not null && next.Count < MostRows && (next.Count == 0 || next[0].MayJoin);)
        {
            var (turn, following) = (place.Value, place.Next);
            var (least, most) = (Math.Min(shortest, turn.Longest), Math.Max(longest, turn.Longest));
            if (next.Count == 0 || (turn.MayJoin && most <= (long)MostTimesLonger * least))
            {
                (shortest, longest) = (least, most);
                _waiting.Remove(place);
                next.Add(turn);
            }
            place = following;
        }
        return next;
    }

    private void Compute(List<Turn> turns)
    {
        try
        {
            together(turns.Count);
            if (turns is [var only])
                only.Answer.TrySetResult(only.Classify(model, only.Ended));
            else
                ComputeTogether(turns);
        }
        catch (Exception) when (turns.Count > 1)
        {
            Separate(turns);
        }
        catch (OperationCanceledException)
        {
            turns[0].Answer.TrySetCanceled(turns[0].Ended);
        }
        catch (Exception fault)
        {
            turns[0].Answer.TrySetException(fault);
        }
    }

    // Whose fault it is shows when each is read by itself.
    private void Separate(List<Turn> turns)
    {
        lock (_waiting)
        {
            foreach (var turn in Enumerable.Reverse(turns).Where(turn => !turn.Answer.Task.IsCompleted))
            {
                turn.MayJoin = false;
                _waiting.AddFirst(turn.Place);
            }
        }
    }

    private void ComputeTogether(List<Turn> turns)
    {
        var left = turns.Count;
        using var nobody = new CancellationTokenSource();
        var registrations = turns.ConvertAll(turn => turn.Ended.UnsafeRegister(_ =>
        {
            if (Interlocked.Decrement(ref left) == 0)
                nobody.Cancel();
        }, null));
        try
        {
            var predictions = model.ClassifyBatch([.. turns.Select(turn => ((SampleSequence)turn.Sequences[0]).Sample)], nobody.Token);
            foreach (var (turn, prediction) in turns.Zip(predictions))
                turn.Answer.TrySetResult([prediction]);
        }
        finally
        {
            registrations.ForEach(registration => registration.Dispose());
        }
    }

    /// <summary>The sequences of one request, and its answer.</summary>
    private sealed class Turn
    {
        public Turn(IReadOnlyList<WholeSequence> sequences, CancellationToken ended)
        {
            (Sequences, Ended, Longest, MayJoin) = (sequences, ended, sequences.Max(sequence => sequence.Count), sequences is [SampleSequence]);
            Place = new LinkedListNode<Turn>(this);
        }

        public IReadOnlyList<WholeSequence> Sequences { get; }

        public CancellationToken Ended { get; }

        public LinkedListNode<Turn> Place { get; }

        public TaskCompletionSource<Prediction[]> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <summary>Steps of the longest sequence.</summary>
        public int Longest { get; }

        /// <summary>Whether it may be read together with others.</summary>
        public bool MayJoin { get; set; }

        public Prediction[] Classify(SequenceModel model, CancellationToken ended) => Sequences.All(sequence => sequence is SampleSequence)
            ? model.ClassifyBatch([.. Sequences.Cast<SampleSequence>().Select(sequence => sequence.Sample)], ended)
            : [.. Sequences.Select(sequence => sequence.Classify(model, ended))];
    }
}
