using Recollect.Reports.Reading;
using Recollect.Reports.Sections;

namespace Recollect.Tests.Reports.Sections;

public sealed class RunGroupTests : IDisposable
{
    private readonly RunFolders _runs = new();

    public void Dispose() => _runs.Dispose();

    private IReadOnlyList<RunGroup> Groups(params string[] names) => RunGroup.Of([.. names.Select(name => RunReader.Read(_runs.In(name)))]);

    [Fact]
    public void Runs_that_differ_by_their_seed_alone_are_a_group_named_without_it()
    {
        _runs.Finished("r-s1", 0.5, 1, "r");
        _runs.Finished("lstm-7", 0.4, 7, "lstm");
        _runs.Begun("r-s2", 2, "r");
        var groups = Groups("r-s1", "lstm-7", "r-s2");
        Assert.Equal(["r", "lstm"], groups.Select(group => group.Name));
        Assert.Equal(["r-s1", "r-s2"], groups[0].Runs.Select(run => run.Name));
        Assert.Equal([0, 1], groups.Select(group => group.Style));
    }

    [Fact]
    public void A_number_that_is_not_the_seed_is_part_of_the_name()
    {
        _runs.Finished("mnist-14", 0.5, 1);
        Assert.Equal("mnist-14", Groups("mnist-14")[0].Name);
    }

    [Fact]
    public void A_run_that_is_not_there_yet_joins_those_of_its_name()
    {
        _runs.Finished("r-s1", 0.5, 1, "r");
        Assert.Equal(["r-s1", "r-s2"], Assert.Single(Groups("r-s1", "r-s2")).Runs.Select(run => run.Name));
        Assert.Equal("p", Groups("p-s2")[0].Name);
    }

    [Fact]
    public void Names_that_meet_are_told_apart()
    {
        _runs.Finished("one/r-s1", 0.5, 1, "a");
        _runs.Finished("two/r-s1", 0.5, 1, "b");
        _runs.Finished("two/r-s2", 0.5, 2, "c");
        Assert.Equal(["one/r", "two/r", "two/r (2)"], Groups("one/r-s1", "two/r-s1", "two/r-s2").Select(group => group.Name));
    }
}
