using System.Numerics;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace Recollect.Training;

/// <summary>The processes that train one network together, this one among them: alone, or over MPI.</summary>
/// <remarks>Every process makes the same calls in the same order; each waits for the others, and what comes back is the same in all.</remarks>
public abstract class Peers : IDisposable
{
    /// <summary>This process and no other.</summary>
    public static Peers Alone { get; } = new OneProcess();

    /// <summary>The number of this process, from 0.</summary>
    public abstract int Rank { get; }

    /// <summary>How many there are; at least 1.</summary>
    public abstract int Count { get; }

    /// <summary>Whether this is the one that reports and writes.</summary>
    public bool IsFirst => Rank == 0;

    /// <summary>The processes that <c>mpirun</c>, or <c>srun</c> with PMIx, has started with this one; <see cref="Alone"/> where it was started by itself.</summary>
    /// <remarks>Once in a process: MPI does not begin a second time.</remarks>
    /// <exception cref="RunException">It was started so, and Open MPI's library does not load.</exception>
    public static Peers Join() => MpiPeers.Expected(Environment.GetEnvironmentVariable) ? new MpiPeers(OpenMpi.Load(OpenMpi.Names)) : Alone;

    /// <summary>Puts in the place of each number its sum over the processes.</summary>
    /// <param name="values">As many in every process.</param>
    /// <typeparam name="T">float or double.</typeparam>
    /// <exception cref="RunException">The others cannot be reached any more.</exception>
    public abstract void Sum<T>(Span<T> values)
        where T : unmanaged, INumberBase<T>;

    /// <summary>Puts in the place of these bytes those of the process <paramref name="from"/>.</summary>
    /// <param name="bytes">As many in every process.</param>
    /// <param name="from">Whose they are.</param>
    /// <exception cref="RunException">The others cannot be reached any more.</exception>
    public abstract void Share(Span<byte> bytes, int from = 0);

    /// <summary>Ends every process, this one as well, whatever the others are doing.</summary>
    /// <param name="code">The exit code.</param>
    public abstract void Abort(int code);

    /// <summary>The stretch of an update's, or a set's, rows that is this process's: as many as any other's, but for one.</summary>
    /// <param name="rows">Rows of all.</param>
    public Range ShareOf(int rows)
    {
        var (each, rest) = Math.DivRem(rows, Count);
        var first = Rank * each + Math.Min(Rank, rest);
        return first..(first + each + (Rank < rest ? 1 : 0));
    }

    /// <summary>The most rows that one process has of so many.</summary>
    public int LargestShareOf(int rows) => (int)((rows + Count - 1L) / Count);

    /// <summary>Waits until every process is here.</summary>
    public void Meet() => Sum<double>([0]);

    /// <summary>The text of the process <paramref name="from"/>, in each of them.</summary>
    /// <param name="text">Read there alone.</param>
    /// <param name="from">Whose it is.</param>
    public string ShareText(string? text, int from = 0)
    {
        var bytes = Rank == from ? Encoding.UTF8.GetBytes(text!) : [];
        var length = bytes.Length;
        Share(MemoryMarshal.AsBytes(new Span<int>(ref length)), from);
        if (Rank != from)
            bytes = new byte[length];
        Share(bytes, from);
        return Encoding.UTF8.GetString(bytes);
    }

    /// <summary>What the first process says that says anything; null where none does.</summary>
    public string? FirstOf(string? text)
    {
        var speaks = new double[Count];
        speaks[Rank] = text is null ? 0 : 1;
        Sum<double>(speaks);
        var first = Array.IndexOf(speaks, 1.0);
        return first < 0 ? null : ShareText(text, first);
    }

    /// <summary>How many processes give the same <paramref name="mark"/> as this one, itself included.</summary>
    public int CountOf(string mark)
    {
        // Whole numbers below 2⁵³ are exact, so that no process needs to know the others' words.
        var hash = BitConverter.ToUInt64(SHA256.HashData(Encoding.UTF8.GetBytes(mark))) >> 11;
        var marks = new double[Count];
        marks[Rank] = hash;
        Sum<double>(marks);
        return marks.Count(other => other == hash);
    }

    /// <summary>Leaves the others, once each of them leaves.</summary>
    public virtual void Dispose() => GC.SuppressFinalize(this);

    private sealed class OneProcess : Peers
    {
        public override int Rank => 0;

        public override int Count => 1;

        public override void Sum<T>(Span<T> values)
        {
        }

        public override void Share(Span<byte> bytes, int from = 0)
        {
        }

        public override void Abort(int code) => Environment.Exit(code);
    }
}
