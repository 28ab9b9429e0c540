using System.Globalization;
using Recollect.Benchmarks;
using Recollect.Data;
using Recollect.Experiments;
using Recollect.Training;
using static TorchSharp.torch;

namespace Recollect.Bench;

/// <summary>Updates of the recipes of StanfordDogs, full backpropagation, with its states kept and as the recipe comes, and reconstruction, in turns at each of the paper's eight lengths, on CIFAR-10 scaled up to its squares.</summary>
internal static class LengthContest
{
    private const int Turns = 5;
    private static readonly int[] Squares = [40, 48, 56, 72, 80, 96, 112, 128];

    // In the products of one step of the main network: of the decoder a step of two layers and a head; k, and l.
    private const double DecoderStep = 2.75;
    private const int Window = 300, Decoded = 600;

    /// <summary>Measures, and prints a line a length as Markdown.</summary>
    /// <param name="rows">Rows of a batch.</param>
    public static void Run(int rows)
    {
        var threads = Environment.ProcessorCount;
        set_num_threads(threads);
        Console.Out.WriteLine($"| steps, batch {rows} | full BPTT, states kept, s | as it comes, s | r-LSTM, s | kept : r | by operations | as it comes : r | by operations |\n|---|---|---|---|---|---|---|---|");
        foreach (var square in Squares)
        {
            string[] edits = [$"data.size={square}", "data.source=cifar-10", $"data.limit={rows}", "data.testLimit=1", $"training.batch={rows}"];
            Recipe full = RecipeBook.Open("dogs-lstm-full", edits).Resolve(), keeping = RecipeBook.Open("dogs-lstm-full", [.. edits, "bptt.recompute=never"]).Resolve(),
                reconstructing = RecipeBook.Open("dogs-r-lstm", edits).Resolve();
            using var data = DataSetLoader.Load(full.Data, DataFolder.Resolve(null));
            using var kept = Work(keeping, data, threads);
            using var asItComes = Work(full, data, threads);
            using var reconstruction = Work(reconstructing, data, threads);
            var times = Contest.InTurns([kept, asItComes, reconstruction], new ContestOptions(threads, Turns));
            var steps = square * square;
            Console.Out.WriteLine($"| {steps} | {string.Join(" | ", Enumerable.Range(0, 3).Select(side => Show(times.Select(turn => turn[side]))))} "
                + $"| {Show(times.Select(turn => turn[0] / turn[2]))} | {Expected(steps, again: false)} | {Show(times.Select(turn => turn[1] / turn[2]))} | {Expected(steps, asItComes.Task.Recompute)} |");
        }
    }

    // All steps forwards and backwards, which is two times forwards, and once more where states are computed again; beside all steps forwards, two windows backwards, the label's and the anchor's, and the decoder forwards and backwards.
    private static string Expected(int steps, bool again) => string.Create(
        CultureInfo.InvariantCulture, $"{(again ? 4.0 : 3.0) * steps / (steps + 2 * 2 * Window + 3 * DecoderStep * Decoded):0.00}{(again ? ", states computed again" : "")}");

    private static UpdateWork Work(Recipe recipe, DataSets data, int threads) =>
        new(recipe, PreparedTraining.Planned(recipe, data, CPU, Peers.Alone, sharing: 1).Task, new SideSetting(threads, recipe.Training.Batch));

    private static string Show(IEnumerable<double> values)
    {
        var spread = Spread.Of(values);
        return string.Create(CultureInfo.InvariantCulture, $"{spread.Median:0.00} ({spread.Least:0.00}…{spread.Most:0.00})");
    }
}
