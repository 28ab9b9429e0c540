namespace Recollect.Data.Tests.Reading.Parquet;

public sealed class ParquetBudgetTests
{
    private const int Length = 512 << 10;

    /// <summary>Equal values take next to nothing in a file, and their room in memory all the same.</summary>
    [Fact]
    public void Values_that_no_byte_stands_for_take_memory_too()
    {
        Assert.False(new ParquetBudget(Length).Takes(530_000_000, 0)); // 12 GB
        Assert.True(new ParquetBudget(Length).Takes(20_000_000, 0)); // 0.5 GB
    }

    [Fact]
    public void What_was_taken_is_not_there_again()
    {
        var budget = new ParquetBudget(0);
        Assert.True(budget.Takes(1_000_000, 1_000_000));
        Assert.False(budget.Takes(1_000_000, 0));
        Assert.False(new ParquetBudget(Length).Takes(0, ((long)ParquetBudget.PerByte * Length) + ParquetBudget.FreeBytes + 1));
    }
}
