using Recollect.Data;
using Recollect.Losses;
using Recollect.Networks;
using Recollect.Runs;
using Recollect.Sequences;
using Recollect.Training;

namespace Recollect.Experiments;

/// <summary>The memory that a training on a CPU takes at its peak, reckoned before it begins (decision 0017).</summary>
/// <param name="Rows">Rows that are computed at a time.</param>
/// <param name="Shares">What it is made of; the first is what the process has already.</param>
internal sealed record MemoryPlan(int Rows, IReadOnlyList<MemoryShare> Shares)
{
    // What a process takes beside all that is reckoned once it computes: compiled methods, threads, the collector's room; libtorch's own kernels and threads.
    private const long Own = 6 << 20, OwnOfLibtorch = 26 << 20;

    // What the probes after the evaluation add where kernels have trained: libtorch's code and threads, graphs of short stretches and the states between them; 25 (short rows) to 68 MB (16,384 steps) as measured, of which one number must be within 20% of the whole either way.
    private const long Probes = 32 << 20;

    // Numbers of one weight: optimiser and checkpoints read its bytes as one span.
    private const int MostOfWeight = int.MaxValue / sizeof(float);

    // Bytes of a number that is imported: in the file, where it may be of 16 bits, converted, and the network's.
    private const int LeastOfImported = 2 + 2 * sizeof(float);

    private const long Megabyte = 1_000_000;

    private const string AllOfIt = ", and all of it";

    private const string OfEvaluation = "rows that are evaluated";

    // What keeping states must take more than computing them again before the latter is chosen unasked: an update then takes a fifth to a third longer (decision 0019).
    private const long WorthRecomputing = 1_000_000_000;

    /// <summary>Whether states inside long windows are computed again on the way back.</summary>
    public bool Recomputes { get; init; }

    /// <summary>The peak, bytes.</summary>
    public long Bytes { get; } = Shares.Sum(share => share.Bytes);

    /// <summary>Plans a training in this process as it is now: program, data and weights are there.</summary>
    /// <param name="task">What is trained, and on what; its network makes its kernels here, if it has any.</param>
    /// <param name="options">Optimiser, batch, pieces and phases.</param>
    /// <param name="evaluated">The sets that are evaluated; empty where updates are all that is done, and no probes follow.</param>
    /// <param name="rows">Rows that are computed at a time; null: as the options say.</param>
    /// <param name="resident">What the process holds; null: what it holds now.</param>
    /// <param name="processes">How many train together.</param>
    public static MemoryPlan Of(
        TrainingTask task, TrainingOptions options, IReadOnlyList<SequenceSet> evaluated, int? rows = null, long? resident = null, int processes = 1)
    {
        var now = resident ?? PeakMemory.ResidentBytes;
        var (batch, steps) = (Math.Min(options.Batch, task.Train.Count), LongestIn(task.Train));
        var pieces = rows ?? TrainingStep.PieceOf(batch, options.Accumulate);
        var update = PhasesOf(task, options).Select(phase => phase(pieces, steps)).MaxBy(Sum) ?? [];
        var atOnce = task.Network.Encoder is null ? options.Batch : pieces; // as TrainingStep.RowsEvaluated says
        var (read, evaluation) = (0L, Array.Empty<MemoryShare>());
        foreach (var set in evaluated.Where(set => set.Count > 0))
        {
            var (some, longest) = (Math.Min(atOnce, (set.Count + processes - 1) / processes), LongestIn(set));
            read = Math.Max(read, BatchReader.BytesFor(some, longest, set.Format));
            evaluation = new[] { evaluation, EvaluationOf(task.Network, some, longest) }.MaxBy(Sum)!;
        }
        // What is evaluated takes the place of what an update takes while it is computed.
        var lasting = update.Where(share => !share.OneAtATime);
        var passing = new[] { [.. update.Where(share => share.OneAtATime)], evaluation }.MaxBy(Sum)!;
        MemoryShare[] all =
        [
            new("program, data and weights", now + (IsByKernels(task) ? Own : OwnOfLibtorch)),
            new("gradients and optimiser", OptimizerBytes(task, options)),
            new("gradients on their way", UpdateExchange.BytesFor(processes, WeightBytes(task))),
            new("batch", BatchReader.BytesFor(pieces, steps, task.Train.Format) + read), // a piece; and rows that are evaluated
            .. lasting,
            .. passing,
            new("probes", evaluated.Count > 0 && IsByKernels(task) ? Probes : 0),
        ];
        return new MemoryPlan(pieces, [.. all.GroupBy(share => share.What).Select(same => new MemoryShare(same.Key, same.Sum(share => share.Bytes))).Where(share => share.Bytes > 0)]) { Recomputes = task.Recompute };
    }

