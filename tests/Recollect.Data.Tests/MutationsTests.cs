namespace Recollect.Data.Tests;

/// <summary>That what damaged files are tried by fails where it must, and says which of them it was.</summary>
public sealed class MutationsTests
{
    private static readonly byte[] Whole = [1, 2, 3, 4, 5, 6, 7, 8];

    private static string Fails(Func<int, int> read, TimeSpan? limit = null)
    {
        var calls = 0;
        return Assert.ThrowsAny<Exception>(() => Mutations.Try([Whole], 10, 1 << 20, _ => read(calls++), (found, _) => Assert.True(found >= 0), limit: limit)).Message;
    }

    [Fact]
    public void A_reader_without_end_fails_at_its_mutation()
    {
        using var released = new ManualResetEventSlim();
        var says = Fails(call =>
        {
            if (call == 3)
                released.Wait(TestContext.Current.CancellationToken);
            return 0;
        }, TimeSpan.FromSeconds(0.2));
        released.Set();
        Assert.StartsWith("mutation 3 of seed 20180609 has not ended after", says, StringComparison.Ordinal);
    }

    [Fact]
    public void A_reader_that_allocates_without_end_fails_before_its_time()
    {
        var isOver = false; // the lost thread must not go on beside other tests, which count what is allocated
        var says = Fails(call =>
        {
            for (var rest = new List<byte[]>(); call == 2 && rest.Count < 1000 && !Volatile.Read(ref isOver); Thread.Sleep(1))
                rest.Add(new byte[1 << 16]);
            return 0;
        });
        Volatile.Write(ref isOver, true);
        Assert.StartsWith("mutation 2 of seed 20180609 has not ended after", says, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_wrong_with_one_is_told_with_its_number()
    {
        Assert.StartsWith("mutation 4 of seed 20180609: ", Fails(call => call == 4 ? throw new FormatException() : 0), StringComparison.Ordinal);
        Assert.StartsWith("mutation 5 of seed 20180609: ", Fails(call => call == 5 ? -1 : 0), StringComparison.Ordinal);
        Assert.StartsWith("mutation 6 of seed 20180609 allocated ", Fails(call => call == 6 ? new byte[2 << 20].Length : 0), StringComparison.Ordinal);
        Assert.StartsWith("mutation 7 of seed 20180609 does not name the file", Fails(call => call == 7 ? throw new DataException("wrong") : 0), StringComparison.Ordinal);
        Assert.StartsWith("mutation 8 of seed 20180609 names no place", Fails(call => call == 8 ? throw new DataException("fuzz: wrong") : 0), StringComparison.Ordinal);
    }
}
