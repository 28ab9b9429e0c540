using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace Recollect.Data;

/// <summary>Reads MATLAB's files of versions 5 to 7: numbers, characters and cells, packed or not, of either byte order.</summary>
/// <remarks>
/// Format: The MathWorks, "MAT-File Format", chapter 1, "Level 5 MAT-File Format". Whatever sizes a file announces, memory follows what is there: a file may have
/// <see cref="MostBytes"/>, what its packed variables come to as many, an array no more elements than bytes are left for them, and cells lie in cells no deeper
/// than <see cref="DeepestCell"/>. Arrays then take at most ten times their bytes.
/// </remarks>
internal sealed class Matlab5Reader
{
    /// <summary>The bytes that a file may have, and that its packed variables may come to.</summary>
    public const int MostBytes = 1 << 25;

    /// <summary>How deep cells may lie in cells.</summary>
    public const int DeepestCell = 16;

    /// <summary>What to do about a longer file, as a sentence.</summary>
    public const string Remedy = "Save fewer variables.";

    private const int HeaderSize = 128, TagSize = 8, MostDimensions = 32, ComplexFlag = 0x0800;
    private const int Compressed = 15, Matrix = 14, UInt32 = 6, Int32 = 5;

    private static readonly MatlabNumbers Empty = new("", [0, 0], []); // shared: eight bytes may stand for one

    private readonly byte[] _bytes;
    private readonly bool _bigEndian;
    private readonly string _name;
    private readonly string _place; // what an offset is counted in

    private Matlab5Reader(byte[] bytes, bool bigEndian, string name, string place) => (_bytes, _bigEndian, _name, _place) = (bytes, bigEndian, name, place);

    /// <summary>Whether a file that starts so is one of this kind, of a version that is read or of another.</summary>
    public static bool IsMatlab(ReadOnlySpan<byte> head) => head.StartsWith("MATLAB "u8) && head.Length >= HeaderSize && head[126..HeaderSize] is [(byte)'I', (byte)'M'] or [(byte)'M', (byte)'I'];

    /// <summary>The variables of a file, in order.</summary>
    /// <exception cref="DataException">It is missing, too long, of another version, damaged or cut off.</exception>
    public static IReadOnlyList<MatlabArray> Read(string path) => Read(WholeFile.Read(path, MostBytes, Remedy), path);

    /// <summary>The variables of a file's bytes.</summary>
    internal static IReadOnlyList<MatlabArray> Read(byte[] bytes, string name)
    {
        if (bytes.Length < HeaderSize || bytes.AsSpan(126, 2) is not ([(byte)'I', (byte)'M'] or [(byte)'M', (byte)'I']))
            throw new DataException($"{name}: this is no MATLAB file of version 5 to 7; expected a header of {HeaderSize} bytes that ends with IM or MI (offset 126). Save it with '-v7' or '-v6'.");
        var file = new Matlab5Reader(bytes, bytes[126] == 'M', name, "");
        if (file.U16(124) is var version && version != 0x0100)
            throw new DataException($"{name}: the version at offset 124 is 0x{version:X4}; expected 0x0100{(version == 0x0200 ? ", as this file is of version 7.3" : "")}. Save it with '-v7' or '-v6'.");
        return file.Variables();
    }

    private List<MatlabArray> Variables()
    {
        var (found, left) = (new List<MatlabArray>(), MostBytes);
        for (var at = HeaderSize; at < _bytes.Length;)
        {
            var element = Next(at, _bytes.Length);
            if (element.Type == Compressed)
                found.Add(Unpacked(element, ref left).Single());
            else
                found.Add(Array(element, 0));
            at = element.End;
        }
        return found;
    }

    private Matlab5Reader Unpacked(Element element, ref int left)
    {
        var place = $" of the variable that is packed at offset {element.Start:N0}";
        try
        {
            using var unpacked = new ZLibStream(new MemoryStream(_bytes, element.Start, element.Length), CompressionMode.Decompress);
            var bytes = WholeFile.Head(unpacked, _name, left + 1);
            left -= bytes.Length;
            return left >= 0
                ? new Matlab5Reader(bytes, _bigEndian, _name, place)
                : throw new DataException($"{_name}: its variables come to more than {MostBytes:N0} bytes; expected at most so many. {Remedy}");
        }
        catch (Exception error) when (error is InvalidDataException or DataException { InnerException: IOException }) // what damage the library finds decides which
        {
            throw new DataException($"{_name}: the variable that is packed at offset {element.Start:N0} is damaged or cut off: its zlib data do not unpack. {Advice.GetAnew}", error);
        }
    }