    /// <summary>Plans a training in this process, choosing whether it recomputes where the recipe leaves that open, and refuses it where the machine, or the container, has no memory for it.</summary>
    /// <param name="task">What is trained.</param>
    /// <param name="recipe">Its resolved recipe.</param>
    /// <param name="evaluated">The sets that are evaluated.</param>
    /// <param name="machine">The machine.</param>
    /// <param name="peers">The processes; each computes its share of an update's rows.</param>
    /// <param name="sharing">How many of them share this machine's memory.</param>
    /// <exception cref="RecipeException">It does not fit.</exception>
    public static MemoryPlan Refuse(TrainingTask task, Recipe recipe, IReadOnlyList<SequenceSet> evaluated, MachineInfo machine, Peers peers, int sharing)
    {
        var resident = PeakMemory.ResidentBytes; // once: asking makes objectives, and gives them up
        var batch = peers.LargestShareOf(Math.Min(recipe.Training.Batch, task.Train.Count));
        MemoryPlan Plan(bool recompute, int rows) => Of(task with { Recompute = recompute }, recipe.Training, evaluated, rows, resident, peers.Count);
        var recompute = Recompute(recipe.Bptt.Recompute, wanted => Plan(wanted, TrainingStep.PieceOf(batch, recipe.Training.Accumulate)), IsByKernels(task), machine, sharing);
        return RefuseExcess(rows => Plan(recompute, rows), recipe, batch, machine, sharing, rows => Plan(true, rows));
    }

    /// <summary>The plan of a training that is to run on this machine in a process of its own; null on a GPU, whose memory is not reckoned.</summary>
    /// <param name="recipe">Its recipe; resolved or not.</param>
    /// <param name="data">Its data.</param>
    /// <param name="workplace">Where it will be computed.</param>
    /// <exception cref="RecipeException">It would be refused.</exception>
    public static MemoryPlan? Forecast(Recipe recipe, DataSets data, Workplace workplace)
    {
        var (task, plan) = PreparedTraining.Planned(recipe.Resolve(), data, Compute.Use(workplace), Peers.Alone, workplace.Sharing);
        task.GiveBack();
        return plan;
    }

    /// <summary>Steps of the longest row.</summary>
    public static int LongestIn(SequenceSet set) => Enumerable.Range(0, set.Count).Max(set.LengthOf);

    /// <summary>Whether states inside windows are computed again: as the recipe says, or as the plans with and without do.</summary>
    /// <param name="mode">What the recipe says.</param>
    /// <param name="plan">The plan with and without.</param>
    /// <param name="exact">Whether no bit depends on it; else it is chosen where there is no other way.</param>
    /// <param name="machine">The machine.</param>
    /// <param name="sharing">How many processes share its memory.</param>
    internal static bool Recompute(RecomputeMode mode, Func<bool, MemoryPlan> plan, bool exact, MachineInfo machine, int sharing = 1)
    {
        if (mode != RecomputeMode.Auto)
            return mode == RecomputeMode.Always;
        var (kept, recomputed) = (plan(false).Bytes, plan(true).Bytes);
        return kept > recomputed && (kept > Available(machine, sharing) || (exact && kept - recomputed > WorthRecomputing));
    }

