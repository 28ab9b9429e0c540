using Recollect.Experiments;
using Recollect.Losses;
using Recollect.Networks;
using Recollect.Randomness;

namespace Recollect.Benchmarks;

/// <summary>What is measured together.</summary>
internal enum Suite
{
    /// <summary>Parts of a training update, the grid of sizes, products and inference.</summary>
    Kernel,

    /// <summary>Whole training updates.</summary>
    Step,

    /// <summary>Peak memory of whole training updates.</summary>
    Memory,
}

/// <summary>The workloads, by suite.</summary>
internal static class Workloads
{
    private const int Batch = 128;
    private const int Width = 128;
    private const int Cut = 300;
    private const string Recurrent = "mnist-r-lstm-300";
    private const string Again = "bptt.recompute=always";
    private static readonly int[] GridBatches = [1, 8, 32, 127, 128, 512];
    private static readonly int[] GridWidths = [32, 100, 128, 256, 512];
    private static readonly int[] Vocabularies = [4096, 8192, 16_384, 50_000];

    /// <summary>The seed of weights, tokens and draws.</summary>
    internal static Seed Seed { get; } = new(1);

    /// <summary>The timed workloads of <paramref name="suite"/>.</summary>
    public static IReadOnlyList<Workload> Of(Suite suite) => suite switch
    {
        Suite.Kernel =>
        [
            Window("A", new WindowShape(300, Width, Width), Batch),
            Window("B", new WindowShape(784, Width, Width), Batch),
            .. from vocabulary in Vocabularies
               select Window($"V{vocabulary}", new WindowShape(300, Width, Width, vocabulary), Batch) with { Group = "V" },
            Decoder("C", new DecoderWorkShape(600, Cut, Width, 256), Batch),
            Head("H", new HeadWorkShape(Width, 256, SyntheticTokens.Vocabulary), Batch * Cut),
            Product("G", "product of 1024³", new ProductShape(1024, 1024, 1024, 1)),
            Product("Glstm", "128 of the LSTM's forward products, 128×128×512: as many operations as 1024³", new ProductShape(Batch, Width, 4 * Width, 128)),
            Inference("I", new WindowShape(784, Width, Width)),
            .. from batch in GridBatches from width in GridWidths select Cell(batch, width),
        ],
        Suite.Step =>
        [
            Update("D", "T = 784, l = 600, n = 1, teacher", 784),
            Update("D16384", "T = 16,384, l = 600, n = 1, teacher", 16384) with { LibtorchRows = [Batch] },
            Update("D′", "T = 784, l = 600, n = 1, scheduled inputs, half of them its own", 784, Scheduled, progress: 1) with { LibtorchRows = [Batch] },
            Update("D″", "T = 784, l = 30, n = 20, teacher", 784, loss => loss with { Segments = 20, Length = [30] }),
            Update("F3136", "full BPTT, T = 3,136", 3136, Recipe("mnist-lstm-full", recipe => recipe), kind: "LSTM"),
            Update("R3136", "full BPTT, T = 3,136, states computed again", 3136, Recipe("mnist-lstm-full", Recomputing), kind: "LSTM"),
        ],
        _ => [],
    };

    /// <summary>The updates whose memory is measured: against T with k = 300, and with full backpropagation; one of each other kind.</summary>
    public static IReadOnlyList<MemoryWork> OfMemory { get; } =
    [
        .. from steps in new[] { 784, 1024, 4096, 16384 }
           select new MemoryWork($"M{steps}", "M", $"r-LSTM update, T = {steps:N0}, k = 300, l = 600", Recurrent, steps, Batch),
        .. from steps in new[] { 784, 1568, 3136 }
           select new MemoryWork($"F{steps}", "F", $"LSTM update, full BPTT, T = {steps:N0}", "mnist-lstm-full", steps, Batch),
        new("R3136", "R", "LSTM update, full BPTT, T = 3,136, states computed again", "mnist-lstm-full", 3136, Batch) { Edits = [Again] },
        new("R16384", "R", "LSTM update, full BPTT, T = 16,384, batch 32, states computed again", "mnist-lstm-full", 16384, 32) { Edits = [Again] },
        new("P", "P", "p-LSTM update, T = 784, k = 300, l = 600", "mnist-p-lstm-300", 784, Batch),
        new("N", "N", "r-LSTM update, T = 784, k = 300, l = 30, n = 20", Recurrent, 784, Batch) { Edits = ["auxiliary.0.segments=20", "auxiliary.0.length=30"] },
        new("X", "X", "Transformer update, T = 784, batch 32; libtorch on both sides", "mnist-transformer", 784, 32),
        new("U", "U", "GRU update, T = 784, k = 300; libtorch on both sides", "mnist-lstm-300", 784, Batch) { Edits = ["model.cell=gru", "model.forgetBias=null"] },
    ];

