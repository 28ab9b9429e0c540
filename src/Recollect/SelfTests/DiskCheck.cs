using System.Diagnostics;
using System.Runtime.InteropServices;
using Recollect.Randomness;
using Recollect.Runs;

namespace Recollect.SelfTests;

/// <summary>How fast a disk writes and reads one file.</summary>
/// <param name="Folder">Where it was.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="WriteRate">Bytes a second until they are on the disk.</param>
/// <param name="ReadRate">Bytes a second; from the system's memory where it kept them.</param>
/// <param name="Fault">What is wrong, as a clause; null where nothing is.</param>
internal sealed record DiskFacts(string Folder, long Bytes, double WriteRate, double ReadRate, string? Fault);

/// <summary>Writes a file where runs go, flushes it to the disk, and reads it back.</summary>
internal static class DiskCheck
{
    private const int Block = 1 << 20;
    private const int MostBlocks = 128; // and no more than an eighth of what is free
    private static readonly TimeSpan Budget = TimeSpan.FromSeconds(4); // of writing

    /// <summary>Does it. On Linux and macOS the file has no name while it is written, so that it is gone whatever becomes of this process.</summary>
    /// <param name="folder">Where runs go.</param>
    public static DiskFacts Run(string folder)
    {
        var path = Path.GetFullPath(folder);
        try
        {
            var at = FolderState.NearestTo(folder);
            var file = Path.Combine(at, $".recollect-trial-{Guid.NewGuid():N}");
            using var stream = new FileStream(file, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, bufferSize: 0, FileOptions.DeleteOnClose);
            if (!OperatingSystem.IsWindows())
                File.Delete(file);
            return Measure(stream, path, BlocksFor(FolderState.Of(folder).Free));
        }
        catch (Exception cause) when (StorageFailure.Is(cause))
        {
            return new DiskFacts(path, 0, 0, 0, StorageFailure.Found(path, cause));
        }
    }

    /// <summary>How many blocks are written where so many bytes are free.</summary>
    internal static int BlocksFor(long? free) => (int)Math.Clamp((free ?? long.MaxValue) / Block / 8, 1, MostBlocks);

    private static DiskFacts Measure(FileStream stream, string path, int most)
    {
        byte[] block = new byte[Block], back = new byte[Block];
        var draws = new Seed(1).Stream("disk"); // what no file system makes smaller
        for (var i = 0; i < Block; i++)
            block[i] = (byte)draws.Next(256);
        var clock = Stopwatch.StartNew();
        var blocks = 0;
        for (; blocks < most && (blocks == 0 || clock.Elapsed < Budget); blocks++)
        {
            Number(block, blocks);
            stream.Write(block);
        }
        stream.Flush(flushToDisk: true);
        var written = clock.Elapsed.TotalSeconds;
        Forget(stream);
        stream.Position = 0;
        var (reading, read) = (new Stopwatch(), 0);
        for (; read < blocks; read++)
        {
            reading.Start();
            stream.ReadExactly(back);
            reading.Stop();
            Number(block, read);
            if (!back.AsSpan().SequenceEqual(block))
                break;
        }
        var bytes = (long)blocks * Block;
        return new DiskFacts(path, bytes, bytes / written, bytes / Math.Max(1e-9, reading.Elapsed.TotalSeconds),
            read < blocks ? $"what was read back at offset {(long)read * Block:N0} of {bytes:N0} bytes is not what was written" : null);
    }

    // No two blocks are alike.
    private static void Number(byte[] block, int number) => BitConverter.TryWriteBytes(block, number);

    // Asks Linux not to keep the file in memory, so that reading it is the disk's work.
    private static void Forget(FileStream stream)
    {
        if (OperatingSystem.IsLinux())
            _ = Native.Advise((int)stream.SafeFileHandle.DangerousGetHandle(), 0, 0, Native.DontNeed);
    }

    private static class Native
    {
        public const int DontNeed = 4; // POSIX_FADV_DONTNEED on x64 and arm64

        [DllImport("libc", EntryPoint = "posix_fadvise"), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        public static extern int Advise(int file, long offset, long length, int advice);
    }
}