    /// <summary>Refuses weights, of the network and its decoders, that do not fit with their gradients and averages, before any is made.</summary>
    /// <param name="format">What a step is.</param>
    /// <param name="classes">The number of labels.</param>
    /// <param name="recipe">The recipe.</param>
    /// <param name="machine">The machine.</param>
    /// <param name="sharing">How many processes share its memory.</param>
    /// <exception cref="RecipeException">They do not.</exception>
    public static void RefuseWeights(StepFormat format, int classes, Recipe recipe, MachineInfo machine, int sharing = 1)
    {
        var weights = WeightsOf(format, classes, recipe);
        var numbers = SumOf(weights);
        var (need, available) = (sizeof(float) * numbers * (2 + AveragesOf(recipe.Training)), Available(machine, sharing));
        if (need > available)
        {
            throw new RecipeException($"The network has {numbers:N0} weights{(recipe.Auxiliary.Count > 0 ? ", its decoders' among them" : "")}: with gradients and the optimiser's averages they need at least "
                + $"{Show((double)need)} of memory; {Has(machine, sharing)}{(need <= Available(machine, 1) ? $"{AllOfIt} might be" : "")}. Lower {SizesOf(recipe)}.");
        }
        if (TooLarge(weights) is { } fault)
            throw new RecipeException($"{fault} can be trained. Lower {SizesOf(recipe)}.");
    }

    /// <summary>Refuses weights of a file that do not fit as they stand there, converted, and as the network's, before any is read.</summary>
    /// <param name="file">The file, for the message.</param>
    /// <param name="format">What a step is.</param>
    /// <param name="classes">The number of labels.</param>
    /// <param name="recipe">The recipe, without decoders.</param>
    /// <param name="machine">The machine.</param>
    /// <exception cref="RecipeException">They do not.</exception>
    public static void RefuseImported(string file, StepFormat format, int classes, Recipe recipe, MachineInfo machine)
    {
        var weights = WeightsOf(format, classes, recipe);
        var (numbers, sizes) = (SumOf(weights), $"the recipe's {SizesOf(recipe)} must be as the file's network has them");
        var need = LeastOfImported * numbers;
        if (need > Available(machine, 1))
        {
            throw new RecipeException($"'{file}': the recipe's network has {numbers:N0} weights: to read them takes at least {Show((double)need)} of memory; {Has(machine, 1)}. "
                + $"Read them on a machine that has more; or, if the file's network is smaller, {sizes}.");
        }
        if (TooLarge(weights) is { } fault)
            throw new RecipeException($"'{file}': {fault} are read; {sizes}.");
    }

    private static string? TooLarge(List<(string Name, Int128 Numbers)> weights) => weights.FirstOrDefault(weight => weight.Numbers > MostOfWeight) is { Name: { } name, Numbers: var many }
        ? $"The weight '{name}' would have {many:N0} numbers; at most {MostOfWeight:N0} of one weight"
        : null;

    /// <summary>Refuses more weights than several processes can sum the gradients of, on a GPU too.</summary>
    /// <param name="format">What a step is.</param>
    /// <param name="classes">The number of labels.</param>
    /// <param name="recipe">The recipe.</param>
    /// <param name="processes">How many train together.</param>
    /// <exception cref="RecipeException">They cannot.</exception>
    public static void RefuseSums(StepFormat format, int classes, Recipe recipe, int processes)
    {
        if (processes > 1 && SumOf(WeightsOf(format, classes, recipe)) is var numbers && numbers > UpdateExchange.MostWeights)
        {
            throw new RecipeException($"The network has {numbers:N0} weights, and the gradients of at most {UpdateExchange.MostWeights:N0} can be summed over {processes} processes. "
                + $"Lower {SizesOf(recipe)}, or train in one process.");
        }
    }

    // Of the network and its decoders.
    private static List<(string Name, Int128 Numbers)> WeightsOf(StepFormat format, int classes, Recipe recipe) =>
    [
        .. from weight in RecurrentClassifier.Shapes(format, classes, recipe.Model).Concat(recipe.Auxiliary.SelectMany((loss, j) => AuxiliaryLoss.Shapes(loss, j, format, recipe.Model)))
           select (weight.Name, weight.Shape.Aggregate((Int128)1, (product, side) => product * side)),
    ];

    private static Int128 SumOf(List<(string Name, Int128 Numbers)> weights) => weights.Aggregate((Int128)0, (sum, weight) => sum + weight.Numbers);

    // What makes weights large.
    private static string SizesOf(Recipe recipe) => "model.hidden, model.layers, model.headUnits or model.embedding"
        + string.Concat(recipe.Auxiliary.Select((_, j) => $", or auxiliary.{j}.decoder.headUnits"));

