using System.Buffers.Binary;
using Recollect.Runs;

namespace Recollect.Imports;

/// <summary>Refuses what <c>torch.save</c> writes: to read it is to run what stands in it.</summary>
internal static class PickledFile
{
    private static readonly string[] Endings = [".pt", ".pth", ".bin", ".ckpt", ".pkl", ".pickle"];

    private static ReadOnlySpan<byte> Zip => "PK\u0003\u0004"u8;

    /// <exception cref="DataException">The file is a pickle by its name or by its first bytes; the message says how to convert it.</exception>
    public static void Refuse(string path)
    {
        if (!File.Exists(path) || (!Endings.Contains(Path.GetExtension(path).ToLowerInvariant()) && !IsPickled(path)))
            return;
        var name = Path.GetFileNameWithoutExtension(path);
        throw new DataException($"'{path}' is a pickle of Python's, by its {(IsPickled(path) ? "content" : "name")}: whoever reads one runs what stands in it, and Recollect does not. Convert it where you trust it, in Python: "
            + $"`import torch, safetensors.torch` and `safetensors.torch.save_file(torch.load(\"{Path.GetFileName(path)}\", weights_only=True), \"{name}.safetensors\")`; then import {name}.safetensors.");
    }

    // A zip, or a pickle of protocol 2 to 5 as it is: byte 0x80 and the protocol, which as the length of a header would be beyond the file.
    private static bool IsPickled(string path)
    {
        var first = new byte[sizeof(ulong)];
        try
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
            var got = stream.ReadAtLeast(first, first.Length, throwOnEndOfStream: false);
            return first.AsSpan(0, got).StartsWith(Zip)
                || (got == first.Length && first[0] == 0x80 && first[1] is >= 2 and <= 5 && BinaryPrimitives.ReadUInt64LittleEndian(first) > (ulong)stream.Length);
        }
        catch (Exception cause) when (StorageFailure.Is(cause))
        {
            throw StorageFailure.Reading(path, cause);
        }
    }
}
