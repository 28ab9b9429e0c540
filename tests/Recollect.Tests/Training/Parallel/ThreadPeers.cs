using Recollect.Training;

namespace Recollect.Tests.Training;

/// <summary>Processes played by threads of this one: they meet at a barrier, and sum in the order of ranks.</summary>
internal sealed class ThreadPeers : Peers
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly Group _group;

    private ThreadPeers(int rank, Group group) => (Rank, _group) = (rank, group);

    public override int Rank { get; }

    public override int Count => _group.Given.Length;

    /// <summary>Does <paramref name="work"/> as each of so many processes; what one of them throws is thrown.</summary>
    public static T[] Run<T>(int count, Func<Peers, T> work)
    {
        var group = new Group(new object?[count], new Barrier(count));
        var (results, failures) = (new T[count], new Exception?[count]);
        Thread[] threads = [.. Enumerable.Range(0, count).Select(rank => new Thread(() =>
        {
            try
            {
                results[rank] = work(new ThreadPeers(rank, group));
            }
            catch (Exception failure)
            {
                failures[rank] = failure;
            }
        }))];
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());
        var first = Array.Find(failures, failure => failure is not null and not TimeoutException) ?? Array.Find(failures, failure => failure is not null);
        return first is null ? results : throw new InvalidOperationException($"A process failed: {first.Message}", first);
    }

    public override void Sum<T>(Span<T> values)
    {
        _group.Given[Rank] = values.ToArray();
        Wait();
        values.Clear();
        foreach (var given in _group.Given.Cast<T[]>())
        {
            Assert.Equal(values.Length, given.Length); // else the processes do not make the same calls
            for (var i = 0; i < values.Length; i++)
                values[i] += given[i];
        }
        Wait();
    }

    public override void Share(Span<byte> bytes, int from = 0)
    {
        _group.Given[Rank] = bytes.ToArray();
        Wait();
        var given = (byte[])_group.Given[from]!;
        Assert.Equal(bytes.Length, given.Length);
        given.CopyTo(bytes);
        Wait();
    }

    public override void Abort(int code) => throw new NotSupportedException();

    private void Wait()
    {
        if (!_group.Barrier.SignalAndWait(Patience))
            throw new TimeoutException("Another process did not come.");
    }

    private sealed record Group(object?[] Given, Barrier Barrier);
}
