using System.IO.Hashing;
using System.Runtime.InteropServices;
using Recollect.Sequences;

namespace Recollect.Data;

/// <summary>The rows of one part of a packed file: what is read comes into memory a block at a time, and leaves it again.</summary>
/// <remarks>
/// At most <see cref="MostMapped"/> blocks of all parts and <see cref="MostMappedBytes"/> of them, or the one of a row that is longer, and the row table (16 bytes a row) are mapped at a time.
/// Safe to read from several threads.
/// </remarks>
internal sealed class PackedSequences : SequenceSet, IDisposable
{
    /// <summary>Blocks of a file that are mapped at a time: those among which a training shuffles rows, and some more for the next ones and for rows that are evaluated.</summary>
    public const int MostMapped = 80;

    /// <summary>Bytes of blocks that are mapped at a time: a row longer than <see cref="PackedFormat.BlockLength"/> has a block of its own, as long as it is.</summary>
    public const long MostMappedBytes = (long)MostMapped * PackedFormat.BlockLength;

    private const int RowLength = 16, BlockEntryLength = 32, CheckedAtOnce = 1 << 20;
    private readonly Lock _gate;
    private readonly PackedFile _file;
    private readonly PackedBlock[] _blocks;
    private readonly bool[] _isChecked;
    private readonly MappedBlock _rowTable;
    private readonly int _stepLength;
    private bool _isDisposed;

    internal PackedSequences(PackedFile file, PackedPart part, int? limit) : base(file.Preprocessing.Format, file.Classes)
    {
        (_file, _gate) = (file, file.Mapped.Gate);
        var step = PackedFormat.StepLength(Format);
        _stepLength = step <= Array.MaxLength ? (int)step : throw file.Damaged("directory", file.DirectoryAt, $"states steps of {step:N0} bytes");
        _blocks = MemoryMarshal.Cast<byte, PackedBlock>(
            file.Checked($"block table of '{part.Name}'", part.BlockTable.At, (long)part.Blocks * BlockEntryLength, part.BlockTable.Checksum)).ToArray();
        CheckBlocks(part);
        var (at, length) = (part.RowTable.At, (long)part.Rows * RowLength);
        if (at < PackedFormat.HeadLength || at > file.Length - length)
            throw file.Damaged($"row table of '{part.Name}'", at, $"has {length:N0} bytes, which do not lie within the file's {file.Length:N0}");
        _rowTable = new MappedBlock(file.Mapping, at, length);
        try
        {
            CheckRows(part);
        }
        catch
        {
            _rowTable.Dispose();
            throw;
        }
        _isChecked = new bool[_blocks.Length];
        Count = Math.Min(part.Rows, limit ?? int.MaxValue);
        BlockStarts = [.. _blocks.Select(block => block.FirstRow).TakeWhile(first => first < Count)];
    }

