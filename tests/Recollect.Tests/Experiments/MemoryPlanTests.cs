using System.Globalization;
using System.Text.RegularExpressions;
using Recollect.Experiments;
using Recollect.Losses;
using Recollect.Networks;
using Recollect.Randomness;
using Recollect.Runs;
using Recollect.Sequences;
using Recollect.Training;

namespace Recollect.Tests.Experiments;

public sealed class MemoryPlanTests
{
    private static readonly Recipe Small = new()
    {
        Model = new NetworkOptions { Hidden = 32, Embedding = 16, HeadUnits = 32, Engine = EngineKind.Kernels },
        Bptt = new BpttOptions { Supervised = Truncation.Full },
        Training = new TrainingOptions { Batch = 8 },
    };

    [Fact]
    public void What_a_process_has_is_in_the_plan_once()
    {
        var (few, many) = (PlanOf(Small, resident: 100_000_000), PlanOf(Small, resident: 300_000_000));
        Assert.Equal(200_000_000, many.Bytes - few.Bytes);
        Assert.Equal("program, data and weights", few.Shares[0].What);
        Assert.Equal(few.Bytes, few.Shares.Sum(share => share.Bytes));
    }

    /// <summary>They load libtorch's own layers where kernels have trained without: 25 to 68 MB as measured (decision 0017).</summary>
    [Fact]
    public void Probes_are_reckoned_where_kernels_trained_and_something_is_evaluated()
    {
        long ProbesOf(MemoryPlan plan) => plan.Shares.Where(share => share.What == "probes").Sum(share => share.Bytes);
        Assert.InRange(ProbesOf(PlanOf(Small)), 25_000_000, 68_000_000);
        Assert.Equal(0, ProbesOf(PlanOf(Small, sets: [])));
        Assert.Equal(0, ProbesOf(PlanOf(Small with { Model = Small.Model with { Engine = EngineKind.Libtorch } })));
    }

    [Fact]
    public void States_of_full_windows_grow_by_gates_cell_and_output_of_each_row_and_step()
    {
        // A slot: 4 gates, c and h of 32 units, whole blocks on every vector width; gates are 16 or 32 numbers apart from the next row's. And an int for the slot.
        var (shorter, longer) = (PlanOf(Small, steps: 200), PlanOf(Small, steps: 300));
        var each = (StatesOf(longer) - StatesOf(shorter)) / (8.0 * 100);
        Assert.Contains(each, new[] { 4.0 * (6 * 32 + 16) + 4, 4.0 * (6 * 32 + 32) + 4 });
    }

    [Fact]
    public void States_of_cut_windows_do_not_grow_with_the_length()
    {
        var cut = Small with { Bptt = new BpttOptions { Supervised = new Truncation(20) } };
        Assert.Equal(StatesOf(PlanOf(cut, steps: 100)), StatesOf(PlanOf(cut, steps: 10_000)));
    }

    [Theory]
    [InlineData(OptimizerKind.RmsProp, 4)] // gradient, average; weights and average in a checkpoint
    [InlineData(OptimizerKind.Adam, 6)]
    public void Gradients_averages_and_a_checkpoint_are_so_many_times_the_weights(OptimizerKind optimizer, int times)
    {
        var plan = PlanOf(Small with { Training = Small.Training with { Optimizer = optimizer } });
        // embedding 9·16; LSTM 4·32·(16 + 32 + 2); head 33·32 twice and 33·2
        var weights = 9 * 16 + 4 * 32 * (16 + 32 + 2) + 2 * 33 * 32 + 33 * 2;
        Assert.Equal(4L * weights * times, plan.Shares.Single(share => share.What == "gradients and optimiser").Bytes);
    }

    [Fact]
    public void A_batch_is_the_padded_rows_and_a_row()
    {
        var plan = PlanOf(Small with { Training = Small.Training with { Accumulate = 4 } }, steps: 100);
        Assert.Equal(2, plan.Rows);
        // (2 + 1) and, where it is evaluated, (8 + 1) rows of 100 ints
        Assert.Equal((3 + 9) * 100 * 4, plan.Shares.Single(share => share.What == "batch").Bytes);
    }

