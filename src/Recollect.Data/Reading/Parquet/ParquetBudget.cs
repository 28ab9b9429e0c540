namespace Recollect.Data;

/// <summary>How much a Parquet file may ask for: few bytes can stand for any number of equal values, and of unpacked bytes.</summary>
/// <remarks>
/// For the whole file, over all columns that are read, <see cref="FreeValues"/> values and <see cref="FreeBytes"/> unpacked bytes, and <see cref="PerByte"/>
/// of each for every byte of the file; a value counts among the bytes too, as it takes memory however few stand for it. Data that anyone measured stays far below; so does gzip, which packs 1,032 bytes in one at most.
/// </remarks>
internal sealed class ParquetBudget(long fileLength)
{
    /// <summary>What a file of any size may ask for.</summary>
    public const int FreeValues = 1 << 20, FreeBytes = 1 << 25;

    /// <summary>What each byte of a file may stand for.</summary>
    public const int PerByte = 1024;

    // A value as it is decoded, its level, and what it becomes.
    private const int BytesOfValue = 24;

    private decimal _values = FreeValues + (decimal)PerByte * fileLength;
    private decimal _bytes = FreeBytes + (decimal)PerByte * fileLength;

    /// <summary>Takes values and bytes off; false where so many are not left.</summary>
    public bool Takes(long values, long bytes)
    {
        (_values, _bytes) = (_values - values, _bytes - bytes - BytesOfValue * (decimal)values);
        return _values >= 0 && _bytes >= 0;
    }
}
