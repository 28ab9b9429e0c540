namespace Recollect.Tests;

/// <summary>What a piece of code allocates whenever it runs.</summary>
internal static class Allocation
{
    /// <summary>The fewest managed bytes of five runs on this thread, after one that is not counted: what the runtime makes once, when it compiles a method anew at a moment of its own, is in one of them alone.</summary>
    public static long EveryTime(Action run)
    {
        run();
        return Enumerable.Range(0, 5).Min(_ =>
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            run();
            return GC.GetAllocatedBytesForCurrentThread() - before;
        });
    }
}