    [Theory]
    [InlineData(AuxiliaryKind.Reconstruction)]
    [InlineData(AuxiliaryKind.Prediction)]
    public void Decoders_keep_a_stretch_and_not_the_segment(AuxiliaryKind kind)
    {
        Recipe With(int length, int cut) => Small with
        {
            Auxiliary = [new AuxiliaryOptions { Kind = kind, Length = [length] }],
            Bptt = new BpttOptions { Supervised = new Truncation(1), Auxiliary = new Truncation(cut) },
        };
        var (whole, halved) = (DecodersOf(PlanOf(With(80, 80), steps: 200)), DecodersOf(PlanOf(With(80, 40), steps: 200)));
        Assert.InRange(halved, whole / 3, whole * 3 / 4);
    }

    [Fact]
    public void Losses_that_are_clipped_apart_share_the_states_and_keep_a_decoder_each()
    {
        var both = Small with
        {
            Auxiliary = [new AuxiliaryOptions { Kind = AuxiliaryKind.Reconstruction, Length = [20] }, new AuxiliaryOptions { Kind = AuxiliaryKind.Prediction, Length = [10] }],
        };
        var (together, apart) = (PlanOf(both), PlanOf(both with { Training = both.Training with { ClipApart = true } }));
        Assert.Equal(DecodersOf(together), DecodersOf(apart));
        Assert.InRange(StatesOf(apart), 1, StatesOf(together));
        long KernelsOf(MemoryPlan plan) => plan.Shares.Single(share => share.What == "kernels").Bytes;
        Assert.Equal(KernelsOf(together), KernelsOf(apart)); // there once
    }

    [Fact]
    public void On_libtorch_a_graph_grows_with_windows_and_rows_and_not_with_the_length()
    {
        var torch = Small with { Model = Small.Model with { Engine = EngineKind.Libtorch }, Bptt = new BpttOptions { Supervised = new Truncation(50) } };
        long Graph(Recipe recipe, int steps) => PlanOf(recipe, steps, sets: []).Shares.Single(share => share.What == "graph").Bytes;
        // 1.35 · 8 rows · 50 steps · (embedding 16, gates, c, h and outputs 7·32, passing 10·32) floats
        Assert.Equal(1.35 * 8 * 50 * (16 + 17 * 32) * 4, Graph(torch, 1000), 1.0);
        Assert.Equal(Graph(torch, 1000), Graph(torch, 5000));
        Assert.Equal(0.5, (double)Graph(torch with { Training = torch.Training with { Accumulate = 2 } }, 1000) / Graph(torch, 1000), 1e-5);
    }

    [Theory]
    [InlineData(400, 42)]  // 21 states between stretches, and the 21 of a stretch
    [InlineData(10_000, 202)]
    public void States_that_are_computed_again_grow_with_the_root_of_the_length(int steps, int slots)
    {
        var stored = PlanOf(Small, steps);
        var plan = PlanOf(Small, steps, recompute: true);
        Assert.True(plan.Recomputes);
        Assert.False(stored.Recomputes);
        // Beside a ring of two slots, of which either plan has the same, and adjoints that no more depend on it.
        Assert.Equal(8.0 * (steps + 1 - slots), (StatesOf(stored) - StatesOf(plan)) / SlotBytes(), 0.01);
    }

    [Fact]
    public void A_predictions_windows_are_read_inside_and_are_kept_whole()
    {
        Recipe With(AuxiliaryKind kind) => Small with
        {
            Auxiliary = [new AuxiliaryOptions { Kind = kind, Length = [80] }],
            Bptt = new BpttOptions { Supervised = new Truncation(1), Auxiliary = new Truncation(80) },
        };
        Assert.Equal(StatesOf(PlanOf(With(AuxiliaryKind.Prediction), 400)), StatesOf(PlanOf(With(AuxiliaryKind.Prediction), 400, recompute: true)));
        // 81 states of a reconstruction's window, or 10 between stretches and the 10 of one.
        var saved = StatesOf(PlanOf(With(AuxiliaryKind.Reconstruction), 400)) - StatesOf(PlanOf(With(AuxiliaryKind.Reconstruction), 400, recompute: true));
        Assert.Equal(8.0 * (81 - 20), saved / SlotBytes(), 0.01);
    }

