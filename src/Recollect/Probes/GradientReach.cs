using System.Numerics;
using Recollect.Networks;
using Recollect.Runs;
using Recollect.Sequences;
using static TorchSharp.torch;

namespace Recollect.Probes;

/// <summary>Measures how far back learning reaches: ∂L/∂s_t of each row's own supervised loss, through all steps, whatever the recipe cuts (decision 0016).</summary>
/// <remarks>
/// s_t is the whole state, of every layer: of an LSTM h_t and c_t, since what it learns over a distance flows through both. A first pass without a graph keeps the state before each of many short stretches. Then, from the last stretch to the
/// first, a stretch is run again with a graph, and the adjoint of its end becomes that of its start: memory grows with the stretches' number and not with the steps in them.
/// </remarks>
internal sealed class GradientReach
{
    private const int MostRows = 64, MostDistances = 128;

    // 64 rows of 4,096 steps, 16 of 16,384: a graph of 2^18 steps, which libtorch takes seconds for.
    private const int MostSteps = 1 << 18;

    // A row takes about as long as training on one, through all its steps, does by libtorch: the probe is to be small against the training.
    private const int TrainedRowsForOne = 16;

    private readonly RecurrentClassifier _network;
    private readonly StepTensor _steps;
    private readonly int[] _lengths; // descending, so that the rows which have begun are the first ones
    private readonly int[] _places;  // distances from the end, descending: between two of them lies a stretch
    private readonly RecurrentState[] _before; // the state before each stretch, of the rows that have begun
    private readonly double[] _sums;
    private readonly int[] _distances;

    private GradientReach(RecurrentClassifier network, SequenceSet set, int[] rows, int numbers)
    {
        _network = network;
        _steps = new StepTensor(Batch.Of(set, [.. rows.OrderByDescending(set.LengthOf)]), network.Like);
        _lengths = _steps.Batch.Lengths;
        _distances = Distances(_lengths[0]);
        _places = Places(_distances, _lengths, numbers / (network.Recurrence.Layers * network.Recurrence.Width));
        _before = new RecurrentState[_places.Length - 1];
        _sums = new double[_distances.Length];
    }

    /// <summary>The rows that are measured: at most 64, evenly spread; fewer of long ones, and at most one for every 16 that were trained on; but at least one.</summary>
    /// <param name="set">The split.</param>
    /// <param name="trained">Rows that the training took, each as often as it was taken.</param>
    public static int[] RowsOf(SequenceSet set, long trained)
    {
        int[] rows = [.. Spread(set.Count, (int)Math.Clamp(trained / TrainedRowsForOne, 1, MostRows))];
        return [.. Spread(rows.Length, Math.Max(1, MostSteps / rows.Max(set.LengthOf))).Select(place => rows[place])];
    }

    /// <summary>Measures <paramref name="rows"/> of <paramref name="set"/>.</summary>
    /// <param name="network">The network; its dropout is off.</param>
    /// <param name="set">The split.</param>
    /// <param name="split">Its name.</param>
    /// <param name="rows">Labelled rows.</param>
    /// <param name="interrupted">Whether to stop.</param>
    /// <param name="numbers">Rows × steps × layers × width of a stretch: what a graph holds at once, a few hundred bytes each; larger stretches are slower too.</param>
    /// <returns>Null where it was interrupted, and for a Transformer, which has no s_t.</returns>
    public static GradientProbe? Of(
        RecurrentClassifier network, SequenceSet set, DataSplit split, int[] rows, Func<bool> interrupted, int numbers = 1 << 16)
    {
        if (network.Encoder is not null)
            return null;
        using var scope = NewDisposeScope();
        var reach = new GradientReach(network, set, rows, numbers);
        if (reach.Forward(interrupted) is not { } end || !reach.Backward(end, interrupted))
            return null;
        return new GradientProbe
        {
            Split = split,
            Rows = rows.Length,
            Distances = reach._distances,
            Norms = [.. reach._sums.Select((sum, i) => sum / reach._lengths.Count(length => length > reach._distances[i]))],
        };
    }

    /// <summary>0, and from 1 on evenly in their logarithm, to the first step of a row of <paramref name="steps"/> steps.</summary>
    internal static int[] Distances(int steps)
    {
        var points = MostDistances - 1;
        var all = steps <= MostDistances
            ? Enumerable.Range(0, steps)
            : Enumerable.Range(0, points).Select(i => (int)Math.Round(Math.Pow(steps - 1, (double)i / (points - 1)))).Prepend(0).Distinct();
        return [.. all];
    }

