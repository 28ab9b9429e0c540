using Recollect.Cli.Plans;
using Recollect.Plans;

namespace Recollect.Tests.Cli.Plans;

public class PlanRequestTests
{
    [Theory]
    [InlineData(4, 2, 2)]
    [InlineData(6, 4, 2)]
    [InlineData(139, 30, 30)]
    [InlineData(8, 5, 5, 5)]
    public void Shares_of_a_plan_whose_exhibits_have_seeds_of_their_own_are_of_nearly_one_size(params int[] sizes)
    {
        var runs = sizes.SelectMany((recipes, before) => Seed(before + 1, recipes)).ToList();
        for (var of = 1; of <= 10; of++)
        {
            var shares = Enumerable.Range(1, of).Select(number => new Shard(number, of).Among(runs)).ToList();
            Assert.Equal(runs.Select(run => run.Name).Order(), shares.SelectMany(share => share).Select(run => run.Name).Order());
            Assert.InRange(shares.Max(share => share.Count) - shares.Min(share => share.Count), 0, 1);
        }
    }

    /// <summary>The paper's tables at the short scale: 139 runs have the first seed, and 30 of them two more.</summary>
    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(5)]
    public void Seeds_that_shares_come_out_even_over_have_other_recipes_in_each(int of)
    {
        List<PlannedRun> runs = [.. Seed(1, 139), .. Seed(2, 30), .. Seed(3, 30)];
        var share = new Shard(1, of).Among(runs);
        Assert.Empty(share.Where(run => run.Seed == 2).Select(run => run.Recipe).Intersect(share.Where(run => run.Seed == 3).Select(run => run.Recipe)));
    }

    [Fact]
    public void A_seed_after_one_that_shares_do_not_come_out_even_over_has_other_recipes_in_each()
    {
        List<PlannedRun> runs = [.. Seed(1, 7), .. Seed(2, 4)];
        foreach (var share in Enumerable.Range(1, 4).Select(number => new Shard(number, 4).Among(runs)))
            Assert.Equal(share.Count, share.Select(run => run.Recipe).Distinct().Count());
    }

    private static IEnumerable<PlannedRun> Seed(int seed, int recipes) => Enumerable.Range(0, recipes).Select(recipe => new PlannedRun($"{recipe}", [], seed, $"{recipe}-s{seed}"));
}