    [Fact]
    public void On_libtorch_a_graph_of_one_stretch_and_the_states_between_them_take_the_place_of_the_whole()
    {
        var torch = Small with { Model = Small.Model with { Engine = EngineKind.Libtorch } };
        var plan = PlanOf(torch, steps: 400, recompute: true, sets: []);
        // As where the window is 20 steps long.
        Assert.Equal(1.35 * 8 * 20 * (16 + 17 * 32) * 4, plan.Shares.Single(share => share.What == "graph").Bytes, 1.0);
        Assert.Equal(8 * 20 * 2 * 32 * 4, plan.Shares.Single(share => share.What == "states between stretches").Bytes);
    }

    /// <summary>Kept states take 2.5, 1.5 and 0.6 GB, recomputed ones 0.5.</summary>
    [Theory]
    [InlineData(RecomputeMode.Auto, 2_500_000_000, 16_000_000_000, true, true)]
    [InlineData(RecomputeMode.Auto, 2_500_000_000, 16_000_000_000, false, false)] // bits depend on it, and there is room
    [InlineData(RecomputeMode.Auto, 1_500_000_000, 16_000_000_000, true, false)]
    [InlineData(RecomputeMode.Auto, 1_500_000_000, 1_000_000_000, false, true)]
    [InlineData(RecomputeMode.Auto, 500_000_000, 100_000_000, true, false)] // nothing is gained
    [InlineData(RecomputeMode.Never, 2_500_000_000, 1_000_000_000, true, false)]
    [InlineData(RecomputeMode.Always, 600_000_000, 16_000_000_000, false, true)]
    public void Left_open_states_are_computed_again_where_that_saves_more_than_a_gigabyte_or_must_be(RecomputeMode mode, long kept, long memory, bool exact, bool expected)
    {
        MemoryPlan Plan(bool recompute) => new(8, [new MemoryShare("all", recompute ? 500_000_000 : kept)]);
        Assert.Equal(expected, MemoryPlan.Recompute(mode, Plan, exact, Machine(memory)));
    }

    [Fact]
    public void Where_a_recipe_forbids_what_would_fit_the_refusal_says_so()
    {
        var never = Small with { Bptt = Small.Bptt with { Recompute = RecomputeMode.Never } };
        var error = Assert.Throws<RecipeException>(() => MemoryPlan.RefuseExcess(
            Linear(1_000_000_000, 100_000_000), never, 100, Machine(8_000_000_000), recomputing: Linear(1_000_000_000, 20_000_000)));
        Assert.EndsWith("Set bptt.recompute = auto: with states computed again on the way back it needs about 3,000 MB.", error.Message);
        error = Assert.Throws<RecipeException>(() => MemoryPlan.RefuseExcess(
            Linear(1_000_000_000, 100_000_000), never, 100, Machine(8_000_000_000), recomputing: Linear(1_000_000_000, 90_000_000)));
        Assert.Contains("training.accumulate = 2", error.Message);
    }

    [Fact]
    public void The_line_says_where_states_are_computed_again()
    {
        var plan = new MemoryPlan(8, [new MemoryShare("all", 500_000_000)]);
        Assert.EndsWith("of 8,000 MB", plan.Describe(Machine(8_000_000_000)));
        Assert.EndsWith("of 8,000 MB; states inside long windows are computed again on the way back", (plan with { Recomputes = true }).Describe(Machine(8_000_000_000)));
    }

    [Fact]
    public void The_line_has_one_unit_and_leaves_out_what_would_be_0_of_it()
    {
        var plan = new MemoryPlan(8, [new MemoryShare("all", 25_300_000_000), new MemoryShare("some", 1_400_000), new MemoryShare("next to nothing", 400_000)]);
        Assert.Equal("about 25,302 MB at the peak (all 25,300 MB, some 1 MB), of 64,000 MB", plan.Describe(Machine(64_000_000_000)));
    }

