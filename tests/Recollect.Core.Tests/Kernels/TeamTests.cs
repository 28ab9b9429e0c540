using System.Runtime.CompilerServices;
using FsCheck.Xunit;
using Recollect.Kernels;

namespace Recollect.Core.Tests.Kernels;

public sealed class TeamTests
{
    [Theory]
    [InlineData(1, 10_000)]
    [InlineData(2, 2000)]
    [InlineData(3, 500)]
    [InlineData(8, 100)]
    public void Every_worker_works_once_a_run_through_many_short_runs_in_a_row(int size, int runs)
    {
        using var team = new Team(size);
        var calls = new int[size];
        var seen = 0; // written between runs alone: whoever reads it in a run sees what was written before
        var wrong = 0;
        void Work(int worker)
        {
            calls[worker]++;
            if (calls[worker] != Volatile.Read(ref seen))
                Interlocked.Increment(ref wrong);
        }

        for (var run = 1; run <= runs; run++)
        {
            seen = run;
            team.Run(Work);
            Assert.Equal(size, calls.Count(count => count == run));
        }
        Assert.Equal(0, wrong);
    }

    [Theory]
    [Trait("Tier", "slow")]
    [InlineData(2)]
    [InlineData(5)]
    public void Nothing_is_lost_in_a_hundred_thousand_runs(int size) => Every_worker_works_once_a_run_through_many_short_runs_in_a_row(size, 100_000);

    [Fact]
    public void A_run_ends_when_the_slowest_worker_has_ended()
    {
        using var team = new Team(3);
        var done = new bool[3];
        for (var slow = 0; slow < 3; slow++)
        {
            Array.Clear(done);
            team.Run(worker =>
            {
                if (worker == slow)
                    Thread.Sleep(30);
                done[worker] = true;
            });
            Assert.Equal([true, true, true], done);
        }
    }

    [Fact]
    public void Workers_work_at_the_same_time()
    {
        using var team = new Team(3);
        using var all = new Barrier(3);
        var met = new bool[3];
        team.Run(worker => met[worker] = all.SignalAndWait(TimeSpan.FromSeconds(30)));
        Assert.Equal([true, true, true], met);
    }

    [Fact]
    public void Workers_that_have_fallen_asleep_wake_up()
    {
        using var team = new Team(3);
        for (var run = 0; run < 5; run++)
        {
            Thread.Sleep(20);
            var calls = 0;
            team.Run(_ => Interlocked.Increment(ref calls));
            Assert.Equal(3, calls);
        }
    }

