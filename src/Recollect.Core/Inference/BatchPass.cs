using System.Runtime.ExceptionServices;
using Recollect.Kernels;
using Recollect.Sequences;

namespace Recollect.Inference;

/// <summary>The steps of one sample: tokens, or reals.</summary>
/// <param name="Tokens">The tokens; empty for reals. // [T]</param>
/// <param name="Reals">The reals; empty for tokens. // [T, D]</param>
/// <param name="Count">T.</param>
internal readonly record struct SampleSteps(int[] Tokens, float[] Reals, int Count);

/// <summary>Whole sequences from beginning to end, some rows at a time, the longest first; no row is padded.</summary>
/// <param name="model">The model.</param>
/// <param name="samples">The rows.</param>
/// <param name="cancellationToken">Ends it early.</param>
internal sealed unsafe class BatchPass(SequenceModel model, SampleSteps[] samples, CancellationToken cancellationToken)
{
    // Rows that one thread steps together: whole tiles, whose gates stay in the second cache.
    private const int MostRows = 4 * KernelSet.TileRows;

    private const int StepsBetweenLooks = 256; // at the cancellation

    private readonly Prediction[] _predictions = new Prediction[samples.Length];

    /// <summary>Classifies the rows, and gives the predictions in their order.</summary>
    /// <exception cref="OperationCanceledException">It was ended early.</exception>
    /// <exception cref="DataException">A step is no token of the model's, or a state or logit is not finite.</exception>
    public Prediction[] Run()
    {
        int[] order = [.. Enumerable.Range(0, samples.Length)];
        Array.Sort(Array.ConvertAll(samples, sample => -sample.Count), order);
        var threads = model.Options.Threads;
        var size = Math.Clamp((samples.Length + threads - 1) / threads, 1, MostRows);
        var groups = (samples.Length + size - 1) / size;
        if (groups == 1)
            RunGroup(order);
        else if (groups > 1)
            RunGroups(order, groups, size);
        return _predictions;
    }

    private void RunGroups(int[] order, int groups, int size)
    {
        try
        {
            Parallel.For(0, groups, new ParallelOptions { MaxDegreeOfParallelism = model.Options.Threads, CancellationToken = cancellationToken }, group => RunGroup(order.AsSpan(group * size, Math.Min(size, order.Length - group * size))));
        }
        catch (AggregateException faults) when (faults.InnerExceptions.OfType<DataException>().FirstOrDefault() is { } fault)
        {
            ExceptionDispatchInfo.Throw(fault); // whichever thread met it
        }
    }

    private void RunGroup(ReadOnlySpan<int> rows)
    {
        using var states = new ForwardStates<float>(model.Stack, rows.Length);
        using var room = new HeadRoom<float>(model.Head, rows.Length);
        var width = model.Format.Width;
        using var values = new NativeArray<float>(model.Format.Kind == StepKind.Reals ? (long)rows.Length * width : 0);
        var running = rows.Length;
        for (var step = 0; step < samples[rows[0]].Count; step++)
        {
            if (step % StepsBetweenLooks == 0)
                cancellationToken.ThrowIfCancellationRequested();
            while (samples[rows[running - 1]].Count <= step)
                running--;
            for (var i = 0; i < running; i++)
            {
                if (model.Format.Kind == StepKind.Tokens)
                {
                    states.Read[i] = model.Stack.Layers[0].RowOf(samples[rows[i]].Tokens[step]);
                    continue;
                }
                states.Read[i] = values.Pointer + (long)i * width;
                samples[rows[i]].Reals.AsSpan(step * width, width).CopyTo(new Span<float>(states.Read[i], width));
            }
            model.Stack.Step(states, running);
        }
        for (var i = 0; i < rows.Length; i++)
            room.Read[i] = states.Output(model.Architecture.Layers - 1, i, samples[rows[i]].Count);
        for (var i = 0; i < rows.Length; i++)
            Prediction.RefuseInfinite(new ReadOnlySpan<float>(room.Read[i], model.Architecture.Hidden), "The state at the sequence's end");
        model.Head.Apply(rows.Length, room);
        for (var i = 0; i < rows.Length; i++)
            _predictions[rows[i]] = new Prediction(model.Classes, new ReadOnlySpan<float>(room.Outputs[i], model.Classes.Count));
        GC.KeepAlive(model);
    }
}