    [Fact]
    public void What_exceeds_the_memory_is_refused_with_the_pieces_that_fit()
    {
        // 1 GB whatever the rows, and 0.1 GB a row.
        var recipe = Small with { Training = Small.Training with { Batch = 128 } };
        var error = Assert.Throws<RecipeException>(() => MemoryPlan.RefuseExcess(Linear(1_000_000_000, 100_000_000), recipe, 128, Machine(8_000_000_000)));
        Assert.Contains("needs about 13,800 MB of memory at its peak, computing 128 row(s) at a time", error.Message);
        Assert.Contains("this machine has 8,000 MB", error.Message);
        // 70 rows fit: two pieces of 64
        Assert.Contains("Set training.accumulate = 2: 64 row(s) at a time need about 7,400 MB", error.Message);
    }

    [Fact]
    public void A_containers_limit_counts_where_there_is_one()
    {
        var machine = Machine(64_000_000_000) with { MemoryLimit = 2_000_000_000 };
        var error = Assert.Throws<RecipeException>(() => MemoryPlan.RefuseExcess(Linear(1_000_000_000, 100_000_000), Small, 100, machine));
        Assert.Contains("the container allows 2,000 MB", error.Message);
        Assert.Contains("training.accumulate = 10", error.Message);
        Assert.Equal(100, MemoryPlan.RefuseExcess(Linear(1_000_000_000, 100_000_000), Small, 100, Machine(64_000_000_000)).Rows);
    }

    [Fact]
    public void Processes_on_one_machine_share_its_memory()
    {
        // 64 rows of a batch's 128 take 7.4 GB, of 16 GB for two.
        Assert.Equal(64, MemoryPlan.RefuseExcess(Linear(1_000_000_000, 100_000_000), Small, 64, Machine(16_000_000_000), sharing: 2).Rows);
        var error = Assert.Throws<RecipeException>(() => MemoryPlan.RefuseExcess(Linear(1_000_000_000, 100_000_000), Small, 64, Machine(8_000_000_000), sharing: 2));
        Assert.Contains("this machine has 8,000 MB for 2 processes, and all of it would be enough. Set training.accumulate = 3", error.Message);
        Assert.True(MemoryPlan.IsRefusalOfShare(error.Message));
        error = Assert.Throws<RecipeException>(() => MemoryPlan.RefuseExcess(Linear(1_000_000_000, 100_000_000), Small, 64, Machine(7_000_000_000), sharing: 2));
        Assert.False(MemoryPlan.IsRefusalOfShare(error.Message));
        var alone = PlanOf(Small);
        Assert.Equal(0, alone.Shares.Count(share => share.What == "gradients on their way"));
    }

    [Fact]
    public void Where_not_even_one_row_fits_the_windows_are_named()
    {
        var recipe = Small with { Auxiliary = [new AuxiliaryOptions { Kind = AuxiliaryKind.Reconstruction, Length = [600] }] };
        var error = Assert.Throws<RecipeException>(() => MemoryPlan.RefuseExcess(Linear(1_000_000_000, 2_000_000_000), recipe, 8, Machine(2_000_000_000)));
        Assert.Contains("One row at a time needs 3,000 MB still", error.Message);
        Assert.Contains("Lower bptt.supervised (full), auxiliary.0.bptt (300), auxiliary.0.length (600) or model.hidden", error.Message);
    }

    [Fact]
    public void A_transformer_that_cannot_fit_alone_is_told_what_makes_it_smaller()
    {
        var recipe = Small with { Model = new NetworkOptions { Cell = CellKind.Transformer, Hidden = 64, Layers = 4, FeedForward = 128 } };
        var error = Assert.Throws<RecipeException>(() => MemoryPlan.RefuseExcess(Linear(0, 2_000_000_000), recipe, 8, Machine(1_000_000_000)));
        Assert.EndsWith("One row at a time needs 2,000 MB still. Shorten the rows, or lower model.layers, model.hidden or model.feedForward.", error.Message);
    }

    [Fact]
    public void Where_rows_that_are_evaluated_are_too_many_the_batch_is_named()
    {
        MemoryPlan Plan(int rows) => new(rows, [new MemoryShare("rows that are evaluated", 3_000_000_000)]);
        var error = Assert.Throws<RecipeException>(() => MemoryPlan.RefuseExcess(Plan, Small, 8, Machine(2_000_000_000)));
        Assert.EndsWith("One row at a time needs 3,000 MB still. Lower training.batch: as many rows are evaluated at once.", error.Message);
    }

