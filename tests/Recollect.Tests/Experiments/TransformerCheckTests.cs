using Recollect.Experiments;
using Recollect.Networks;
using Recollect.Runs;
using Recollect.Training;

namespace Recollect.Tests.Experiments;

public sealed class TransformerCheckTests
{
    private static readonly Recipe Recipe = new()
    {
        Model = new NetworkOptions { Cell = CellKind.Transformer, Hidden = 64, Layers = 4, FeedForward = 128 },
        Training = new TrainingOptions { Batch = 128 },
    };

    [Fact]
    public void What_cannot_fit_is_refused_with_the_memory_that_it_would_need_and_with_what_would_fit()
    {
        var error = Assert.Throws<RecipeException>(() => TransformerCheck.Refuse(Recipe, 1000, 16_384, Machine(16)));
        // 128 rows · 16,384 steps · (4 · (8·64 + 128 + 4) + 3·64 + 12·64 + 128) floats
        Assert.Contains("rows of 16,384 steps, 128 at a time, needs at least 28.6 GiB", error.Message);
        Assert.Contains("this machine has 16.0 GiB", error.Message);
        Assert.Contains("at most 71 row(s)", error.Message);
    }

    [Fact]
    public void What_fits_or_is_cut_into_pieces_that_fit_is_taken()
    {
        TransformerCheck.Refuse(Recipe, 1000, 784, Machine(16));
        TransformerCheck.Refuse(Recipe with { Training = Recipe.Training with { Accumulate = 2 } }, 1000, 16_384, Machine(16));
    }

    [Fact]
    public void A_batch_is_no_larger_than_the_training_rows()
    {
        TransformerCheck.Refuse(Recipe, 10, 16_384, Machine(16));
        var error = Assert.Throws<RecipeException>(() => TransformerCheck.Refuse(Recipe with { Training = new TrainingOptions { Batch = int.MaxValue } }, int.MaxValue, 16_384, Machine(16)));
        Assert.Contains("2,147,483,647 at a time", error.Message);
    }

    [Fact]
    public void A_row_that_cannot_fit_alone_is_told_so()
    {
        var error = Assert.Throws<RecipeException>(() => TransformerCheck.Refuse(Recipe, 1000, 2_000_000, Machine(1)));
        Assert.Contains("Shorten the rows, or lower model.hidden", error.Message);
    }

    private static MachineInfo Machine(long gibibytes) => new() { Processor = "", Cores = 2, Memory = gibibytes << 30, OperatingSystem = "", Architecture = "" };
}
