using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.RegularExpressions;

namespace Recollect.Data.Tests.Witnesses;

/// <summary>What all witnesses read by: bytes that may be packed, lines and numbers, each held to its definition.</summary>
internal static partial class WitnessBytes
{
    private static readonly char[] White = [' ', '\t', '\n', '\v', '\f', '\r'];

    /// <summary>The bytes, unpacked where they are gzip.</summary>
    public static byte[] Unpacked(byte[] bytes)
    {
        if (bytes is not [0x1f, 0x8b, ..])
            return bytes;
        using var gzip = new GZipStream(new MemoryStream(bytes), CompressionMode.Decompress);
        using var whole = new MemoryStream();
        gzip.CopyTo(whole);
        return whole.ToArray();
    }

    /// <summary>The text of UTF-8 bytes, without the byte-order mark.</summary>
    /// <exception cref="DecoderFallbackException">They are not UTF-8.</exception>
    public static string Utf8(byte[] bytes) => new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(Unpacked(bytes) is [0xef, 0xbb, 0xbf, .. var rest] ? rest : Unpacked(bytes));

    /// <summary>The lines, which end with LF or CRLF, and their numbers.</summary>
    public static IEnumerable<(int Number, string Line)> Lines(byte[] bytes)
    {
        var lines = Utf8(bytes).Split('\n');
        for (var i = 0; i < lines.Length; i++)
        {
            if (i < lines.Length - 1 || lines[i].Length > 0) // what follows the last line's end is no line
                yield return (i + 1, lines[i].EndsWith('\r') ? lines[i][..^1] : lines[i]);
        }
    }

    /// <summary>The lines but for those of nothing, spaces and tabs.</summary>
    public static IEnumerable<(int Number, string Line)> Filled(byte[] bytes) => Lines(bytes).Where(line => line.Line.Trim(' ', '\t').Length > 0);

    /// <summary>A number as the guide shows them, such as -1.5e3, with white space of ASCII around it.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static float Number(string cell) => Decimal().IsMatch(cell.Trim(White))
        ? float.Parse(cell, NumberStyles.Float, CultureInfo.InvariantCulture)
        : throw new FormatException($"'{cell}' is no number");

    [GeneratedRegex(@"^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?\z")]
    private static partial Regex Decimal();
}