    /// <summary>Refuses what does not fit, and names what would.</summary>
    /// <param name="ofRows">The plan for so many rows at a time.</param>
    /// <param name="recipe">The resolved recipe, whose settings are named.</param>
    /// <param name="batch">Rows of an update that this process computes.</param>
    /// <param name="machine">The machine.</param>
    /// <param name="sharing">How many processes share its memory.</param>
    /// <param name="recomputing">The plan for so many rows that computes states again, where the recipe may forbid it; null: there is none.</param>
    /// <exception cref="RecipeException">It does not fit.</exception>
    internal static MemoryPlan RefuseExcess(
        Func<int, MemoryPlan> ofRows, Recipe recipe, int batch, MachineInfo machine, int sharing = 1, Func<int, MemoryPlan>? recomputing = null)
    {
        var plan = ofRows(TrainingStep.PieceOf(batch, recipe.Training.Accumulate));
        var available = Available(machine, sharing);
        if (plan.Bytes <= available)
            return plan;
        throw new RecipeException($"The training needs about {Show(plan.Bytes)} of memory at its peak, computing {plan.Rows:N0} row(s) at a time ({plan.Parts()}); {Has(machine, sharing)}{(plan.Bytes <= Available(machine, 1) ? $"{AllOfIt} would be enough" : "")}. "
            + (recipe.Bptt.Recompute == RecomputeMode.Never && recomputing?.Invoke(plan.Rows) is { } again && again.Bytes <= available
                ? $"Set bptt.recompute = auto: with states computed again on the way back it needs about {Show(again.Bytes)}."
                : Advice(ofRows, recipe, batch, plan.Rows, available)));
    }

    /// <summary>Whether a message is of a training that was refused for its share of the memory, and that all of it may be enough for.</summary>
    public static bool IsRefusalOfShare(string message) => message.Contains(AllOfIt, StringComparison.Ordinal);

    /// <summary>Rows that are labelled at once on a CPU: fewer than <paramref name="most"/> where they take more than half of the memory that is left, or more than one array can hold.</summary>
    /// <param name="network">The network.</param>
    /// <param name="set">The rows.</param>
    /// <param name="most">The most rows.</param>
    /// <param name="machine">The machine.</param>
    /// <param name="resident">What the process holds; null: what it holds now.</param>
    /// <exception cref="RecipeException">There is no memory for one row of a Transformer.</exception>
    public static int RowsLabelled(RecurrentClassifier network, SequenceSet set, int most, MachineInfo machine, long? resident = null)
    {
        if (set.Count == 0)
            return most;
        var longest = LongestIn(set);
        most = Math.Min(most, BatchReader.MostRows(longest, set.Format));
        if (network.Like.device_type != TorchSharp.DeviceType.CPU)
            return most;
        var taken = (resident ?? PeakMemory.ResidentBytes) + OwnOfLibtorch;
        var row = Sum(EvaluationOf(network, 1, longest)) + BatchReader.BytesFor(1, longest, set.Format);
        var left = Available(machine, 1) - taken;
        if (row > left && network.Encoder is not null)
        {
            throw new RecipeException($"Labelling a row of {longest:N0} steps needs about {Show(taken + row)} of memory; {Has(machine, 1)}. "
                + "Shorten the rows, or label them on a machine that has more.");
        }
        return (int)Math.Clamp(left / 2 / row, 1, most);
    }

    private static long Available(MachineInfo machine, int sharing) => (machine.MemoryLimit ?? machine.Memory) / sharing;

    /// <summary>One line, such as "about 520 MB at the peak (program, data and weights 240 MB, …), of 25,276 MB".</summary>
    public string Describe(MachineInfo machine, int sharing = 1) =>
        $"about {Show(Bytes)} at the peak ({Parts()}), of {Show(Available(machine, 1))}{(sharing > 1 ? $", in each of {sharing} processes on this machine" : "")}"
        + (Recomputes ? "; states inside long windows are computed again on the way back" : "");

    // Shares of which a line in MB would say 0 are left out.
    private string Parts() => string.Join(", ", Shares.Where(share => share.Bytes >= Megabyte).Select(share => $"{share.What} {Show(share.Bytes)}"));

