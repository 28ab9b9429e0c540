using System.Runtime.InteropServices;
using System.Text.Json;
using Recollect.Sequences;

namespace Recollect.Data.Tests.Witnesses;

/// <summary>A second reader of packed files, by decision 0014, which looks at no checksum.</summary>
internal static class PackedWitness
{
    private static readonly string[] Parts = ["train", "validation", "test"];

    /// <summary>The rows of the parts train, validation and test: each its label and the numbers of its steps.</summary>
    /// <param name="file">The bytes.</param>
    /// <param name="format">What its steps are.</param>
    public static List<double[]> Rows(byte[] file, StepFormat format)
    {
        int At(long place) => checked((int)BitConverter.ToInt64(file, checked((int)place)));
        using var directory = JsonDocument.Parse(file.AsMemory(At(24), At(32)));
        var parts = directory.RootElement.GetProperty("parts").EnumerateArray().ToDictionary(part => part.GetProperty("name").GetString()!);
        var rows = new List<double[]>();
        foreach (var part in Parts.Where(parts.ContainsKey).Select(name => parts[name]))
        {
            var (rowTable, blockTable) = (part.GetProperty("rowTable").GetProperty("at").GetInt64(), part.GetProperty("blockTable").GetProperty("at").GetInt64());
            for (var row = 0; row < part.GetProperty("rows").GetInt32(); row++)
            {
                var entry = MemoryMarshal.Cast<byte, int>(file.AsSpan(checked((int)rowTable + 16 * row), 16)); // block, offset, steps, label
                var at = At(blockTable + 32L * entry[0]) + entry[1];
                rows.Add([entry[3], .. Numbers(file, at, entry[2], format)]);
            }
        }
        return rows;
    }

    private static IEnumerable<double> Numbers(byte[] file, int at, int steps, StepFormat format) => format switch
    {
        { Kind: StepKind.Reals } => Enumerable.Range(0, steps * format.Width).Select(i => (double)BitConverter.ToSingle(file, at + 4 * i)),
        { Width: <= 256 } => Enumerable.Range(0, steps).Select(i => (double)file[at + i]),
        { Width: <= 65_536 } => Enumerable.Range(0, steps).Select(i => (double)BitConverter.ToUInt16(file, at + 2 * i)),
        _ => Enumerable.Range(0, steps).Select(i => (double)BitConverter.ToInt32(file, at + 4 * i)),
    };
}