    private MatlabArray Single() => Array(Next(0, _bytes.Length), 0);

    /// <summary>A piece of the file: a kind, the bytes of its content, and where the next piece begins.</summary>
    private readonly record struct Element(int Type, int Start, int Length, int End)
    {
        public int Limit => Start + Length;
    }

    private Element Next(int at, int limit)
    {
        if (limit - at < TagSize)
            throw Fault(at, $"{limit - at} byte(s) are left, too few for a tag of {TagSize}");
        var (first, length) = (U32(at), U32(at + 4));
        if (first >> 16 is > 0 and var few) // a small element: its content lies within the tag
        {
            return few <= 4
                ? new Element((int)(first & 0xffff), at + 4, (int)few, at + TagSize)
                : throw Fault(at, $"a small element has {few} bytes; expected at most 4");
        }
        var start = at + TagSize;
        if (length > (uint)(limit - start))
            throw Fault(at, $"an element announces {length:N0} bytes, and {limit - start:N0} are left");
        var end = start + (int)length;
        var padding = first == Compressed ? 0 : (TagSize - (int)(length % TagSize)) % TagSize; // by its length: what stands before may be packed, and end anywhere
        return new Element((int)first, start, (int)length, (int)Math.Min((long)end + padding, limit));
    }

    private Element Next(int at, int limit, int type, string what)
    {
        var element = Next(at, limit);
        return element.Type == type ? element : throw Fault(at, $"found an element of type {element.Type}; expected {what}, of type {type}");
    }

    private MatlabArray Array(Element element, int depth)
    {
        if (element.Type != Matrix)
            throw Fault(element.Start, $"found an element of type {element.Type}; expected an array, of type {Matrix}");
        if (element.Length == 0)
            return Empty;
        var flags = Next(element.Start, element.Limit, UInt32, "an array's flags");
        if (flags.Length < 8)
            throw Fault(flags.Start, $"an array's flags have {flags.Length} bytes; expected 8");
        var (kind, complex) = ((int)(U32(flags.Start) & 0xff), (U32(flags.Start) & ComplexFlag) != 0);
        var sizes = Next(flags.End, element.Limit);
        if (sizes.Type is not (Int32 or UInt32)) // the format says the first; some writers say the second
            throw Fault(flags.End, $"found an element of type {sizes.Type}; expected an array's dimensions, of type {Int32}");
        var dimensions = Dimensions(sizes);
        var named = Next(sizes.End, element.Limit);
        var name = Encoding.Latin1.GetString(_bytes, named.Start, named.Length);
        return kind switch
        {
            1 => new MatlabCells(name, dimensions, Cells(named.End, element.Limit, Count(dimensions), depth)),
            4 => new MatlabText(name, dimensions, Characters(Next(named.End, element.Limit), dimensions)),
            >= 6 and <= 15 when !complex => new MatlabNumbers(name, dimensions, Numbers(Next(named.End, element.Limit), Count(dimensions))),
            _ => new MatlabUnread(name, dimensions, KindOf(kind)),
        };
    }

    private static string KindOf(int kind) => kind switch
    {
        2 => "a structure",
        3 => "an object",
        5 => "a sparse array",
        >= 6 and <= 15 => "complex numbers",
        _ => $"an array of class {kind}",
    };

    private int[] Dimensions(Element element)
    {
        var sizes = new int[element.Length / 4];
        if (sizes.Length is < 2 or > MostDimensions || element.Length % 4 != 0)
            throw Fault(element.Start, $"an array's dimensions have {element.Length} bytes; expected 4 for each of 2 to {MostDimensions}");
        var product = 1L;
        for (var d = 0; d < sizes.Length; d++)
        {
            sizes[d] = (int)U32(element.Start + 4 * d);
            if (sizes[d] < 0 || (product *= sizes[d]) > MostBytes)
                throw Fault(element.Start + 4 * d, $"dimension {d + 1} is {sizes[d]:N0}; expected 0 or more, and at most {MostBytes:N0} elements in all");
        }
        return sizes;
    }

    private static int Count(int[] dimensions) => dimensions.Aggregate(1, (product, size) => product * size);

