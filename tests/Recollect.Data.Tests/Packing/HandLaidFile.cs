using System.IO.Hashing;
using System.Security.Cryptography;
using System.Text;

namespace Recollect.Data.Tests.Packing;

/// <summary>Lays a packed file byte by byte as decision 0014 says, apart from the program's own writer.</summary>
internal static class HandLaidFile
{
    /// <summary>One row to train on, tokens 97 98 99 of class x, and one to test on, 100 of class y; what is unusual about it is given.</summary>
    /// <param name="version">Of the format.</param>
    /// <param name="steps">Of the row to train on.</param>
    /// <param name="label">Its label.</param>
    /// <param name="preprocessing">How the steps were made.</param>
    /// <param name="blockAt">Where the block table says that the block to train on begins.</param>
    public static byte[] Bytes(int version = 1, int steps = 3, int label = 0, string preprocessing = """{\"kind\":\"text\"}""", long blockAt = 128)
    {
        using var body = new MemoryStream();
        long At() => 128 + body.Position;
        (long At, ulong Sum) Append(byte[] bytes)
        {
            var at = At();
            body.Write(bytes);
            return (at, XxHash3.HashToUInt64(bytes));
        }
        var train = Append([97, 98, 99, 0, 0, 0, 0, 0]);
        var test = Append([100, 0, 0, 0, 0, 0, 0, 0]);
        var trainRows = Append(Numbers(0, 0, steps, label));
        var trainBlocks = Append([.. BitConverter.GetBytes(blockAt), .. BitConverter.GetBytes(8L), .. BitConverter.GetBytes(train.Sum), .. Numbers(0, 1)]);
        var testRows = Append(Numbers(0, 0, 1, 1));
        var testBlocks = Append([.. BitConverter.GetBytes(test.At), .. BitConverter.GetBytes(8L), .. BitConverter.GetBytes(test.Sum), .. Numbers(0, 1)]);
        var directory = Append(Encoding.UTF8.GetBytes($$$"""
            {"preprocessing":"{{{preprocessing}}}","classes":["x","y"],"hashes":{"a.csv":"00"},"parts":[
            {"name":"train","rows":1,"cut":0,"blocks":1,"rowTable":{"at":{{{trainRows.At}}},"checksum":{{{trainRows.Sum}}}},"blockTable":{"at":{{{trainBlocks.At}}},"checksum":{{{trainBlocks.Sum}}}}},
            {"name":"test","rows":1,"cut":0,"blocks":1,"rowTable":{"at":{{{testRows.At}}},"checksum":{{{testRows.Sum}}}},"blockTable":{"at":{{{testBlocks.At}}},"checksum":{{{testBlocks.Sum}}}}}]}
            """));
        byte[] head =
        [
            0x89, .. "RCLPK\r\n"u8, .. Numbers(version, 0), .. BitConverter.GetBytes(At()), .. BitConverter.GetBytes(directory.At), .. BitConverter.GetBytes(At() - directory.At),
            .. BitConverter.GetBytes(directory.Sum), .. SHA256.HashData(body.ToArray()), .. new byte[40],
        ];
        return [.. head, .. BitConverter.GetBytes(XxHash3.HashToUInt64(head)), .. body.ToArray()];
    }

    private static byte[] Numbers(params int[] numbers) => [.. numbers.SelectMany(BitConverter.GetBytes)];
}
