using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Recollect.Randomness;

/// <summary>Draws from one stream: Philox blocks (index low, index high, update, row) taken in order, word by word.</summary>
public struct RandomStream
{
    private const int UnitsOfBlock = 8; // of a dropout mask, two a word: masks are the largest draws of a training step

    private readonly ulong _key;
    private readonly uint _update, _row;
    private ulong _block;
    private (uint X0, uint X1, uint X2, uint X3) _words;
    private int _next;

    internal RandomStream(ulong key, uint update, uint row)
    {
        _key = key;
        _update = update;
        _row = row;
        _next = 4;
    }

    /// <summary>The next 32 random bits.</summary>
    public uint NextUInt32()
    {
        if (_next == 4)
        {
            _words = Philox.Block(_key, (uint)_block, (uint)(_block >> 32), _update, _row);
            _block++;
            _next = 0;
        }
        return _next++ switch { 0 => _words.X0, 1 => _words.X1, 2 => _words.X2, _ => _words.X3 };
    }

    /// <summary>The next uniform number in [0, 1), a multiple of 2⁻⁵³.</summary>
    public double NextDouble()
    {
        var bits = ((ulong)NextUInt32() << 32) | NextUInt32();
        return (bits >> 11) * (1.0 / (1UL << 53));
    }

    /// <summary>The next uniform integer in 0…<paramref name="count"/>−1, without bias.</summary>
    /// <remarks>Lemire, "Fast random integer generation in an interval", 2019: multiply, and reject the few products that would favour some values.</remarks>
    public int Next(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        var bound = (uint)count;
        var product = (ulong)NextUInt32() * bound;
        if ((uint)product < bound)
        {
            var reject = unchecked(0u - bound) % bound;
            while ((uint)product < reject)
                product = (ulong)NextUInt32() * bound;
        }
        return (int)(product >> 32);
    }

    /// <summary>The next standard normal number, by Box and Muller's transform of two uniform ones.</summary>
    public double NextNormal()
    {
        var radius = Math.Sqrt(-2 * Math.Log(1 - NextDouble()));
        return radius * Math.Cos(2 * Math.PI * NextDouble());
    }

    /// <summary>Fisher and Yates's shuffle of 0…<paramref name="count"/>−1: every order is equally likely.</summary>
    public int[] Permutation(int count)
    {
        var order = new int[count];
        for (var i = 0; i < count; i++)
            order[i] = i;
        for (var i = count - 1; i > 0; i--)
        {
            var j = Next(i + 1);
            (order[i], order[j]) = (order[j], order[i]);
        }
        return order;
    }

    /// <summary>What a kept unit is multiplied with: 1/(1−<paramref name="rate"/>), in single precision for masks of every type.</summary>
    public static float Kept(double rate) => (float)(1 / (1 - rate));

    /// <summary>Fills <paramref name="mask"/> with 1/(1−<paramref name="rate"/>) where a unit is kept and 0 where it is dropped (inverted dropout).</summary>
    /// <remarks>Any part of a stream's masks can be drawn by itself: unit <paramref name="first"/> + i takes half a word of its own, counted from the stream's start.</remarks>
    /// <typeparam name="T">The mask's number.</typeparam>
    /// <param name="mask">The mask to fill.</param>
    /// <param name="rate">The probability of dropping, in [0, 1), honoured to 2⁻¹⁶.</param>
    /// <param name="first">Units of the stream before the mask's first.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void FillDropout<T>(Span<T> mask, double rate, long first = 0)
        where T : struct, IFloatingPoint<T>
    {
        var threshold = (uint)Math.Round(rate * 65536);
        var kept = T.CreateTruncating(Kept(rate));
        var done = 0;
        if (typeof(T) == typeof(float) && first % UnitsOfBlock == 0 && threshold <= ushort.MaxValue && BitConverter.IsLittleEndian)
            done = FillBlocks(MemoryMarshal.Cast<T, float>(mask), (ushort)threshold, Kept(rate), first / UnitsOfBlock);
        for (var i = done; i < mask.Length;)
        {
            var unit = first + i;
            var words = Block(unit / UnitsOfBlock).AsUInt16();
            for (var half = (int)(unit % UnitsOfBlock); half < UnitsOfBlock && i < mask.Length; half++, i++)
                mask[i] = words[half] >= threshold ? kept : T.Zero;
        }
    }

    // Whole blocks at once; returns the units that they fill.
    private readonly int FillBlocks(Span<float> mask, ushort threshold, float kept, long block)
    {
        var (least, value) = (Vector128.Create(threshold), Vector128.Create(kept));
        var done = 0;
        for (; done + UnitsOfBlock <= mask.Length; done += UnitsOfBlock)
        {
            var above = Vector128.GreaterThanOrEqual(Block(block++).AsUInt16(), least).AsInt16(); // all bits set where a unit is kept
            var (low, high) = Vector128.Widen(above);
            (value & low.AsSingle()).CopyTo(mask[done..]);
            (value & high.AsSingle()).CopyTo(mask[(done + Vector128<float>.Count)..]);
        }
        return done;
    }

    private readonly Vector128<uint> Block(long block)
    {
        var (x0, x1, x2, x3) = Philox.Block(_key, (uint)block, (uint)((ulong)block >> 32), _update, _row);
        return Vector128.Create(x0, x1, x2, x3);
    }
}