    private static IEnumerable<int> Spread(int count, int most) =>
        count <= most ? Enumerable.Range(0, count) : Enumerable.Range(0, most).Select(i => (int)((long)i * count / most));

    /// <summary>Where stretches begin and end, in steps before the end, descending to 0: every distance that is asked for, every row's beginning, and as many between as keep a stretch small.</summary>
    /// <param name="distances">The distances.</param>
    /// <param name="lengths">The rows' lengths.</param>
    /// <param name="rowSteps">Rows × steps of a stretch, at most, if it has more than one step.</param>
    internal static int[] Places(int[] distances, int[] lengths, int rowSteps)
    {
        var fixedPlaces = distances.Concat(lengths).Distinct().OrderDescending().ToArray();
        var places = new List<int>();
        foreach (var (from, to) in fixedPlaces.Zip(fixedPlaces.Skip(1)))
        {
            var most = Math.Max(1, rowSteps / Begun(lengths, from));
            for (var place = from; place > to; place -= PowerOfTwo(Math.Min(most, place - to)))
                places.Add(place);
        }
        return [.. places, 0];
    }

    // libtorch keeps what it compiles for every number of steps that it meets, some 100 kB each: stretches of few numbers.
    private static int PowerOfTwo(int most) => 1 << BitOperations.Log2((uint)most);

    // Rows that have a state so many steps before their end.
    private static int Begun(int[] lengths, int distance) => lengths.Count(length => length >= distance);

    private RecurrentState? Forward(Func<bool> interrupted)
    {
        using var _ = no_grad();
        var state = _network.Recurrence.ZeroState(0);
        for (var i = 0; i < _before.Length; i++)
        {
            if (interrupted())
                return null;
            if (Begun(_lengths, _places[i]) - state.Rows is > 0 and var joining)
                state = RecurrentState.Concatenate([state, _network.Recurrence.ZeroState(joining)]);
            _before[i] = state;
            using var scope = NewDisposeScope();
            state = Through(i, state).MoveToOuterScope();
        }
        return state;
    }

    private bool Backward(RecurrentState end, Func<bool> interrupted)
    {
        var adjoint = OfLoss(end);
        Count(0, adjoint);
        for (var i = _before.Length - 1; i >= 0; i--)
        {
            if (interrupted())
                return false;
            using var scope = NewDisposeScope();
            var start = _before[i].Leaf();
            var found = autograd.grad(Parts(Through(i, start)), Parts(start), Parts(adjoint));
            var reached = new RecurrentState(found[0], found.Count > 1 ? found[1] : null);
            // A row that begins here began at zero: nothing lies before it.
            var before = reached.Slice(0, _lengths.Count(length => length > _places[i]));
            Count(_places[i], before);
            (adjoint, var left) = (before.MoveToOuterScope(), adjoint);
            left.Free();
            _before[i].Free();
        }
        return true;
    }

    // Each row's own loss, and not the mean: the adjoint of a row does not depend on how many there are. No cell state is read here.
    private RecurrentState OfLoss(RecurrentState end)
    {
        using var scope = NewDisposeScope();
        var start = end.Leaf();
        var labels = tensor(_steps.Batch.Labels.Select(label => (long)label).ToArray(), device: end.Hidden.device);
        var loss = nn.functional.cross_entropy(_network.Classify(start.Output), labels, reduction: nn.Reduction.Sum);
        return new RecurrentState(autograd.grad([loss], [start.Hidden])[0], start.Cell is { } cell ? zeros_like(cell) : null).MoveToOuterScope();
    }

    private RecurrentState Through(int stretch, RecurrentState start)
    {
        var (from, to) = (_places[stretch], _places[stretch + 1]);
        int[] rows = [.. Enumerable.Range(0, (int)start.Rows)];
        return _network.Run(_steps.Gather(rows, Array.ConvertAll(rows, row => _lengths[row] - from + 1), 1, from - to), start).End;
    }

    private void Count(int distance, RecurrentState adjoint)
    {
        if (Array.BinarySearch(_distances, distance) is >= 0 and var place)
        {
            using var scope = NewDisposeScope();
            // In float32 a square would vanish long before its root.
            var squares = Parts(adjoint).Select(part => part.to(ScalarType.Float64)).Select(part => (part * part).sum([0, 2])).Aggregate(TensorNumber.Plus);
            _sums[place] = TensorNumber.Of(squares.sqrt().sum());
        }
    }

    private static Tensor[] Parts(RecurrentState state) => state.Cell is { } cell ? [state.Hidden, cell] : [state.Hidden];
}