    /// <summary>A window of an LSTM forwards and backwards.</summary>
    public static Workload Window(string name, WindowShape shape, int rows) => new(
        name, name, $"LSTM {shape.Hidden}, embedding {shape.Embedding}, {shape.Vocabulary:N0} tokens, {shape.Steps} steps, batch {rows}: forward and backward", rows,
        setting => new KernelWindow(shape, rows, setting), setting => new LibtorchWindow(shape, rows, setting))
    {
        LibtorchRows = AnyBatch(rows),
        Counted = new Quantity("GFLOP", GigaflopOf(shape, rows)),
    };

    /// <summary>A reconstruction decoder forwards and backwards.</summary>
    public static Workload Decoder(string name, DecoderWorkShape shape, int rows) => new(
        name, name, $"decoder: 2 layers of {shape.Width}, head {shape.HeadUnits}, {shape.Length} steps, cut every {shape.Cut}, batch {rows}: forward and backward", rows,
        setting => new KernelDecoderWork(shape, rows, setting), setting => new LibtorchDecoderWork(shape, rows, setting))
    {
        LibtorchRows = [rows / 2, rows, 2 * rows],
    };

    /// <summary>A head over many rows forwards and backwards.</summary>
    public static Workload Head(string name, HeadWorkShape shape, int rows) => new(
        name, name, $"head {shape.Inputs}→{shape.Units}→{shape.Units}→{shape.Outputs} and cross-entropy over {rows:N0} rows: forward and backward", rows,
        setting => new KernelHead(shape, rows, setting), setting => new LibtorchHead(shape, rows, setting))
    {
        LibtorchRows = [rows / 4, rows / 2, rows],
        Counted = new Quantity("GFLOP", shape.Gigaflop(rows)),
    };

    /// <summary>A matrix product beside libtorch's own of 1024³, of as many operations.</summary>
    public static Workload Product(string name, string title, ProductShape shape) => new(
        name, "G", $"{title}; libtorch: 1024³", shape.Rows,
        setting => new KernelProduct(shape, setting), setting => new LibtorchProduct(new ProductShape(1024, 1024, 1024, 1), setting))
    {
        LibtorchRows = [1024],
        Counted = new Quantity("GFLOP", shape.Gigaflop),
    };

    /// <summary>Inference of one sequence at a time.</summary>
    public static Workload Inference(string name, WindowShape shape) => new(
        name, name, $"LSTM {shape.Hidden}, one sequence of {shape.Steps} tokens at a time: forward only", 1,
        setting => new KernelInference(shape, setting), setting => new LibtorchInference(shape, setting))
    {
        Counted = new Quantity("steps", shape.Steps),
    };

    /// <summary>A whole training update of the recipe mnist-r-lstm-300, or of what <paramref name="change"/> makes of its auxiliary loss.</summary>
    public static Workload Update(string name, string title, int steps, Func<AuxiliaryOptions, AuxiliaryOptions>? change = null, double progress = 0) =>
        Update(name, title, steps, Recipe(Recurrent, recipe => recipe with { Auxiliary = [.. recipe.Auxiliary.Select(change ?? (loss => loss))] }), progress);

    /// <summary>A whole training update of <paramref name="recipe"/>.</summary>
    public static Workload Update(string name, string title, int steps, Recipe recipe, double progress = 0, string kind = "r-LSTM")
    {
        var rows = recipe.Training.Batch;
        UpdateWork Side(EngineKind engine, SideSetting setting) =>
            UpdateWork.OnTokens(recipe with { Model = recipe.Model with { Engine = engine } }, steps, setting, progress);
        return new Workload(name, name, $"{kind} training update, batch {rows}, {title}", rows,
            setting => Side(EngineKind.Auto, setting), setting => Side(EngineKind.Libtorch, setting))
        {
            LibtorchRows = [rows, (rows + 1) / 2],
        };
    }

    internal static Recipe Recipe(string name, Func<Recipe, Recipe> change) => change(RecipeBook.Open(name)).Resolve();

    private static Workload Cell(int batch, int width) =>
        Window($"E{batch}x{width}", new WindowShape(100, width, width), batch) with { Group = "E", LibtorchRows = [batch] };

    private static Recipe Recomputing(Recipe recipe) => recipe with { Bptt = recipe.Bptt with { Recompute = RecomputeMode.Always } };

    private static AuxiliaryOptions Scheduled(AuxiliaryOptions loss) => loss with { Input = DecoderInputMode.Scheduled, ScheduledMaximum = 0.5 };

    private static int[] AnyBatch(int rows) => [rows, rows / 2, 2 * rows, 4 * rows];

    // What the kernels execute: h·W_hh forwards, its two transposes backwards; inputs are looked up in a table, which three products over the tokens read make and take apart.
    private static double GigaflopOf(WindowShape shape, int rows) =>
        6e-9 * 4 * shape.Hidden * ((double)shape.Steps * rows * shape.Hidden + TokensRead(shape, rows) * shape.Embedding);

    // Distinct ones, as many as uniform draws give in the mean.
    private static double TokensRead(WindowShape shape, int rows) =>
        shape.Vocabulary * (1 - Math.Pow(1 - 1.0 / shape.Vocabulary, (double)shape.Steps * rows));
}