    [Property]
    public void Shares_cover_everything_once_in_order_and_almost_evenly(byte workers, ushort count)
    {
        using var team = new Team(workers % 3 + 1);
        var end = 0;
        for (var worker = 0; worker < team.Size; worker++)
        {
            var share = team.Share(worker, count);
            Assert.Equal(end, share.First);
            Assert.InRange(share.End - share.First, count / team.Size, count / team.Size + 1);
            end = share.End;
        }
        Assert.Equal(count, end);
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(2, 0)]
    [InlineData(2, 1)]
    [InlineData(5, 4)]
    public void An_exception_of_any_worker_reaches_the_caller_and_the_team_still_works(int size, int broken)
    {
        using var team = new Team(size);
        for (var run = 0; run < 20; run++)
        {
            var calls = new int[size];
            Assert.Throws<InvalidDataException>(() => team.Run(worker =>
            {
                calls[worker]++;
                if (worker == broken)
                    throw new InvalidDataException("broken");
            }));
            Assert.All(calls, count => Assert.Equal(1, count));
        }
        var after = new int[size];
        team.Run(worker => after[worker]++);
        Assert.All(after, count => Assert.Equal(1, count));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public void Workers_that_have_met_see_what_the_others_wrote_before(int size)
    {
        using var team = new Team(size);
        var written = new int[size];
        var wrong = 0;
        team.Run(worker =>
        {
            for (var round = 1; round <= 500; round++)
            {
                written[worker] = round;
                team.Meet();
                if (!Array.TrueForAll(written, number => number == round))
                    Interlocked.Increment(ref wrong);
                team.Meet();
            }
        });
        Assert.Equal(0, wrong);
    }

    [Fact]
    public void A_worker_that_fails_frees_those_who_wait_for_it_and_the_team_still_works()
    {
        using var team = new Team(3);
        for (var run = 0; run < 20; run++)
        {
            var thrown = Assert.Throws<InvalidDataException>(() => team.Run(worker =>
            {
                if (worker == run % 3)
                    throw new InvalidDataException("broken");
                team.Meet();
                team.Meet();
            }));
            Assert.Equal("broken", thrown.Message);
            var met = 0;
            team.Run(_ =>
            {
                team.Meet();
                Interlocked.Increment(ref met);
            });
            Assert.Equal(3, met);
        }
    }

    [Fact]
    public void The_threads_of_a_forgotten_team_end()
    {
        var threads = Forgotten();
        for (var wait = 0; wait < 100 && threads.Exists(thread => thread.IsAlive); wait++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            Thread.Sleep(50);
        }
        Assert.All(threads, thread => Assert.False(thread.IsAlive));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static List<Thread> Forgotten()
    {
        var threads = new Thread[3];
        new Team(3).Run(worker => threads[worker] = Thread.CurrentThread);
        return [.. threads.Skip(1)];
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void Every_piece_of_a_work_is_dealt_once_and_the_next_work_begins_anew(int size)
    {
        using var team = new Team(size);
        for (var run = 0; run < 300; run++)
        {
            var taken = new int[50];
            team.Run(_ =>
            {
                for (var piece = team.Deal(); piece < taken.Length; piece = team.Deal())
                    Interlocked.Increment(ref taken[piece]);
            }, products: run % 2);
            Assert.All(taken, count => Assert.Equal(1, count));
        }
    }

    [Fact]
    public void A_small_work_is_done_by_the_caller_share_by_share_and_ends_as_any_other()
    {
        using var team = new Team(3, leastProducts: 10);
        var (threads, shares) = (new HashSet<int>(), new List<int>());
        void Work(int worker)
        {
            lock (shares)
            {
                threads.Add(Environment.CurrentManagedThreadId);
                shares.Add(worker);
            }
        }

        team.Run(Work, products: 9);
        Assert.Equal([Environment.CurrentManagedThreadId], threads);
        Assert.Equal([0, 1, 2], shares);
        team.Run(Work, products: 10);
        Assert.Equal(3, threads.Count);

        var calls = 0;
        Assert.Throws<InvalidDataException>(() => team.Run(worker =>
        {
            calls++;
            if (worker == 0)
                throw new InvalidDataException();
        }, products: 9));
        Assert.Equal(3, calls);
        team.Dispose();
        Assert.Throws<ObjectDisposedException>(() => team.Run(_ => { }, products: 9));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task A_team_disposed_of_while_it_works_ends_its_work_and_begins_no_other(int size)
    {
        for (var run = 0; run < 50; run++)
        {
            var team = new Team(size);
            var (calls, begun) = (0, new TaskCompletionSource());
            var work = Task.Run(() => team.Run(_ =>
            {
                begun.TrySetResult();
                Thread.Yield();
                Interlocked.Increment(ref calls);
            }), TestContext.Current.CancellationToken);
            await begun.Task;
            team.Dispose();
            await work.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
            Assert.Equal(size, calls);
            Assert.Throws<ObjectDisposedException>(() => team.Run(_ => { }));
        }
    }

    [Fact]
    public void A_team_disposed_of_by_its_own_work_ends_that_work()
    {
        var team = new Team(3);
        var calls = 0;
        team.Run(worker =>
        {
            if (worker == 0)
                team.Dispose();
            Interlocked.Increment(ref calls);
        });
        Assert.Equal(3, calls);
    }

    [Fact]
    public void Of_several_exceptions_one_reaches_the_caller()
    {
        using var team = new Team(4);
        var thrown = Assert.Throws<InvalidDataException>(() => team.Run(worker => throw new InvalidDataException($"{worker}")));
        Assert.InRange(int.Parse(thrown.Message), 0, 3);
    }

    [Fact]
    public void Runs_from_several_threads_take_turns()
    {
        using var team = new Team(2);
        var (inside, wrong, total) = (0, 0, 0);
        Parallel.For(0, 200, new ParallelOptions { MaxDegreeOfParallelism = 4 }, _ =>
            team.Run(worker =>
            {
                if (worker == 0 && Interlocked.Increment(ref inside) != 1)
                    Interlocked.Increment(ref wrong);
                Interlocked.Increment(ref total);
                if (worker == 0)
                    Interlocked.Decrement(ref inside);
            }));
        Assert.Equal((0, 400), (wrong, total));
    }

    [Fact]
    public void A_team_of_nobody_is_refused() => Assert.Throws<ArgumentOutOfRangeException>(() => new Team(0));
}
