using System.IO.Hashing;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;
using Recollect.Runs;
using Recollect.Sequences;

namespace Recollect.Data;

/// <summary>Writes a packed file in one pass: blocks as rows come, then the tables and the directory, and the head at last.</summary>
/// <remarks>Memory: a block for each part that is being written, and 32 bytes for each block that is done; the row tables wait in files beside the target.</remarks>
internal sealed class PackedWriter : IDisposable
{
    private readonly Stream _target;
    private readonly string _path;
    private readonly List<PackedPartWriter> _parts = [];
    private readonly IncrementalHash _sha256 = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    /// <summary>Begins with room for the head.</summary>
    /// <param name="target">Empty, and able to seek.</param>
    /// <param name="path">The name that it will have; row tables wait in its folder.</param>
    /// <param name="format">What every step is.</param>
    /// <param name="classes">The number of classes.</param>
    public PackedWriter(Stream target, string path, StepFormat format, int classes)
    {
        (_target, _path, Format, Classes) = (target, path, format, classes);
        _target.Write(new byte[PackedFormat.HeadLength]);
    }

    /// <summary>What every step is.</summary>
    public StepFormat Format { get; }

    /// <summary>The number of classes.</summary>
    public int Classes { get; }

    /// <summary>Where the next byte goes.</summary>
    public long Position => _target.Position;

    /// <summary>Begins a part; parts may be written in turns.</summary>
    public PackedPartWriter Begin(string name)
    {
        var part = new PackedPartWriter(this, name, _path);
        _parts.Add(part);
        return part;
    }

    /// <summary>Writes all that is left; nothing may be added afterwards.</summary>
    /// <param name="preprocessing">How the steps were made.</param>
    /// <param name="columns">Which columns of a table were read, or null.</param>
    /// <param name="classes">The class names, as many as were said.</param>
    /// <param name="hashes">SHA-256 of each file that was read, by its name.</param>
    public void Finish(Preprocessing preprocessing, InputColumns? columns, IReadOnlyList<string> classes, IReadOnlyDictionary<string, string> hashes)
    {
        var directory = JsonSerializer.SerializeToUtf8Bytes(
            new PackedDirectory
            {
                Preprocessing = preprocessing.ToJson(),
                Columns = columns,
                Classes = classes,
                Hashes = hashes,
                Parts = [.. _parts.Select(part => part.Finish())],
            },
            PackedJson.Default.PackedDirectory);
        var at = Position;
        Write(directory);
        var head = new PackedHead(Position, at, directory.Length, XxHash3.HashToUInt64(directory), _sha256.GetHashAndReset());
        _target.Position = 0;
        _target.Write(PackedFormat.Write(head));
    }

    /// <summary>Appends some bytes.</summary>
    public void Write(ReadOnlySpan<byte> bytes)
    {
        _sha256.AppendData(bytes);
        _target.Write(bytes);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _parts.ForEach(part => part.Dispose());
        _sha256.Dispose();
    }
}

/// <summary>Writes the rows of one part of a packed file.</summary>
internal sealed class PackedPartWriter : IDisposable
{
    private readonly PackedWriter _writer;
    private readonly string _name;
    private readonly FileStream _rowTable;
    private readonly List<PackedBlock> _blocks = [];
    private byte[] _block = new byte[PackedFormat.BlockLength];
    private int _filled, _rows, _rowsBefore, _cut;

    public PackedPartWriter(PackedWriter writer, string name, string path)
    {
        (_writer, _name) = (writer, name);
        _rowTable = new FileStream(
            AtomicFile.TemporaryOf(path, name), FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, 1 << 16, FileOptions.DeleteOnClose);
    }

    /// <summary>Appends a row of tokens, each below the format's width.</summary>
    public void AddTokens(ReadOnlySpan<int> tokens, int label, bool isCut = false)
    {
        var room = Room(tokens.Length, label, isCut);
        for (var t = 0; t < tokens.Length; t++)
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)tokens[t], (uint)_writer.Format.Width, nameof(tokens));
        switch (PackedFormat.NumberLength(_writer.Format))
        {
            case sizeof(byte):
                for (var t = 0; t < tokens.Length; t++)
                    room[t] = (byte)tokens[t];
                break;
            case sizeof(ushort):
                var shorts = MemoryMarshal.Cast<byte, ushort>(room);
                for (var t = 0; t < tokens.Length; t++)
                    shorts[t] = (ushort)tokens[t];
                break;
            default:
                MemoryMarshal.AsBytes(tokens).CopyTo(room);
                break;
        }
    }

    /// <summary>Appends a row of finite reals. // [T, D]</summary>
    public void AddReals(ReadOnlySpan<float> reals, int label, bool isCut = false) =>
        MemoryMarshal.AsBytes(reals).CopyTo(Room(reals.Length / _writer.Format.Width, label, isCut));

    /// <summary>Writes what is left of the part, and its tables.</summary>
    public PackedPart Finish()
    {
        Flush();
        var rowsAt = _writer.Position;
        var hash = new XxHash3();
        var buffer = new byte[1 << 16];
        _rowTable.Position = 0;
        while (_rowTable.Read(buffer) is > 0 and var read)
        {
            hash.Append(buffer.AsSpan(0, read));
            _writer.Write(buffer.AsSpan(0, read));
        }
        var blocksAt = _writer.Position;
        var blocks = MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(_blocks));
        _writer.Write(blocks);
        return new(_name, _rows, _cut, _blocks.Count, new(rowsAt, hash.GetCurrentHashAsUInt64()), new(blocksAt, XxHash3.HashToUInt64(blocks)));
    }

    /// <inheritdoc/>
    public void Dispose() => _rowTable.Dispose();

    // The bytes that a row of so many steps is to be written to.
    private Span<byte> Room(int steps, int label, bool isCut)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(steps, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)label, (uint)_writer.Classes, nameof(label));
        var length = steps * PackedFormat.StepLength(_writer.Format);
        if (length > Array.MaxLength - PackedFormat.Alignment)
            throw new DataException($"a row of {steps:N0} steps has {length:N0} bytes; expected at most {Array.MaxLength - PackedFormat.Alignment:N0}. Shorten it, or split it.");
        if (_filled > 0 && _filled + length > PackedFormat.BlockLength)
            Flush();
        if (length > _block.Length)
            _block = new byte[Aligned((int)length)];
        var row = new PackedRow(_blocks.Count, _filled, steps, label);
        _rowTable.Write(MemoryMarshal.AsBytes(new ReadOnlySpan<PackedRow>(in row)));
        _filled += (int)length;
        (_rows, _cut) = (checked(_rows + 1), _cut + (isCut ? 1 : 0));
        return _block.AsSpan(row.Offset, (int)length);
    }

    private void Flush()
    {
        if (_filled == 0)
            return;
        var length = Aligned(_filled);
        _block.AsSpan(_filled, length - _filled).Clear();
        var bytes = _block.AsSpan(0, length);
        _blocks.Add(new PackedBlock(_writer.Position, length, XxHash3.HashToUInt64(bytes), _rowsBefore, _rows - _rowsBefore));
        _writer.Write(bytes);
        (_filled, _rowsBefore) = (0, _rows);
        if (_block.Length > PackedFormat.BlockLength)
            _block = new byte[PackedFormat.BlockLength];
    }

    private static int Aligned(int length) => (length + PackedFormat.Alignment - 1) / PackedFormat.Alignment * PackedFormat.Alignment;
}