    private MatlabArray[] Cells(int at, int limit, int count, int depth)
    {
        if (depth == DeepestCell)
            throw Fault(at, $"cells lie in cells more than {DeepestCell} deep");
        if (count > (limit - at) / TagSize) // before room is made for them
            throw Fault(at, $"{count:N0} cells are announced, and {limit - at:N0} bytes are left, which hold at most {(limit - at) / TagSize:N0}");
        var cells = new MatlabArray[count];
        for (var i = 0; i < count; i++)
        {
            var element = Next(at, limit);
            cells[i] = Array(element, depth + 1);
            at = element.End;
        }
        return cells;
    }

    private string Characters(Element element, int[] dimensions)
    {
        var text = element.Type switch
        {
            1 or 2 => Encoding.Latin1.GetString(_bytes, element.Start, element.Length),
            4 or 17 => Halves(element),
            16 => Decoded(element, new UTF8Encoding(false, throwOnInvalidBytes: true), "UTF-8"),
            18 => Decoded(element, new UTF32Encoding(_bigEndian, false, throwOnInvalidCharacters: true), "UTF-32"),
            _ => throw Fault(element.Start, $"found characters of type {element.Type}; expected 1, 2, 4, 16, 17 or 18"),
        };
        // Some programs count characters, others UTF-16's halves of them: one row is taken whole either way, and of several each place must be one half.
        var count = Count(dimensions);
        return text.Length == count || (dimensions[0] == 1 && text.EnumerateRunes().Count() == count)
            ? text
            : throw Fault(element.Start, $"there are {text.Length:N0} characters; expected {count:N0}, as the array's dimensions say");
    }

    private string Decoded(Element element, Encoding encoding, string name)
    {
        try
        {
            return encoding.GetString(_bytes, element.Start, element.Length);
        }
        catch (DecoderFallbackException error)
        {
            throw Fault(element.Start + Math.Max(0, error.Index), $"found a byte 0x{error.BytesUnknown?.FirstOrDefault() ?? 0:X2} that is not valid {name}; expected characters");
        }
    }

    // As they are: in an array of several rows the two halves of a character lie apart, column by column.
    private string Halves(Element element) => element.Length % 2 == 0
        ? string.Create(element.Length / 2, element.Start, (text, start) =>
        {
            for (var i = 0; i < text.Length; i++)
                text[i] = (char)U16(start + 2 * i);
        })
        : throw Fault(element.Start, $"there are {element.Length:N0} bytes of characters; expected 2 for each");

    private double[] Numbers(Element element, int count)
    {
        var size = element.Type switch { 1 or 2 => 1, 3 or 4 => 2, Int32 or UInt32 or 7 => 4, 9 or 12 or 13 => 8, _ => 0 };
        if (size == 0)
            throw Fault(element.Start, $"found numbers of type {element.Type}; expected 1 to 7, 9, 12 or 13");
        if (element.Length != (long)count * size)
            throw Fault(element.Start, $"there are {element.Length:N0} bytes of numbers; expected {(long)count * size:N0}, {size} for each of the {count:N0} that the array's dimensions say");
        var numbers = new double[count];
        for (var i = 0; i < count; i++)
            numbers[i] = Number(element.Type, element.Start + i * size);
        return numbers;
    }

    private double Number(int type, int at) => type switch
    {
        1 => (sbyte)_bytes[at],
        2 => _bytes[at],
        3 => (short)U16(at),
        4 => U16(at),
        Int32 => (int)U32(at),
        UInt32 => U32(at),
        7 => BitConverter.UInt32BitsToSingle(U32(at)),
        12 => (long)U64(at),
        13 => U64(at),
        _ => BitConverter.UInt64BitsToDouble(U64(at)),
    };

    private ushort U16(int at) => _bigEndian ? BinaryPrimitives.ReadUInt16BigEndian(_bytes.AsSpan(at)) : BinaryPrimitives.ReadUInt16LittleEndian(_bytes.AsSpan(at));

    private uint U32(int at) => _bigEndian ? BinaryPrimitives.ReadUInt32BigEndian(_bytes.AsSpan(at)) : BinaryPrimitives.ReadUInt32LittleEndian(_bytes.AsSpan(at));

    private ulong U64(int at) => _bigEndian ? BinaryPrimitives.ReadUInt64BigEndian(_bytes.AsSpan(at)) : BinaryPrimitives.ReadUInt64LittleEndian(_bytes.AsSpan(at));

    private DataException Fault(int at, string what) => new($"{_name}, offset {at:N0}{_place}: {what}. The file is damaged or cut off; get it anew.");
}
