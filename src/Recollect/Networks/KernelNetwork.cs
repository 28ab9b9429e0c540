using System.Numerics;
using Recollect.Kernels;
using Recollect.Sequences;
using static TorchSharp.torch;

namespace Recollect.Networks;

/// <summary>The main network on Recollect's own kernels: the same weights as the modules', which stay their owners.</summary>
internal abstract class KernelNetwork : IDisposable
{
    /// <summary>The largest vocabulary for which kernels are no slower than libtorch by more than a tenth even where tokens hardly repeat (docs/performance.md, V): what is folded must fit the caches.</summary>
    internal const int LargestVocabulary = 16_384;

    /// <summary>The kernels for <paramref name="network"/>, or null where libtorch computes it, layers that are on kernels by themselves apart: another cell than the LSTM, a GPU, the recipe's wish, or where it is faster.</summary>
    /// <exception cref="RecipeException">The recipe asks for kernels where they do not serve.</exception>
    internal static KernelNetwork? Of(RecurrentClassifier network)
    {
        var (engine, like) = (network.Options.Engine, network.Like);
        var serves = network.Options is { Cell: CellKind.Lstm, Input: InputKind.Embedded } && like.device_type == TorchSharp.DeviceType.CPU;
        if (engine == EngineKind.Kernels && !serves && network is not { Encoder: null, Recurrence.ByKernels: true })
        {
            throw new RecipeException($"model.engine: found kernels for cell {network.Options.Cell.ToString().ToLowerInvariant()} on device {like.device}; "
                + "they serve the LSTM with embedded steps, and the uRNN, on a CPU. Expected auto or libtorch here.");
        }
        var large = network.Format.Kind == StepKind.Tokens && network.Format.Width > LargestVocabulary;
        return like.dtype switch
        {
            _ when engine == EngineKind.Libtorch || !serves || (engine == EngineKind.Auto && large) => null,
            ScalarType.Float32 when engine == EngineKind.Kernels || KernelSet.IsFast => new KernelNetwork<float>(network),
            ScalarType.Float64 when engine == EngineKind.Kernels => new KernelNetwork<double>(network), // for checking gradients
            _ => null,
        };
    }

    /// <summary>Lets one thread at a time compute: the kernels' buffers are used again from batch to batch.</summary>
    internal Lock Gate { get; } = new();

    /// <summary>The logarithm of each class's probability, for every row. // [B][C]</summary>
    public abstract double[][] LogProbabilities(Batch batch);

    /// <summary>The memory that <see cref="LogProbabilities"/> takes for so many rows, bytes.</summary>
    public abstract long BytesFor(int rows, int steps);

    /// <inheritdoc/>
    public abstract void Dispose();
}

