namespace Recollect.Runs;

public class PeakMemoryTests
{
    [Fact]
    public void The_peak_rises_with_what_was_touched_and_stays_when_it_is_gone()
    {
        const int Size = 200 << 20;
        var before = Environment.WorkingSet;
        Touch(Size);
        GC.Collect();
        Assert.InRange(PeakMemory.Bytes, before + (long)(0.9 * Size), long.MaxValue);
    }

    private static void Touch(int size)
    {
        var block = new byte[size];
        for (var i = 0; i < size; i += 1024)
            block[i] = 1;
        GC.KeepAlive(block);
    }
}
