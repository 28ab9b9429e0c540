namespace Recollect.Data;

/// <summary>Files that are often taken for tables of text, known by their first bytes.</summary>
internal static class KnownBytes
{
    /// <summary>How many first bytes are looked at.</summary>
    public const int Longest = 8;

    /// <summary>What such a file is, and what to do with it; null of others.</summary>
    public static string? Hint(ReadOnlySpan<byte> head) => head switch
    {
        _ when head.StartsWith("PAR1"u8) => "It is a Parquet file: data.source = parquet reads it.",
        _ when head.StartsWith("PK\u0003\u0004"u8) => "It is a zip archive, as spreadsheets are: export the table as CSV, or unpack it.",
        [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y', ..] => "It is an array of NumPy: save it as CSV or Parquet.",
        [0x89, (byte)'H', (byte)'D', (byte)'F', ..] => "It is an HDF5 file: save its table as CSV or Parquet.",
        [0xff, 0xfe, ..] or [0xfe, 0xff, ..] => "It looks like UTF-16; save the file as UTF-8.",
        _ => null,
    };
}
