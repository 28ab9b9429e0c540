using System.Numerics;
using System.Runtime.InteropServices;

namespace Recollect.Kernels;

/// <summary>Windows of which one state in √length is kept; on the way back, each stretch between two kept ones is run again (decision 0019).</summary>
/// <remarks>
/// Stretches are counted from the windows' ends, as <see cref="LstmStack{T}.Backward"/> counts steps. So the same kernels meet the same numbers in the same order as where every state is kept, and
/// gradients are equal bit for bit. Windows that are read elsewhere than at their ends, and those no longer than a stretch, keep every state.
/// </remarks>
/// <typeparam name="T">The number.</typeparam>
/// <param name="wanted">Whether anything is to be run again; else every state of every window is kept.</param>
internal sealed unsafe class Recomputation<T>(bool wanted)
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly List<GradientWindow> _kept = [];
    private GradientWindow[] _windows = [], _stretches = [];
    private int[] _places = [];  // of a window among those that run again; −1 for the others
    private int[] _before = [];  // steps before the stretch at hand
    private int[] _lengths = []; // steps of it, where they run again
    private int _count, _again, _stretch, _firstSlot;
    private WindowSlots? _slots;
    private StepSource<T>? _source;
    private AdjointFlow<T>? _flow;

    /// <summary>Slots that a stretch takes beside those of what <see cref="Plan"/> keeps.</summary>
    public long Slots => _again * (_stretch + 1L);

    /// <summary>Chooses which windows run again, and says what is to be kept for that.</summary>
    /// <param name="windows">The windows.</param>
    /// <param name="readInside">Whether anything reads a window's states elsewhere than at its end.</param>
    /// <returns>All states of some windows; of the others those between stretches, each as a window without a step.</returns>
    public ReadOnlySpan<GradientWindow> Plan(ReadOnlySpan<GradientWindow> windows, Func<int, bool> readInside)
    {
        MakeRoom(windows);
        var longest = 0;
        for (var w = 0; w < _count && wanted; w++)
            longest = readInside(w) ? longest : Math.Max(longest, windows[w].Length);
        (_stretch, _again) = (Recomputation.StretchOf(longest), 0);
        _kept.Clear();
        for (var w = 0; w < _count; w++)
        {
            var again = windows[w].Length > _stretch && wanted && !readInside(w);
            _places[w] = again ? _again++ : -1;
            if (again)
                KeepBetweenStretches(windows[w]);
            else
                _kept.Add(windows[w]);
        }
        return CollectionsMarshal.AsSpan(_kept);
    }

    /// <summary>The most slots that a row takes, those of a stretch among them: what <see cref="Plan"/> comes to.</summary>
    /// <param name="steps">The row's steps.</param>
    /// <param name="ends">Lengths of its windows that are read at their ends alone.</param>
    /// <param name="inside">Lengths of the others.</param>
    /// <param name="ring">As for <see cref="WindowSlots.Plan"/>.</param>
    public long SlotsOf(int steps, IReadOnlyCollection<int> ends, IReadOnlyCollection<int> inside, int ring)
    {
        var stretch = wanted ? Recomputation.StretchOf(ends.DefaultIfEmpty().Max()) : int.MaxValue;
        int[] again = [.. ends.Where(length => length > stretch)];
        var kept = again.SelectMany(length => Enumerable.Repeat(0, Recomputation.StretchesOf(length, stretch) + 1)).Concat(ends.Where(length => length <= stretch)).Concat(inside);
        return WindowSlots.MostOf(steps, kept, ring) + again.Length * (stretch + 1L);
    }

    /// <summary>Does what <see cref="LstmStack{T}.Backward"/> does, running again what was not kept.</summary>
    /// <param name="stack">The stack, which ran forwards with the same weights.</param>
    /// <param name="store">What it left; <see cref="Slots"/> slots behind <see cref="WindowSlots.Most"/> are this one's.</param>
    /// <param name="slots">Where what <see cref="Plan"/> keeps is.</param>
    /// <param name="source">What the bottom layer read.</param>
    /// <param name="flow">What comes from above and goes below, or null.</param>
    public void Backward(LstmStack<T> stack, StateStore<T> store, WindowSlots slots, StepSource<T> source, AdjointFlow<T>? flow)
    {
        var windows = _windows.AsSpan(0, _count);
        if (_again == 0)
        {
            stack.Backward(store, slots, source, windows, flow);
            return;
        }
        (_slots, _source, _flow, _firstSlot) = (slots, source, flow, checked((int)slots.Most));
        var (places, steps, shifted) = (new StretchSlots(this), new StretchSteps(this), flow is null ? null : new StretchFlow(this));
        var longest = 0;
        foreach (var window in windows)
            longest = Math.Max(longest, window.Length);
        for (var done = 0; done < longest; done += _stretch)
        {
            if (Turn(done, store) is > 0 and var most)
                stack.Forward(store, places, steps, _lengths.AsSpan(0, _count), 0, most);
            stack.Backward(store, places, steps, _stretches.AsSpan(0, _count), shifted, done, done + _stretch);
        }
        (_slots, _source, _flow) = (null, null, null);
    }

    private void MakeRoom(ReadOnlySpan<GradientWindow> windows)
    {
        _count = windows.Length;
        if (_windows.Length < _count)
            (_windows, _stretches, _places, _before, _lengths) = (new GradientWindow[_count], new GradientWindow[_count], new int[_count], new int[_count], new int[_count]);
        windows.CopyTo(_windows);
    }

    private void KeepBetweenStretches(GradientWindow window)
    {
        for (var step = window.End; step > window.Start; step -= _stretch)
            _kept.Add(new GradientWindow(window.Row, step, step));
        _kept.Add(new GradientWindow(window.Row, window.Start, window.Start));
    }

    // The stretch that ends `done` steps before the windows' ends: each window is a row of it, whose steps are counted from the stretch's first one. Returns the most steps that run again.
    private int Turn(int done, StateStore<T> store)
    {
        var most = 0;
        for (var w = 0; w < _count; w++)
        {
            var window = _windows[w];
            var steps = Math.Clamp(window.Length - done, 0, _stretch);
            _before[w] = window.End - done - steps;
            _stretches[w] = new GradientWindow(w, steps + done - window.Length, steps + done); // so that a step's number is its end less what is done
            _lengths[w] = _places[w] < 0 ? 0 : steps;
            if (_lengths[w] > 0)
                store.Copy(_slots!.Of(window.Row, _before[w]), store, SlotOf(w, 0));
            most = Math.Max(most, _lengths[w]);
        }
        return most;
    }

    // One step's windows side by side.
    private int SlotOf(int window, int step) => _firstSlot + step * _again + _places[window];

    private sealed class StretchSlots(Recomputation<T> owner) : StepSlots
    {
        public override int Of(int row, int step) =>
            owner._places[row] < 0 ? owner._slots!.Of(owner._windows[row].Row, owner._before[row] + step) : owner.SlotOf(row, step);
    }

    private sealed class StretchSteps(Recomputation<T> owner) : StepSource<T>
    {
        public override int Token(int row, int step) => owner._source!.Token(owner._windows[row].Row, owner._before[row] + step);

        public override T* Values(int row, int step) => owner._source!.Values(owner._windows[row].Row, owner._before[row] + step);
    }

    private sealed class StretchFlow(Recomputation<T> owner) : AdjointFlow<T>
    {
        public override bool ReachesInputs => owner._flow!.ReachesInputs;

        public override T* OfOutput(int window, int step) => owner._flow!.OfOutput(window, owner._before[window] + step);

        public override T* OfInput(int window, int step) => owner._flow!.OfInput(window, owner._before[window] + step);
    }
}

/// <summary>How windows are cut for being run again, on either engine.</summary>
internal static class Recomputation
{
    /// <summary>Steps of a stretch of windows of up to <paramref name="longest"/> steps: as many as there are stretches, which together takes the least room.</summary>
    public static int StretchOf(int longest) => (int)Math.Ceiling(Math.Sqrt(longest));

    /// <summary>Stretches of a window.</summary>
    public static int StretchesOf(int length, int stretch) => (length + stretch - 1) / stretch;
}
