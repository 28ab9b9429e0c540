using System.Runtime.InteropServices;

namespace Recollect.Core.Tests.Kernels;

/// <summary>Rows of numbers, each at the end of memory of its own: reading or writing further ends the test program (on Linux).</summary>
/// <remarks>A row is followed by the margin that kernels may read, and that by a page without access. All else holds one pattern, which is no number.</remarks>
internal sealed unsafe partial class GuardedRows : IDisposable
{
    /// <summary>A quiet NaN that no computation makes.</summary>
    public const uint Pattern = 0x7fc0abcd;
    private const int Page = 4096, NoAccess = 0, ReadWrite = 3, PrivateAnonymous = 0x22;
    private const int Largest = 65536; // the pages of other systems are at most so large

    private readonly byte* _memory;
    private readonly long _stride, _bytes;
    private readonly int _numbers; // of a row's readable memory
    private readonly int _start;   // where in it the row begins
    private readonly nint[] _rows;
    private readonly GCHandle _pin;

    /// <summary>Makes rows that hold the pattern.</summary>
    /// <param name="rows">Rows.</param>
    /// <param name="columns">Numbers of a row.</param>
    /// <param name="margin">Numbers behind it that may be read.</param>
    public GuardedRows(int rows, int columns, int margin)
    {
        Columns = columns;
        var page = Math.Max(Page, Environment.SystemPageSize);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(page, Largest);
        var readable = ((columns + margin) * sizeof(float) + page - 1) / page * page;
        (_stride, _numbers) = (readable + page, readable / sizeof(float));
        _start = _numbers - columns - margin;
        _bytes = rows * _stride;
        _memory = Guards ? (byte*)Map(0, (nuint)_bytes, ReadWrite, PrivateAnonymous, -1, 0) : (byte*)NativeMemory.Alloc((nuint)_bytes);
        if (_memory == (byte*)-1)
            throw new InvalidOperationException($"mmap of {_bytes} bytes failed.");
        _rows = new nint[rows];
        for (var row = 0; row < rows; row++)
        {
            var at = _memory + row * _stride;
            new Span<uint>(at, _numbers).Fill(Pattern);
            if (Guards && Protect(at + readable, (nuint)page, NoAccess) != 0)
                throw new InvalidOperationException("mprotect failed.");
            _rows[row] = (nint)((float*)at + _start);
        }
        _pin = GCHandle.Alloc(_rows, GCHandleType.Pinned);
    }

    /// <summary>Whether a page without access follows each row.</summary>
    public static bool Guards => OperatingSystem.IsLinux();

    /// <summary>Numbers of a row.</summary>
    public int Columns { get; }

    /// <summary>The rows, as kernels take them.</summary>
    public float** Pointers => (float**)_pin.AddrOfPinnedObject();

    /// <summary>A row.</summary>
    public float* this[int row] => (float*)_rows[row];

    /// <summary>What a row holds.</summary>
    public float[] Row(int row) => new Span<float>(this[row], Columns).ToArray();

    /// <summary>Fills the rows, one after the other, from <paramref name="values"/>. // [rows, columns]</summary>
    public GuardedRows With(ReadOnlySpan<float> values)
    {
        for (var row = 0; row < _rows.Length; row++)
            values.Slice(row * Columns, Columns).CopyTo(new Span<float>(this[row], Columns));
        return this;
    }

    /// <summary>Lets several rows be one.</summary>
    public GuardedRows Alias(Func<int, int> rowOf)
    {
        var own = _rows.ToArray();
        for (var row = 0; row < own.Length; row++)
            _rows[row] = own[rowOf(row)];
        return this;
    }

    /// <summary>Fails if anything was written but columns <paramref name="first"/> … <paramref name="end"/>−1 of each row.</summary>
    public void AssertNothingElseWritten(int first, int end)
    {
        for (var row = 0; row < _rows.Length; row++)
        {
            var all = new Span<uint>(_memory + row * _stride, _numbers);
            for (var i = 0; i < all.Length; i++)
            {
                if ((i < _start + first || i >= _start + end) && all[i] != Pattern)
                    Assert.Fail($"Row {row}: column {i - _start} was written; only {first}…{end - 1} may be.");
            }
        }
    }

    public void Dispose()
    {
        _pin.Free();
        if (Guards)
            _ = Unmap(_memory, (nuint)_bytes);
        else
            NativeMemory.Free(_memory);
    }

    [LibraryImport("libc", EntryPoint = "mmap")]
    private static partial nint Map(nint address, nuint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "mprotect")]
    private static partial int Protect(byte* address, nuint length, int protection);

    [LibraryImport("libc", EntryPoint = "munmap")]
    private static partial int Unmap(byte* address, nuint length);
}
