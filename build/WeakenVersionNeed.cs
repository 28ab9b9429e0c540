using System;
using System.IO;
using System.Text;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

/// <summary>Copies an ELF library and marks one needed symbol version as weak, so that a system without it can load the copy.</summary>
/// <remarks>Layout: System V gABI, ELF-64; section .gnu.version_r holds Elf64_Verneed (16 bytes) and Elf64_Vernaux (16 bytes).</remarks>
public sealed class WeakenVersionNeed : Task
{
    private const uint SectionVersionNeeds = 0x6ffffffe; // SHT_GNU_verneed
    private const ushort Weak = 0x2;                     // VER_FLG_WEAK

    [Required] public string Source { get; set; } = "";
    [Required] public string Destination { get; set; } = "";
    [Required] public string Version { get; set; } = "";

    public override bool Execute()
    {
        if (File.Exists(Destination) && File.GetLastWriteTimeUtc(Destination) == File.GetLastWriteTimeUtc(Source))
            return true;
        var elf = File.ReadAllBytes(Source);
        if (elf.Length < 64 || elf[0] != 0x7f || elf[1] != 'E' || elf[2] != 'L' || elf[3] != 'F' || elf[4] != 2 || elf[5] != 1)
        {
            Log.LogError("'{0}' is not a 64-bit little-endian ELF file; cannot mark {1} weak in it.", Source, Version);
            return false;
        }
        var marked = Mark(elf);
        Log.LogMessage(MessageImportance.Low, "{0}: {1} need(s) of {2} marked weak.", Destination, marked, Version);
        Directory.CreateDirectory(Path.GetDirectoryName(Destination)!);
        var temporary = Destination + "." + Guid.NewGuid().ToString("N");
        File.WriteAllBytes(temporary, elf);
        File.SetLastWriteTimeUtc(temporary, File.GetLastWriteTimeUtc(Source)); // the next build sees that nothing changed
        File.Delete(Destination);
        File.Move(temporary, Destination);
        return true;
    }

    private int Mark(byte[] elf)
    {
        var marked = 0;
        var sections = (long)BitConverter.ToUInt64(elf, 0x28);
        var size = BitConverter.ToUInt16(elf, 0x3A);
        var count = BitConverter.ToUInt16(elf, 0x3C);
        for (var i = 0; i < count; i++)
        {
            var header = (int)(sections + i * size);
            if (BitConverter.ToUInt32(elf, header + 4) != SectionVersionNeeds)
                continue;
            var strings = (int)(sections + BitConverter.ToUInt32(elf, header + 40) * size);
            var names = (int)BitConverter.ToUInt64(elf, strings + 24);
            var need = (int)BitConverter.ToUInt64(elf, header + 24);
            for (int step = 1; step != 0; need += step)
            {
                var entry = need + (int)BitConverter.ToUInt32(elf, need + 8);
                for (int next = 1; next != 0; entry += next)
                {
                    var name = names + (int)BitConverter.ToUInt32(elf, entry + 8);
                    if (Text(elf, name) == Version)
                    {
                        BitConverter.GetBytes((ushort)(BitConverter.ToUInt16(elf, entry + 4) | Weak)).CopyTo(elf, entry + 4);
                        marked++;
                    }
                    next = (int)BitConverter.ToUInt32(elf, entry + 12);
                }
                step = (int)BitConverter.ToUInt32(elf, need + 12);
            }
        }
        return marked;
    }

    private static string Text(byte[] bytes, int start)
    {
        var end = start;
        while (bytes[end] != 0)
            end++;
        return Encoding.ASCII.GetString(bytes, start, end - start);
    }
}
