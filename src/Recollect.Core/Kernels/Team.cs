using System.Runtime.ExceptionServices;

namespace Recollect.Kernels;

/// <summary>Some threads that take on the same work together, each its own share of it.</summary>
/// <remarks>Between works the threads spin for some tenths of a millisecond, longer than a kernel's own pauses are, and then sleep. They end with the team, disposed of or not.</remarks>
internal sealed class Team : IDisposable
{
    /// <summary>A weight is packed, or its gradient added, in the time of so many products.</summary>
    public const long PackedAsProducts = 4;

    private readonly Core _core = new();
    private readonly long _leastProducts;

    /// <summary>Starts a team.</summary>
    /// <param name="size">Its threads, the caller's among them; at least 1.</param>
    /// <param name="leastProducts">Works of fewer products are one thread's; null for <see cref="LeastProducts"/>.</param>
    public Team(int size, long? leastProducts = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 1);
        (Size, _leastProducts) = (size, leastProducts ?? LeastProducts);
        for (var i = 1; i < size; i++)
        {
            var (worker, core) = (i, _core); // and not the team: it could not be collected
            new Thread(() => core.Serve(worker)) { IsBackground = true, Name = $"kernel {worker}" }.Start();
        }
    }

    /// <summary>Ends the threads of a team that was not disposed of.</summary>
    ~Team() => _core.End();

    /// <summary>What one thread multiplies and adds in a tenth of a millisecond; waking another takes up to half of that. Tests set 0, so that small works take threads too.</summary>
    internal static long LeastProducts { get; set; } = 1 << 23;

    /// <summary>Threads, the caller's among them.</summary>
    public int Size { get; }

    /// <summary>Does <paramref name="work"/> on every thread, with its number from 0 on, and returns when all are done.</summary>
    /// <remarks>The first exception of any thread is thrown here, after all have ended.</remarks>
    public void Run(Action<int> work)
    {
        _core.Run(work, Size);
        GC.KeepAlive(this);
    }

    /// <summary>Does the same, one share after the other on the caller's thread where the whole is so small that waking the others costs more.</summary>
    /// <param name="work">The work; its workers do not meet.</param>
    /// <param name="products">About how many numbers are multiplied and added in all.</param>
    public void Run(Action<int> work, long products)
    {
        if (products >= _leastProducts)
            _core.Run(work, Size);
        else
            _core.RunAlone(work, Size);
        GC.KeepAlive(this);
    }

    /// <summary>The next piece, 0, 1, 2 …, of the work at hand that no worker has been dealt yet; so who is faster does more.</summary>
    /// <remarks>For pieces whose results do not depend on who computes them, and when.</remarks>
    public int Deal() => _core.Deal();

    /// <summary>Waits, in a work that <see cref="Run(Action{int})"/> does, until every worker has come here; what they wrote before is then seen by all.</summary>
    /// <exception cref="OperationCanceledException">Another worker has failed, and will not come.</exception>
    public void Meet()
    {
        if (Size > 1)
            _core.Meet(Size);
    }

    /// <summary>The share of worker <paramref name="worker"/> in <paramref name="count"/> pieces: from First on, before End.</summary>
    public (int First, int End) Share(int worker, int count) =>
        ((int)((long)count * worker / Size), (int)((long)count * (worker + 1) / Size));

    /// <summary>Ends the threads; what a <see cref="Run(Action{int})"/> has begun is done to its end, and none can begin after it.</summary>
    public void Dispose()
    {
        _core.End();
        GC.SuppressFinalize(this);
    }

    /// <summary>What the threads share.</summary>
    private sealed class Core
    {
        private const int SpinsBeforeSleep = 400;
        private const int LooksBeforePause = 64; // looks at a flag before a pause: workers that meet are rarely far apart
        private const int PausesBeforeYield = 200;

        private readonly Lock _oneAtATime = new();
        private readonly object _gate = new();
        private Action<int>? _work;
        private ExceptionDispatchInfo? _failure;
        private volatile int _round;
        private volatile int _unfinished;
        private volatile int _meetings;
        private int _arrived;
        private int _dealt;
        private volatile bool _ended;

        public void Run(Action<int> work, int size)
        {
            lock (_oneAtATime)
            {
                lock (_gate)
                {
                    ObjectDisposedException.ThrowIf(_ended, typeof(Team));
                    _failure = null;
                    _arrived = 0;
                    _dealt = 0;
                    _work = work;
                    _unfinished = size - 1;
                    _round++;
                    if (size > 1)
                        Monitor.PulseAll(_gate);
                }
                Do(work, 0);
                for (var looks = 0; _unfinished > 0; looks++)
                    Pause(looks);
                _work = null;
                _failure?.Throw();
            }
        }

        public void RunAlone(Action<int> work, int size)
        {
            lock (_oneAtATime)
            {
                ObjectDisposedException.ThrowIf(_ended, typeof(Team));
                _failure = null;
                _dealt = 0;
                for (var worker = 0; worker < size; worker++)
                    Do(work, worker);
                _failure?.Throw();
            }
        }

        public int Deal() => Interlocked.Increment(ref _dealt) - 1;

        public void Meet(int size)
        {
            var meeting = _meetings;
            if (Interlocked.Increment(ref _arrived) == size)
            {
                _arrived = 0;
                _meetings = meeting + 1;
                return;
            }
            for (var looks = 0; _meetings == meeting; looks++)
            {
                if (Volatile.Read(ref _failure) is not null)
                    throw new OperationCanceledException("Another worker has failed.");
                Pause(looks);
            }
        }

        private static void Pause(int looks)
        {
            if (looks > LooksBeforePause + PausesBeforeYield)
                Thread.Yield(); // more threads than processors: whoever is awaited must run
            else if (looks > LooksBeforePause)
                Thread.SpinWait(1);
        }

        public void End()
        {
            lock (_gate)
            {
                _ended = true;
                Monitor.PulseAll(_gate);
            }
        }

        public void Serve(int worker)
        {
            for (var seen = 0; ; seen++)
            {
                for (var spin = 0; spin < SpinsBeforeSleep && _round == seen && !_ended; spin++)
                    Thread.SpinWait(30);
                if (_round == seen && !Awaken(seen))
                    return;
                Do(_work!, worker);
                Interlocked.Decrement(ref _unfinished);
            }
        }

        // Sleeps until there is work, which is done even if the team has ended since; false where it has ended without any.
        private bool Awaken(int seen)
        {
            lock (_gate)
            {
                while (_round == seen && !_ended)
                    Monitor.Wait(_gate);
                return _round != seen;
            }
        }

        private void Do(Action<int> work, int worker)
        {
            try
            {
                work(worker);
            }
            catch (Exception exception)
            {
                Interlocked.CompareExchange(ref _failure, ExceptionDispatchInfo.Capture(exception), null);
            }
        }
    }
}
