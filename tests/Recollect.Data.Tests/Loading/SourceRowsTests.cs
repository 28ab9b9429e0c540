namespace Recollect.Data.Tests.Loading;

public sealed class SourceRowsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public SourceRowsTests()
    {
        _folder.Write("a.csv", "label,v\nx,1\ny,2\nx,3\ny,4\n");
        _folder.Write("t.csv", "label,v\nx,1\n");
    }

    public void Dispose() => _folder.Dispose();

    private SourceRows Rows(string? test) =>
        SourceRows.Of(new DataOptions { Source = "csv", Train = "a.csv", Test = test }, _folder.Path, hold: false, TestContext.Current.CancellationToken);

    [Theory]
    [InlineData(null)]
    [InlineData("t.csv")]
    public void A_table_that_grew_since_it_was_hashed_is_refused_by_its_name(string? test)
    {
        var (rows, train, other) = (Rows(test), Path.Combine(_folder.Path, "a.csv"), Path.Combine(_folder.Path, test ?? "a.csv"));
        File.AppendAllText(train, "x,5\n");
        Refusal.Of<DataException>(() => rows.Train, $"{train}: the file changed while it was read", "Begin again");
        if (test is not null)
            File.AppendAllText(other, "x,5\n");
        Refusal.Of<DataException>(() => rows.Test, $"{other}: the file changed while it was read");
    }

    [Fact]
    public void A_table_that_is_replaced_in_the_midst_of_a_reading_is_refused_at_its_end()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "A file that is read cannot be replaced there.");
        using var row = Rows(null).Train.GetEnumerator();
        Assert.True(row.MoveNext());
        File.Move(_folder.Write("b.csv", "label,v\nx,7\n"), Path.Combine(_folder.Path, "a.csv"), overwrite: true);
        Refusal.Of<DataException>(() =>
        {
            while (row.MoveNext())
                continue;
        }, "a.csv: the file changed while it was read");
    }

    [Fact]
    public void What_a_limit_leaves_out_takes_no_memory()
    {
        const int Rows = 50_000, Values = 20;
        _folder.Write("large.csv", $"label,{string.Join(',', Enumerable.Range(0, Values).Select(column => $"v{column}"))}\n"
            + string.Concat(Enumerable.Range(0, Rows).Select(row => $"{row % 2},{string.Join(',', Enumerable.Repeat(row, Values))}\n")));
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var rows = SourceRows.Of(new DataOptions { Source = "csv", Train = "large.csv", Limit = 2, TestLimit = 2 }, _folder.Path, hold: true, TestContext.Current.CancellationToken);
        var held = GC.GetTotalMemory(forceFullCollection: true) - before;
        Assert.Equal((2, 2), (rows.Train.Count(), rows.Test.Count()));
        Assert.True(held < Rows * Values * sizeof(float) / 4, $"{held:N0} bytes are held.");
        GC.KeepAlive(rows);
    }

    [Fact]
    public void A_row_that_was_not_counted_is_neither_kept_nor_held_out()
    {
        var (kept, heldOut) = SourceRows.Divide([1, 2, 3], [true, false]);
        Assert.Equal([2], kept);
        Assert.Equal([1], heldOut);
    }
}