    /// <summary>As a recipe says it, and with the weights that it makes: 128 rows of 4,096 steps take 10 GB; pieces that fit a machine of 4 are told, and fit.</summary>
    [Fact]
    public void A_transformers_training_is_refused_and_goes_in_the_pieces_that_it_is_told()
    {
        var rows = RowsOf(128, 4096);
        var recipe = (Transformer with { Training = Small.Training with { Batch = 128 } }).Resolve();
        using var network = new RecurrentClassifier(rows.Format, 2, recipe.Model, new Seed(1));
        var task = new TrainingTask(network, [], Truncation.Full, rows, null, []);
        MemoryPlan Refuse(Recipe asked) => MemoryPlan.Refuse(task, asked, [rows], Machine(4_000_000_000), Peers.Alone, sharing: 1);
        var error = Assert.Throws<RecipeException>(() => Refuse(recipe));
        var told = Regex.Match(error.Message, @"^The training needs about [0-9,]+ MB of memory at its peak, computing 128 row\(s\) at a time .* Set training\.accumulate = (\d+): (\d+) row\(s\) at a time need");
        Assert.True(told.Success, error.Message);
        var plan = Refuse(recipe with { Training = recipe.Training with { Accumulate = int.Parse(told.Groups[1].Value, CultureInfo.InvariantCulture) } });
        Assert.Equal(told.Groups[2].Value, $"{plan.Rows}");
        Assert.InRange(plan.Bytes, 2_000_000_000, 4_000_000_000);
    }

    [Fact]
    public void Rows_that_are_evaluated_are_in_the_plan_where_they_take_more_than_an_update()
    {
        long? Evaluated(Recipe recipe, int steps, params InMemorySequences[] sets) =>
            PlanOf(recipe, steps, sets: sets).Shares.SingleOrDefault(share => share.What == "rows that are evaluated")?.Bytes;

        // A Transformer's go in an update's pieces: less than an update where they are no longer than its rows.
        var pieces = Transformer with { Training = Small.Training with { Batch = 8, Accumulate = 4 } };
        Assert.Null(Evaluated(pieces, 100, RowsOf(50, 100)));
        Assert.Equal(1.35 * 2 * 1000 * (8 * 64 + 5 * 64 + 2 * 128) * 4, Evaluated(pieces, 100, RowsOf(5, 30), RowsOf(50, 1000))!.Value, 1.0);
        Assert.Equal(1.35 * 1 * 1000 * (8 * 64 + 5 * 64 + 2 * 128) * 4, Evaluated(pieces, 100, RowsOf(1, 1000))!.Value, 1.0);

        // Others run a batch's, of which 256 steps are there at once: embedding 16, and 5 times 32.
        var gru = Small with { Model = Small.Model with { Cell = CellKind.Gru, Engine = EngineKind.Libtorch }, Bptt = new BpttOptions { Supervised = new Truncation(5) }, Training = pieces.Training };
        Assert.Equal(1.35 * 8 * 256 * (16 + 5 * 32) * 4, Evaluated(gru, 1000, RowsOf(50, 1000))!.Value, 1.0);
        Assert.Null(Evaluated(gru with { Bptt = Small.Bptt }, 1000, RowsOf(50, 1000)));
        var kernels = Small with { Bptt = gru.Bptt, Training = Small.Training with { Batch = 500, Accumulate = 500 } };
        Assert.NotNull(Evaluated(kernels, 1000, RowsOf(500, 1000)));
        Assert.Null(Evaluated(kernels with { Training = Small.Training }, 1000, RowsOf(500, 1000)));
    }

