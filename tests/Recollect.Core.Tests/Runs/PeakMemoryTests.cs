using System.Diagnostics;

namespace Recollect.Runs;

public class PeakMemoryTests
{
    [Fact]
    public void The_peak_rises_with_what_was_touched_and_stays_when_it_is_gone()
    {
        const int Size = 200 << 20;
        var before = PeakMemory.NowBytes;
        Touch(Size);
        GC.Collect();
        Assert.InRange(PeakMemory.Bytes, before + (long)(0.9 * Size), long.MaxValue);
        Assert.True(PeakMemory.NowBytes <= PeakMemory.Bytes);
    }

    [Fact]
    public void What_is_resident_agrees_with_the_runtime_s_own_count()
    {
        using var process = Process.GetCurrentProcess();
        Assert.InRange(PeakMemory.NowBytes, process.WorkingSet64 * 0.7, process.WorkingSet64 * 1.3);
    }

    private static void Touch(int size)
    {
        var block = new byte[size];
        for (var i = 0; i < size; i += 1024)
            block[i] = 1;
        GC.KeepAlive(block);
    }
}
