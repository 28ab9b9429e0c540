using Recollect.Sequences;

namespace Recollect.Core.Tests.Sequences;

public sealed class BatchReaderTests
{
    [Theory]
    [InlineData(StepKind.Tokens, 9, 20_000_000, 107)]
    [InlineData(StepKind.Reals, 3, 20_000_000, 35)]
    [InlineData(StepKind.Reals, 3, 1_500_000_000, 1)]
    public void As_many_rows_are_read_at_once_as_one_array_can_hold(StepKind kind, int width, int steps, int rows) =>
        Assert.Equal(rows, BatchReader.MostRows(steps, new StepFormat(kind, width)));
}
