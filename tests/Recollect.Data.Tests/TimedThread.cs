namespace Recollect.Data.Tests;

/// <summary>A thread to which one piece of work after the other is handed, and which is not waited for without end.</summary>
internal sealed class TimedThread : IDisposable
{
    private readonly SemaphoreSlim _handed = new(0), _done = new(0);
    private Action? _work;
    private bool _isLost;

    public TimedThread() => new Thread(Work) { IsBackground = true }.Start();

    /// <summary>Waits for some work, which catches what it throws.</summary>
    /// <param name="work">The work.</param>
    /// <param name="limit">How long it may take.</param>
    /// <param name="mostBytes">What may be allocated in the meantime, so that an endless loop does not first take all the memory.</param>
    /// <returns>What went wrong, as a clause for a message, after which the thread takes no more work and ends with the process; null where nothing did.</returns>
    public string? Run(Action work, TimeSpan limit, long mostBytes)
    {
        ObjectDisposedException.ThrowIf(_isLost, this);
        var (before, began) = (GC.GetTotalAllocatedBytes(), Environment.TickCount64);
        _work = work;
        _handed.Release();
        while (!_done.Wait(50))
        {
            var allocated = GC.GetTotalAllocatedBytes() - before;
            _isLost = Environment.TickCount64 - began > limit.TotalMilliseconds || allocated > mostBytes;
            if (_isLost)
                return $"has not ended after {(Environment.TickCount64 - began) / 1000.0:F1} s and {allocated:N0} allocated bytes; expected at most {limit.TotalSeconds:F1} s and {mostBytes:N0}";
        }
        return null;
    }

    public void Dispose()
    {
        if (_isLost)
            return; // it may still wake up
        _work = null;
        _handed.Release();
        _done.Wait();
        _handed.Dispose();
        _done.Dispose();
    }

    private void Work()
    {
        while (true)
        {
            _handed.Wait();
            var work = _work;
            work?.Invoke();
            _done.Release();
            if (work is null)
                return;
        }
    }
}