    [Fact]
    public void As_many_rows_are_labelled_at_once_as_take_half_of_what_is_left()
    {
        var rows = RowsOf(3, 1000);
        using var network = new RecurrentClassifier(rows.Format, 2, Transformer.Resolve().Model, new Seed(1));
        int Labelled(long memory, RecurrentClassifier? of = null) => MemoryPlan.RowsLabelled(of ?? network, rows, 128, Machine(memory), resident: 100_000_000);
        Assert.Equal(128, Labelled(16_000_000_000));
        Assert.InRange(Labelled(400_000_000), 10, 30); // 1.35 · 1,000 · 1,088 floats each, 5.9 MB
        Assert.Equal(1, Labelled(136_000_000));
        var error = Assert.Throws<RecipeException>(() => Labelled(130_000_000));
        Assert.Matches(@"^Labelling a row of 1,000 steps needs about 13\d MB of memory; this machine has 130 MB\. Shorten the rows", error.Message);
        using var recurrent = new RecurrentClassifier(rows.Format, 2, Small.Resolve().Model, new Seed(1));
        Assert.Equal(128, Labelled(16_000_000_000, recurrent));
        Assert.InRange(Labelled(128_000_000, recurrent), 1, 127);
        Assert.Equal(1, Labelled(100_000_000, recurrent)); // one by one, whatever there is: its memory does not grow with the length
    }

    [Fact]
    public void A_transformer_keeps_what_its_blocks_do()
    {
        var recipe = Transformer;
        // 8 rows · 100 steps · (4 · (8·64 + 128 + 4) + 3·64 + 12·64 + 128) floats, with gaps
        Assert.Equal(1.35 * 8 * 100 * 3664 * 4, PlanOf(recipe, steps: 100).Shares.Single(share => share.What == "graph").Bytes, 1.0);
    }

    [Fact]
    public void Weights_that_do_not_fit_are_refused_before_they_are_made()
    {
        var recipe = Small with { Model = Small.Model with { Hidden = 1_000_000 } };
        var error = Assert.Throws<RecipeException>(() => MemoryPlan.RefuseWeights(StepFormat.Tokens(9), 2, recipe, Machine(16_000_000_000)));
        Assert.Contains("weights: with gradients and the optimiser's averages they need at least 64,00", error.Message);
        Assert.Contains("this machine has 16,000 MB. Lower model.hidden", error.Message);
        MemoryPlan.RefuseWeights(StepFormat.Tokens(9), 2, Small, Machine(16_000_000_000));
    }

    /// <summary>Whoever imports trains nothing, and the network is the file's.</summary>
    [Fact]
    public void Weights_of_a_file_are_counted_as_they_stand_there_converted_and_as_the_network_s()
    {
        var recipe = Small with { Model = Small.Model with { Hidden = 10_000 } };
        var weights = RecurrentClassifier.Shapes(StepFormat.Tokens(9), 2, recipe.Model).Sum(weight => weight.Shape.Aggregate((product, side) => product * side));
        var need = 10 * weights; // of 16 bits in the file at least
        MemoryPlan.RefuseImported("torch.safetensors", StepFormat.Tokens(9), 2, recipe, Machine(need));
        var error = Assert.Throws<RecipeException>(() => MemoryPlan.RefuseImported("torch.safetensors", StepFormat.Tokens(9), 2, recipe, Machine(need - 1)));
        Assert.Contains($"'torch.safetensors': the recipe's network has {weights:N0} weights: to read them takes at least {need / 1e6:N0} MB of memory; this machine has", error.Message);
        Assert.Contains("Read them on a machine that has more; or, if the file's network is smaller, the recipe's model.hidden", error.Message);
        recipe = recipe with { Model = recipe.Model with { Hidden = 12_000 } };
        error = Assert.Throws<RecipeException>(() => MemoryPlan.RefuseImported("torch.safetensors", StepFormat.Tokens(9), 2, recipe, Machine(1_000_000_000_000)));
        Assert.Contains("would have 576,000,000 numbers; at most 536,870,911 of one weight are read; the recipe's model.hidden", error.Message);
    }

    /// <summary>An LSTM of 12,000 has 4 · 12,000² numbers, 2.3 GB, in one weight.</summary>
    [Fact]
    public void A_weight_that_no_span_can_hold_is_refused_however_much_memory_there_is()
    {
        var recipe = Small with { Model = Small.Model with { Hidden = 12_000 } };
        var error = Assert.Throws<RecipeException>(() => MemoryPlan.RefuseWeights(StepFormat.Tokens(9), 2, recipe, Machine(1_000_000_000_000)));
        Assert.Contains("would have 576,000,000 numbers; at most 536,870,911 of one weight", error.Message);
        MemoryPlan.RefuseWeights(StepFormat.Tokens(9), 2, Small with { Model = Small.Model with { Hidden = 11_000 } }, Machine(1_000_000_000_000));
    }

