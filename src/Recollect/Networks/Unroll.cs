using static TorchSharp.torch;

namespace Recollect.Networks;

/// <summary>Runs the main network over a batch: once without a graph, to the constant states before the windows, and with a graph inside each.</summary>
public static class Unroll
{
    // Steps embedded at once outside windows: bounds memory whatever the length, and is long enough for a call's cost to vanish.
    internal const int Chunk = 256;

    /// <summary>The constant state before each window, in the order of <paramref name="windows"/>, in one pass over the steps.</summary>
    /// <returns>A state of as many rows as there are windows.</returns>
    public static RecurrentState StatesBefore(RecurrentClassifier network, StepTensor steps, IReadOnlyList<Window> windows)
    {
        using var _ = no_grad();
        using var scope = NewDisposeScope();
        var state = network.Recurrence.ZeroState(steps.Batch.Rows);
        var marks = Enumerable.Range(0, windows.Count).GroupBy(i => windows[i].Start).OrderBy(mark => mark.Key);
        var parts = new List<RecurrentState>();
        var order = new List<int>();
        var done = 0;
        foreach (var mark in marks)
        {
            for (; done < mark.Key; done += Math.Min(Chunk, mark.Key - done))
                state = Forward(network, steps, done, Math.Min(Chunk, mark.Key - done), state);
            parts.Add(state.Select(Index(mark.Select(i => windows[i].Row), network.Like)));
            order.AddRange(mark);
        }
        return RecurrentState.Concatenate(parts).Select(Inverse(order, network.Like)).MoveToOuterScope();
    }

    /// <summary>The state at each window's end, with a graph through the window's steps.</summary>
    /// <param name="network">The main network.</param>
    /// <param name="steps">The batch.</param>
    /// <param name="windows">One window a row of the result; lengths may differ.</param>
    /// <param name="before">What <see cref="StatesBefore"/> gave for them.</param>
    public static RecurrentState Through(RecurrentClassifier network, StepTensor steps, IReadOnlyList<Window> windows, RecurrentState before)
    {
        // Left-aligned; a row leaves when its window ends, so that no row ever computes on another's padding.
        var parts = new List<RecurrentState>();
        var order = new List<int>();
        var active = Enumerable.Range(0, windows.Count).ToArray();
        var state = before;
        var done = 0;
        foreach (var length in windows.Select(w => w.Length).Distinct().Order())
        {
            if (length > done)
            {
                var rows = Array.ConvertAll(active, i => windows[i].Row);
                var first = Array.ConvertAll(active, i => windows[i].Start + done + 1);
                state = network.Run(steps.Gather(rows, first, 1, length - done), state).End;
                done = length;
            }
            var ending = active.Where(i => windows[i].Length == length).ToArray();
            order.AddRange(ending);
            if (ending.Length == active.Length)
            {
                parts.Add(state);
                break;
            }
            var place = Enumerable.Range(0, active.Length).ToLookup(p => windows[active[p]].Length == length);
            parts.Add(state.Select(Index(place[true], network.Like)));
            state = state.Select(Index(place[false], network.Like));
            active = [.. active.Where(i => windows[i].Length != length)];
        }
        return parts.Count == 1 ? parts[0] : RecurrentState.Concatenate(parts).Select(Inverse(order, network.Like));
    }

    // Disposes of the state that it leaves: whole batches' states would add up over a long row, or over an anchor a row.
    private static RecurrentState Forward(RecurrentClassifier network, StepTensor steps, int done, int count, RecurrentState state)
    {
        using var scope = NewDisposeScope();
        var end = network.Run(steps.Steps(done, count), state).End.MoveToOuterScope();
        state.Free();
        return end;
    }

    /// <summary>Row numbers as a tensor. // [R]</summary>
    internal static Tensor Index(IEnumerable<int> rows, Tensor like) => tensor(rows.Select(r => (long)r).ToArray(), device: like.device);

    /// <summary>Where <paramref name="order"/>[p] is the window at place p: at which place each window is. // [R]</summary>
    internal static Tensor Inverse(IReadOnlyList<int> order, Tensor like)
    {
        var place = new long[order.Count];
        for (var p = 0; p < place.Length; p++)
            place[order[p]] = p;
        return tensor(place, device: like.device);
    }
}