    // The objective of each phase is made, asked and given up: it owns the arrays that count.
    private static IEnumerable<Func<int, int, MemoryShare[]>> PhasesOf(TrainingTask task, TrainingOptions options)
    {
        MemoryShare[] Of(bool supervised, bool auxiliary, int rows, int steps)
        {
            var labelled = supervised ? new SupervisedLoss(task.SupervisedK, task.ClassWeights, new Randomness.Seed(0)) : null;
            var losses = auxiliary ? task.Auxiliary : [];
            using var objective = options.ClipApart ? Objective.OfEach(task.Network, labelled, losses, task.Recompute) : Objective.Of(task.Network, labelled, losses, task.Recompute);
            return [.. objective.MemoryFor(task.Network, rows, steps)];
        }
        if (options.PretrainEpochs > 0)
            yield return (rows, steps) => Of(supervised: false, auxiliary: true, rows, steps);
        if (options.Epochs > 0)
            yield return (rows, steps) => Of(supervised: true, options.Joint, rows, steps);
    }

    // Gradients, averages, and what a checkpoint copies of weights and averages; gradients of parts are set aside.
    private static long OptimizerBytes(TrainingTask task, TrainingOptions options)
    {
        return WeightBytes(task) * (1 + AveragesOf(options) + 1 + AveragesOf(options) + (options.ClipApart ? 1 : 0));
    }

    private static long WeightBytes(TrainingTask task) => task.NamedParameters().Sum(entry => entry.Parameter.numel() * entry.Parameter.ElementSize);

    private static int AveragesOf(TrainingOptions options) => options.Optimizer == OptimizerKind.RmsProp ? 1 : 2;

    private static bool IsByKernels(TrainingTask task) => task.Network.Kernels is not null && task.Auxiliary.All(loss => loss.HasKernels);

    private static long Sum(MemoryShare[] shares) => shares.Sum(share => share.Bytes);

    private static MemoryShare[] EvaluationOf(RecurrentClassifier network, int rows, int steps) => network.Kernels is { } kernels
        ? [new(OfEvaluation, kernels.BytesFor(rows, steps), OneAtATime: true)]
        : [MemoryShare.OfGraph(OfEvaluation, Classification.BytesFor(network, rows, steps)), new("batch", rows * StepTensor.BytesFor(steps, network.Format), OneAtATime: true)];

    private static string Advice(Func<int, MemoryPlan> ofRows, Recipe recipe, int batch, int rows, long available)
    {
        var (fits, exceeds) = (0, rows); // rows that fit, and that do not
        while (exceeds - fits > 1)
        {
            var middle = fits + (exceeds - fits) / 2;
            (fits, exceeds) = ofRows(middle).Bytes <= available ? (middle, exceeds) : (fits, middle);
        }
        if (fits > 0)
        {
            var pieces = (batch + fits - 1) / fits;
            var piece = TrainingStep.PieceOf(batch, pieces);
            return $"Set training.accumulate = {pieces}: {piece:N0} row(s) at a time need about {Show(ofRows(piece).Bytes)}, and the result stays the same but for rounding.";
        }
        var least = ofRows(1);
        return $"One row at a time needs {Show(least.Bytes)} still. " + (recipe.Model.Cell == CellKind.Transformer
            ? "Shorten the rows, or lower model.layers, model.hidden or model.feedForward."
            : least.Shares.Any(share => share.What == OfEvaluation)
                ? "Lower training.batch: as many rows are evaluated at once."
                : $"Lower {string.Join(", ", Windows(recipe))} or model.hidden, or shorten the rows.");
    }

    private static IEnumerable<string> Windows(Recipe recipe)
    {
        yield return $"bptt.supervised ({recipe.Bptt.Supervised})";
        for (var j = 0; j < recipe.Auxiliary.Count; j++)
        {
            var loss = recipe.Auxiliary[j];
            yield return $"auxiliary.{j}.bptt ({loss.Bptt ?? recipe.Bptt.Auxiliary})";
            if (!loss.TakesWholeRows())
                yield return $"auxiliary.{j}.length ({loss.SegmentLengths().Max()})";
        }
    }

    private static string Has(MachineInfo machine, int sharing) => (machine.MemoryLimit is { } limit
        ? $"the container allows {Show(limit)}"
        : $"this machine has {Show(machine.Memory)}") + (sharing > 1 ? $" for {sharing} processes" : "");

    // One unit, so that what stands in a sentence can be compared and added.
    private static string Show(double bytes) => $"{bytes / Megabyte:N0} MB";
}
