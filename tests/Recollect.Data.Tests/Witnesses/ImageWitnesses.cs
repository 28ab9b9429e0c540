using System.Buffers.Binary;

namespace Recollect.Data.Tests.Witnesses;

/// <summary>Second readers of IDX files and of CIFAR-10's.</summary>
internal static class ImageWitnesses
{
    public static IEnumerable<WitnessRow> Idx(byte[] images, byte[] labels, string[] classes)
    {
        var (pixels, names) = (WitnessBytes.Unpacked(images), WitnessBytes.Unpacked(labels));
        int At(byte[] bytes, int place) => BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(place));
        var (count, height, width) = (At(pixels, 4), At(pixels, 8), At(pixels, 12));
        Assert.Equal((0x0803, 0x0801, count), (At(pixels, 0), At(names, 0), At(names, 4)));
        Assert.Equal((16L + (long)count * height * width, 8L + count), (pixels.Length, names.Length));
        return Enumerable.Range(0, count).Select(row => new WitnessRow(
            row + 1, classes[names[8 + row]], WitnessRow.Image(height, width, 1), pixels[(16 + row * height * width)..(16 + (row + 1) * height * width)], []));
    }

    public static IEnumerable<WitnessRow> Cifar(byte[] file, string[] classes)
    {
        const int side = 32, record = 1 + 3 * side * side;
        var bytes = WitnessBytes.Unpacked(file);
        Assert.Equal(0, bytes.Length % record);
        return Enumerable.Range(0, bytes.Length / record).Select(row => new WitnessRow(row + 1, classes[bytes[row * record]], WitnessRow.Image(side, side, 3),
            [.. from pixel in Enumerable.Range(0, side * side) from colour in Enumerable.Range(0, 3) select bytes[row * record + 1 + colour * side * side + pixel]], []));
    }
}