/// <summary>The main network on kernels for one type of number.</summary>
/// <typeparam name="T">float or double.</typeparam>
internal sealed unsafe class KernelNetwork<T> : KernelNetwork
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly RecurrentClassifier _network;
    private readonly NativeArray<T> _reals = new();
    private readonly ArraySource<T> _steps = new();
    private readonly WeightCopy _packed = new();
    private bool _ended;

    internal KernelNetwork(RecurrentClassifier network)
    {
        _network = network;
        Kernels = KernelSet.Best<T>();
        Team = new Team(get_num_threads());
        var options = network.Options;
        Stack = new LstmStack<T>(Kernels, Team, new StackShape(
            network.Format.Kind == StepKind.Tokens ? LayerInput.Tokens : LayerInput.Reals, network.Format.Width, options.Embedding, options.Hidden, options.Layers,
            options.Gates == GateKind.Refined));
        Classifier = new StepHead<T>(Kernels, Team, new HeadShape(options.Hidden, options.HeadUnits, network.Classes, Softmax: true));
        Store = new StateStore<T>(options.Layers, Stack.Layout);
    }

    /// <summary>The loops.</summary>
    public KernelSet<T> Kernels { get; }

    /// <summary>The threads: as many as libtorch used when the network was first asked for its kernels.</summary>
    public Team Team { get; }

    /// <summary>The recurrence.</summary>
    public LstmStack<T> Stack { get; }

    /// <summary>The label head.</summary>
    public StepHead<T> Classifier { get; }

    /// <summary>Where gradients go.</summary>
    public GradientRoom Gradients { get; } = new();

    /// <summary>The states of a batch.</summary>
    public StateStore<T> Store { get; }

    /// <summary>Where those states are.</summary>
    public WindowSlots Slots { get; } = new();

    /// <summary>The probability of dropping a unit of the classifier's second layer.</summary>
    public double Dropout => _network.Options.Dropout;

    /// <summary>The number of the top layer.</summary>
    public int Top => Stack.Shape.Layers - 1;

    /// <summary>Takes over the modules' weights for a batch whose gradients are wanted, and forgets those of the batch before.</summary>
    public void Begin(Batch batch)
    {
        _packed.Forget(); // an update has changed them
        Pack();
        Prepare(batch);
        Stack.ClearSums();
        Classifier.ClearSums();
    }

    /// <summary>The steps of <paramref name="batch"/>, until the next batch.</summary>
    public ArraySource<T> StepsOf(Batch batch)
    {
        if (batch.Format.Kind == StepKind.Tokens)
            return _steps.Set(batch.TokenRoom, batch.Rows);
        var reals = batch.Reals;
        var values = _reals.Ensure(reals.Length);
        if (typeof(T) == typeof(float))
            reals.CopyTo(new Span<float>(values, reals.Length));
        for (var i = 0; typeof(T) != typeof(float) && i < reals.Length; i++)
            values[i] = T.CreateTruncating(reals[i]);
        return _steps.Set(values, batch.Rows, batch.Format.Width);
    }

    /// <summary>Runs every row to its last step in <paramref name="lengths"/>, from zero; states are left in <see cref="Store"/>, which has <paramref name="more"/> slots behind them.</summary>
    public void Forward(ArraySource<T> steps, WindowSlots slots, int[] lengths, long more = 0)
    {
        Store.Ensure(slots.Most + more);
        for (var row = 0; row < lengths.Length; row++)
            Store.Zero(slots.Of(row, 0));
        Stack.Forward(Store, slots, steps, lengths, 0, lengths.Max());
    }

    /// <summary>The memory of the weights as kernels read them, and of their sums, bytes.</summary>
    public long Bytes => Stack.Bytes + Classifier.Bytes;

    /// <summary>The memory that a batch takes beside that, bytes.</summary>
    /// <param name="rows">Rows.</param>
    /// <param name="steps">Steps of the longest.</param>
    /// <param name="windows">The lengths of each row's windows.</param>
    /// <param name="slotsOfRow">The slots of each row's states.</param>
    public long BytesFor(int rows, int steps, int[] windows, long slotsOfRow)
    {
        var slots = rows * slotsOfRow;
        var reals = _network.Format.Kind == StepKind.Reals ? (long)rows * steps * _network.Format.Width * sizeof(T) : 0;
        return Store.BytesFor(slots) + Stack.BytesFor((long)rows * windows.Length, windows.Max()) + Classifier.BytesFor(rows) + reals + sizeof(int) * slots;
    }

    /// <inheritdoc/>
    public override long BytesFor(int rows, int steps) => BytesFor(rows, steps, [0], WindowSlots.MostOf(steps, [0], Stack.Ring));

    /// <summary>Adds the summed gradients to the recurrence's parameters.</summary>
    public void AddRecurrenceGradients() =>
        Stack.AddGradients(KernelWeights.Of<T>(_network.Recurrence, Gradients), KernelWeights.Of<T>(_network.Input, Gradients));

    /// <summary>Adds the summed gradients to the classifier's parameters.</summary>
    public void AddClassifierGradients() => Classifier.AddGradients(KernelWeights.Of<T>(_network.Classifier, Gradients));

    /// <inheritdoc/>
    public override double[][] LogProbabilities(Batch batch)
    {
        RefuseOther(batch);
        lock (Gate)
            return Classify(batch);
    }

    /// <summary>Refuses steps that this network cannot read: kernels would take what lies beside the weights.</summary>
    /// <exception cref="ArgumentException">The batch has steps of another format.</exception>
    internal void RefuseOther(Batch batch)
    {
        if (batch.Format != _network.Format)
            throw new ArgumentException($"The network reads {_network.Format}; the batch has {batch.Format}.", nameof(batch));
    }

    /// <summary>Refuses to compute in memory that is gone; under <see cref="KernelNetwork.Gate"/>.</summary>
    /// <exception cref="ObjectDisposedException">The network has ended.</exception>
    internal void RefuseEnded() => ObjectDisposedException.ThrowIf(_ended, this);

    private void Pack()
    {
        Stack.Pack(KernelWeights.Of<T>(_network.Recurrence));
        Classifier.Pack(KernelWeights.Of<T>(_network.Classifier));
    }

    private void PackOrForget()
    {
        try
        {
            Pack();
        }
        catch
        {
            _packed.Forget();
            throw;
        }
    }

    private void Prepare(Batch batch) => Stack.Prepare(KernelWeights.Of<T>(_network.Input), batch.Tokens);

    private double[][] Classify(Batch batch)
    {
        RefuseEnded();
        if (_packed.Differ(_network.parameters()))
            PackOrForget();
        Prepare(batch);
        var slots = Slots.Plan(batch.Rows, [.. batch.Lengths.Select((length, row) => new GradientWindow(row, length, length))], Stack.Ring);
        Forward(StepsOf(batch), slots, batch.Lengths);
        var rows = new ClassifiedRows(this, slots, batch.Lengths);
        Classifier.Apply(rows);
        GC.KeepAlive(this);
        return rows.LogProbabilities;
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        lock (Gate) // what is being computed ends first
        {
            _ended = true;
            Stack.Dispose();
            Classifier.Dispose();
            Store.Dispose();
            Team.Dispose();
            _reals.Dispose();
            Gradients.Dispose();
        }
    }

    private sealed class ClassifiedRows(KernelNetwork<T> network, WindowSlots slots, int[] lengths) : ScoredRows<T>
    {
        public double[][] LogProbabilities { get; } = new double[lengths.Length][];

        public override int Count => lengths.Length;

        public override T* Input(int row) => network.Store.Output(network.Top, slots.Of(row, lengths[row]));

        public override T* InputAdjoint(int row) => null;

        public override double Weight(int row) => 0;

        // In double, so that probabilities of the printed precision sum to 1.
        public override void OnOutput(int row, T* output)
        {
            var logits = new double[network.Classifier.Shape.Outputs];
            for (var c = 0; c < logits.Length; c++)
                logits[c] = double.CreateTruncating(output[c]);
            var largest = logits.Max();
            var whole = Math.Log(logits.Sum(logit => Math.Exp(logit - largest)));
            LogProbabilities[row] = Array.ConvertAll(logits, logit => logit - largest - whole);
        }
    }
}