    /// <inheritdoc/>
    public override int Count { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<int> BlockStarts { get; }

    /// <inheritdoc/>
    public override int LengthOf(int row)
    {
        lock (_gate)
            return RowOf(row).Steps;
    }

    /// <inheritdoc/>
    public override int LabelOf(int row)
    {
        lock (_gate)
            return RowOf(row).Label;
    }

    /// <inheritdoc/>
    /// <exception cref="DataException">The row's block is damaged.</exception>
    public override void CopyTokens(int row, int start, Span<int> tokens)
    {
        Require(StepKind.Tokens);
        lock (_gate)
        {
            var bytes = Steps(row, start, tokens.Length);
            switch (_stepLength)
            {
                case sizeof(byte):
                    for (var t = 0; t < tokens.Length; t++)
                        tokens[t] = bytes[t];
                    break;
                case sizeof(ushort):
                    var shorts = MemoryMarshal.Cast<byte, ushort>(bytes);
                    for (var t = 0; t < tokens.Length; t++)
                        tokens[t] = shorts[t];
                    break;
                default:
                    bytes.CopyTo(MemoryMarshal.AsBytes(tokens));
                    break;
            }
            // Whoever writes into the file while it is mapped changes what was checked.
            if (tokens.IndexOfAnyExceptInRange(0, Format.Width - 1) is >= 0 and var fault)
                throw _file.Damaged("block", _blocks[RowOf(row).Block].At, $"holds {tokens[fault]} as step {start + fault + 1} of row {row + 1}, which was 0…{Format.Width - 1} when it was opened");
        }
    }

    /// <inheritdoc/>
    /// <exception cref="DataException">The row's block is damaged, or was written into.</exception>
    public override void CopyReals(int row, int start, Span<float> reals)
    {
        Require(StepKind.Reals);
        lock (_gate)
        {
            Steps(row, start, reals.Length / Format.Width).CopyTo(MemoryMarshal.AsBytes(reals));
            if (reals.IndexOfAnyExceptInRange(float.MinValue, float.MaxValue) is >= 0 and var fault)
                throw _file.Damaged("block", _blocks[RowOf(row).Block].At, $"holds {reals[fault]} in step {start + fault / Format.Width + 1} of row {row + 1}, which was finite when it was opened");
        }
    }

    /// <summary>Reads every block once, and so checks it.</summary>
    /// <exception cref="DataException">One is damaged.</exception>
    public void CheckAll()
    {
        for (var block = 0; block < _blocks.Length; block++)
        {
            lock (_gate)
            {
                ObjectDisposedException.ThrowIf(_isDisposed, this);
                Mapped(block);
            }
        }
    }

    /// <summary>Takes back what is mapped; no row may be read afterwards.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_isDisposed)
                return;
            _file.Mapped.Release(this);
            _rowTable.Dispose();
            _isDisposed = true;
        }
    }

    private PackedRow RowOf(int row)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)row, (uint)Count, nameof(row));
        return MemoryMarshal.Read<PackedRow>(_rowTable.Bytes((long)row * RowLength, RowLength));
    }

    private ReadOnlySpan<byte> Steps(int row, int start, int steps)
    {
        var entry = RowOf(row);
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(start, entry.Steps - steps);
        return Mapped(entry.Block).Bytes(entry.Offset + (long)start * _stepLength, steps * _stepLength);
    }

    private MappedBlock Mapped(int index) => _file.Mapped.Of(this, index, _blocks[index]);

    /// <summary>Looks at a block that has just been mapped: all of it, when that is for the first time.</summary>
    /// <exception cref="DataException">It is damaged.</exception>
    internal void Check(int index, MappedBlock block)
    {
        if (_file.LengthNow is var now && now < _file.Length)
            throw _file.Damaged("block", _blocks[index].At, $"is not read, as the file has been shortened to {now:N0} of its {_file.Length:N0} bytes");
        if (_isChecked[index])
            return;
        var hash = new XxHash3();
        for (var at = 0L; at < block.Length; at += CheckedAtOnce)
        {
            var bytes = block.Bytes(at, (int)Math.Min(CheckedAtOnce, block.Length - at));
            hash.Append(bytes);
            if (IndexOfFault(bytes) is >= 0 and var fault)
                throw _file.Damaged("block", _blocks[index].At, $"holds a number at offset {_blocks[index].At + at + fault:N0} that is not {(Format.Kind == StepKind.Reals ? "finite" : $"0…{Format.Width - 1}")}");
        }
        if (hash.GetCurrentHashAsUInt64() != _blocks[index].Checksum)
            throw _file.Damaged("block", _blocks[index].At, "does not agree with its checksum");
        _isChecked[index] = true;
    }

    // A number out of range would be read beyond a table of the network, whatever the checksum says. In bytes; −1: none.
    private int IndexOfFault(ReadOnlySpan<byte> bytes)
    {
        if (Format.Kind == StepKind.Reals)
        {
            var at = MemoryMarshal.Cast<byte, float>(bytes).IndexOfAnyExceptInRange(float.MinValue, float.MaxValue);
            return at < 0 ? at : at * sizeof(float);
        }
        var (last, size) = (Format.Width - 1, _stepLength);
        var found = size switch
        {
            sizeof(byte) => bytes.IndexOfAnyExceptInRange((byte)0, (byte)last),
            sizeof(ushort) => MemoryMarshal.Cast<byte, ushort>(bytes).IndexOfAnyExceptInRange((ushort)0, (ushort)last),
            _ => MemoryMarshal.Cast<byte, int>(bytes).IndexOfAnyExceptInRange(0, last),
        };
        return found < 0 ? -1 : found * size;
    }

    private void CheckBlocks(PackedPart part)
    {
        var row = 0L;
        foreach (var block in _blocks)
        {
            if (block.At < PackedFormat.HeadLength || block.At % PackedFormat.Alignment != 0 || block.Length < 1 || block.Length % PackedFormat.Alignment != 0
                || block.At > _file.Length - block.Length || block.FirstRow != row || block.Rows < 1)
                throw _file.Damaged($"block table of '{part.Name}'", part.BlockTable.At, "names a block that cannot be there");
            row += block.Rows;
        }
        if (row != part.Rows)
            throw _file.Damaged($"block table of '{part.Name}'", part.BlockTable.At, $"has {row:N0} rows; expected {part.Rows:N0}");
    }

    private void CheckRows(PackedPart part)
    {
        var hash = new XxHash3();
        var row = 0;
        for (var at = 0L; at < _rowTable.Length; at += CheckedAtOnce)
        {
            var bytes = _rowTable.Bytes(at, (int)Math.Min(CheckedAtOnce, _rowTable.Length - at));
            hash.Append(bytes);
            foreach (var entry in MemoryMarshal.Cast<byte, PackedRow>(bytes))
            {
                if (!IsPossible(entry, row++))
                    throw _file.Damaged($"row table of '{part.Name}'", part.RowTable.At + (row - 1L) * RowLength, $"has a row {row:N0} that cannot be there");
            }
        }
        if (hash.GetCurrentHashAsUInt64() != part.RowTable.Checksum)
            throw _file.Damaged($"row table of '{part.Name}'", part.RowTable.At, "does not agree with its checksum");
    }

    private bool IsPossible(PackedRow row, int number)
    {
        if ((uint)row.Block >= (uint)_blocks.Length || row.Offset < 0 || row.Steps < 1 || (uint)row.Label >= (uint)Classes.Count)
            return false;
        var block = _blocks[row.Block];
        return number >= block.FirstRow && number - block.FirstRow < block.Rows && row.Offset % (Format.Kind == StepKind.Reals ? sizeof(float) : _stepLength) == 0
            && row.Steps * (long)_stepLength <= block.Length - row.Offset;
    }

    private void Require(StepKind kind)
    {
        if (Format.Kind != kind)
            throw new InvalidOperationException($"The set holds {Format}.");
    }
}
