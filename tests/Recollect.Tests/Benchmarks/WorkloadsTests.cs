using Recollect.Benchmarks;
using Recollect.Experiments;
using Recollect.Losses;

namespace Recollect.Tests.Benchmarks;

/// <summary>A comparison means something where both sides do the same work.</summary>
public class WorkloadsTests
{
    private const int Threads = 2;

    public static TheoryData<string> Small => [.. SmallWorkloads().Select(work => work.Name)];

    [Theory]
    [MemberData(nameof(Small))]
    public void Both_sides_of_a_workload_come_to_the_same(string name)
    {
        var workload = SmallWorkloads().Single(work => work.Name == name);
        var setting = new SideSetting(Threads, workload.Rows);
        using var ours = workload.Ours(setting);
        using var libtorch = workload.Libtorch(setting);
        for (var round = 0; round < 2; round++) // a second one, in memory and with draws of its own
        {
            ours.Run(round);
            libtorch.Run(round);
            Same(libtorch.Result(), ours.Result());
        }
    }

    [Fact]
    public void A_batch_in_pieces_is_the_same_update()
    {
        var workload = Tiny("D", 40, loss => loss);
        using var whole = workload.Libtorch(new SideSetting(1, workload.Rows));
        using var pieces = workload.Libtorch(new SideSetting(1, workload.Rows / 2));
        whole.Run(0);
        pieces.Run(0);
        Same(whole.Result(), pieces.Result());
        Assert.Equal(1, pieces.Share);
    }

    [Fact]
    public void A_side_with_a_batch_of_its_own_says_how_much_it_does()
    {
        var workload = Workloads.Window("A", new WindowShape(3, 4, 4), 8);
        using var half = workload.Libtorch(new SideSetting(1, 4));
        Assert.Equal(0.5, half.Share);
    }

    [Fact]
    public void The_workloads_are_those_that_the_documentation_names()
    {
        Assert.Equal(["A", "B", "V", "C", "H", "G", "I", "E"], Workloads.Of(Suite.Kernel).Select(work => work.Group).Distinct());
        Assert.Equal(30, Workloads.Of(Suite.Kernel).Count(work => work.Group == "E"));
        Assert.Equal(["D", "D16384", "D′", "D″", "F3136", "R3136"], Workloads.Of(Suite.Step).Select(work => work.Name));
        Assert.All(Enum.GetValues<Suite>(), suite => Assert.Distinct(Workloads.Of(suite).Select(work => work.Name)));
    }

    private static IReadOnlyList<Workload> SmallWorkloads() =>
    [
        Workloads.Window("A", new WindowShape(7, 20, 12), 9),
        Workloads.Window("E2x512", new WindowShape(3, 512, 512), 2),
        Workloads.Window("V", new WindowShape(7, 20, 12, 1000), 9),
        Workloads.Decoder("C", new DecoderWorkShape(11, 4, 20, 24), 7),
        Workloads.Head("H", new HeadWorkShape(12, 20, 10), 500),
        Workloads.Product("G", "small", new ProductShape(1024, 1024, 1024, 1)),
        Workloads.Inference("I", new WindowShape(30, 32, 12)),
        Tiny("D", 40, loss => loss),
        Tiny("D′", 40, loss => loss with { Input = DecoderInputMode.Scheduled, ScheduledMaximum = 0.5 }, progress: 1),
        Tiny("D″", 40, loss => loss with { Segments = 3, Length = [5] }),
        Tiny("R", 40, loss => loss, recompute: RecomputeMode.Always),
    ];

    // The recipe itself, at a size that takes milliseconds.
    private static Workload Tiny(string name, int steps, Func<AuxiliaryOptions, AuxiliaryOptions> change, double progress = 0, RecomputeMode recompute = RecomputeMode.Auto)
    {
        var recipe = RecipeBook.Open("mnist-r-lstm-300");
        return Workloads.Update(name, "tiny", steps, (recipe with
        {
            Model = recipe.Model with { Hidden = 12, Embedding = 10, HeadUnits = 14 },
            Bptt = recipe.Bptt with { Supervised = new(9), Auxiliary = new(7), Recompute = recompute },
            Auxiliary = [.. recipe.Auxiliary.Select(loss => change(loss with { Length = [11], Decoder = loss.Decoder with { HeadUnits = 14 } }))],
            Training = recipe.Training with { Batch = 8 },
        }).Resolve(), progress);
    }

    private static void Same(Outcome expected, Outcome found)
    {
        Assert.True(Math.Abs(expected.Loss - found.Loss) <= 1e-5 * Math.Max(1, Math.Abs(expected.Loss)), $"{expected.Loss} and {found.Loss}");
        Assert.Equal(expected.Gradients.Keys.Order(), found.Gradients.Keys.Order());
        foreach (var (name, numbers) in expected.Gradients)
        {
            var scale = numbers.Max(Math.Abs);
            var difference = numbers.Zip(found.Gradients[name], (a, b) => Math.Abs(a - b)).Max();
            Assert.True(scale > 0 && difference <= 1e-4 * scale, $"{name}: {difference} of {scale}");
        }
    }
}
