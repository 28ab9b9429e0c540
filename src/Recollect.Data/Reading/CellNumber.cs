using System.Globalization;

namespace Recollect.Data;

/// <summary>Reads the number in a cell of a table.</summary>
internal static class CellNumber
{
    /// <summary>Whether a cell is a number, such as -1.5e3 or NaN, with white space around it at most: .NET lets zero bytes follow as well, such as a damaged file has.</summary>
    public static bool TryParse(ReadOnlySpan<byte> cell, out float value)
    {
        var isNumber = float.TryParse(cell, NumberStyles.Float, CultureInfo.InvariantCulture, out value);
        return isNumber && !cell.Contains((byte)0);
    }

    /// <summary>Whether a cell is a whole number from 0 on, of digits alone.</summary>
    public static bool TryParse(ReadOnlySpan<byte> cell, out int value)
    {
        var isNumber = int.TryParse(cell, NumberStyles.None, CultureInfo.InvariantCulture, out value);
        return isNumber && !cell.Contains((byte)0);
    }
}