    [Theory]
    [InlineData(30_000, 8_000_000_000, "weights, its decoders' among them: with gradients and the optimiser's averages they need at least")]
    [InlineData(25_000, 1_000_000_000_000, "The weight 'auxiliary.0.head.2.weight' would have 625,000,000 numbers")]
    public void Weights_of_decoders_are_looked_at_before_they_are_made(int units, long memory, string expected)
    {
        var recipe = Small with { Auxiliary = [new AuxiliaryOptions { Kind = AuxiliaryKind.Prediction, Decoder = new DecoderOptions { HeadUnits = units } }] };
        var error = Assert.Throws<RecipeException>(() => MemoryPlan.RefuseWeights(StepFormat.Tokens(9), 2, recipe, Machine(memory)));
        Assert.Contains(expected, error.Message);
        Assert.Contains("auxiliary.0.decoder.headUnits", error.Message);
    }

    /// <summary>Two layers of 11,000 have 1.45 billion weights, each of which can be trained.</summary>
    [Fact]
    public void What_several_processes_cannot_sum_at_once_is_refused_to_them_alone()
    {
        var recipe = Small with { Model = Small.Model with { Hidden = 11_000, Layers = 2 } };
        MemoryPlan.RefuseSums(StepFormat.Tokens(9), 2, recipe, processes: 1);
        MemoryPlan.RefuseSums(StepFormat.Tokens(9), 2, Small, processes: 4);
        var error = Assert.Throws<RecipeException>(() => MemoryPlan.RefuseSums(StepFormat.Tokens(9), 2, recipe, processes: 4));
        Assert.Contains("can be summed over 4 processes", error.Message);
    }

    private static readonly Recipe Transformer = Small with
    {
        Model = new NetworkOptions { Cell = CellKind.Transformer, Hidden = 64, Layers = 4, FeedForward = 128, Heads = 4 },
        Bptt = new BpttOptions(),
    };

    private static Func<int, MemoryPlan> Linear(long common, long row) => rows => new MemoryPlan(rows, [new MemoryShare("all", common + rows * row)]);

    private static long StatesOf(MemoryPlan plan) => plan.Shares.Single(share => share.What == "states of the windows").Bytes;

    private static long DecodersOf(MemoryPlan plan) => plan.Shares.Single(share => share.What == "decoders").Bytes;

    // Of the states of full windows, a row's and step's.
    private static double SlotBytes() => (StatesOf(PlanOf(Small, steps: 300)) - StatesOf(PlanOf(Small, steps: 200))) / (8.0 * 100);

    private static InMemorySequences RowsOf(int count, int steps)
    {
        var set = new InMemorySequences(StepFormat.Tokens(9), ["a", "b"]);
        for (var row = 0; row < count; row++)
            set.AddTokens(new int[steps], row % 2);
        return set;
    }

    private static MemoryPlan PlanOf(Recipe recipe, int steps = 50, long resident = 0, bool recompute = false, IReadOnlyList<SequenceSet>? sets = null)
    {
        var set = RowsOf(Math.Max(10, recipe.Training.Batch), steps);
        var seed = new Seed(1);
        using var network = new RecurrentClassifier(set.Format, 2, recipe.Model, seed);
        AuxiliaryLoss[] losses = [.. recipe.Auxiliary.Select((options, j) => AuxiliaryLoss.Of(options, j, recipe.Bptt.Auxiliary, network, seed))];
        var task = new TrainingTask(network, losses, recipe.Bptt.Supervised, set, null, []) { Recompute = recompute };
        return MemoryPlan.Of(task, recipe.Training, sets ?? [set], resident: resident);
    }

    private static MachineInfo Machine(long bytes) => new() { Processor = "", Cores = 2, Memory = bytes, OperatingSystem = "", Architecture = "" };
}
