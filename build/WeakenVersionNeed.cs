#nullable enable
#if !WITHOUT_MSBUILD
using System;
using System.IO;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;
#endif
using System.Text;

#if !WITHOUT_MSBUILD
/// <summary>Copies an ELF library and marks one needed symbol version as weak, so that a system without it can load the copy.</summary>
public sealed class WeakenVersionNeed : Task
{
    [Required] public string Source { get; set; } = "";
    [Required] public string Destination { get; set; } = "";
    [Required] public string Version { get; set; } = "";

    public override bool Execute()
    {
        if (File.Exists(Destination) && File.GetLastWriteTimeUtc(Destination) == File.GetLastWriteTimeUtc(Source))
            return true;
        var elf = File.ReadAllBytes(Source);
        int marked;
        var fault = ElfVersionNeeds.Weaken(elf, Version, out marked);
        if (fault != null)
        {
            Log.LogError("Cannot mark {0} weak in '{1}': {2} The package is damaged: delete its folder from the package cache, and build again.", Version, Source, fault);
            return false;
        }
        Log.LogMessage(MessageImportance.Low, "{0}: {1} need(s) of {2} marked weak.", Destination, marked, Version);
        Directory.CreateDirectory(Path.GetDirectoryName(Destination)!);
        var temporary = Destination + "." + Guid.NewGuid().ToString("N");
        File.WriteAllBytes(temporary, elf);
        File.SetLastWriteTimeUtc(temporary, File.GetLastWriteTimeUtc(Source)); // the next build sees that nothing changed
        File.Delete(Destination);
        File.Move(temporary, Destination);
        return true;
    }
}
#endif

/// <summary>The symbol versions that an ELF library asks of other libraries.</summary>
/// <remarks>
/// Layout: System V gABI, ELF-64, little-endian; "Symbol Versioning" in the Linux Standard Base. Section .gnu.version_r holds a chain of Elf64_Verneed
/// (one a library), each with a chain of Elf64_Vernaux (one a version). The task above and the tests compile this one file, because the
/// build's task factory takes no second.
/// </remarks>
internal static class ElfVersionNeeds
{
    private const uint SectionVersionNeeds = 0x6ffffffe; // SHT_GNU_verneed
    private const ushort Weak = 0x2;                     // VER_FLG_WEAK
    private const int SectionHeader = 64, Need = 16, NeedVersion = 16;

    /// <summary>Sets the weak flag on every need of <paramref name="version"/> in <paramref name="elf"/>, in place.</summary>
    /// <returns>Null, or what is wrong with the file and where; the bytes may then be changed in part.</returns>
    public static string? Weaken(byte[] elf, string version, out int marked)
    {
        marked = 0;
        if (elf.Length < 64 || elf[0] != 0x7f || elf[1] != 'E' || elf[2] != 'L' || elf[3] != 'F' || elf[4] != 2 || elf[5] != 1)
            return "it is not a 64-bit little-endian ELF file.";
        var sections = BitConverter.ToUInt64(elf, 0x28);
        var size = BitConverter.ToUInt16(elf, 0x3A);
        var count = BitConverter.ToUInt16(elf, 0x3C);
        if (count > 0 && size < SectionHeader)
            return "its section headers have " + size + " bytes; expected " + SectionHeader + ".";
        for (var i = 0; i < count; i++)
        {
            var header = sections + (ulong)i * size;
            if (!Holds(elf, header, SectionHeader))
                return Outside("section header " + i, header);
            if (BitConverter.ToUInt32(elf, (int)header + 4) != SectionVersionNeeds)
                continue;
            var strings = sections + (ulong)BitConverter.ToUInt32(elf, (int)header + 40) * size;
            if (!Holds(elf, strings, SectionHeader))
                return Outside("the names' section header", strings);
            var fault = WeakenNeeds(elf, (int)header, BitConverter.ToUInt64(elf, (int)strings + 24), version, ref marked);
            if (fault != null)
                return fault;
        }
        return null;
    }

    // The numbers of needs (sh_info) and of versions (vn_cnt) bound the walk, so that no damaged chain makes it endless.
    private static string? WeakenNeeds(byte[] elf, int header, ulong names, string version, ref int marked)
    {
        var need = BitConverter.ToUInt64(elf, header + 24);
        for (var needs = BitConverter.ToUInt32(elf, header + 44); needs > 0; needs--)
        {
            if (!Holds(elf, need, Need))
                return Outside("a needed library", need);
            var entry = need + BitConverter.ToUInt32(elf, (int)need + 8);
            for (var versions = BitConverter.ToUInt16(elf, (int)need + 2); versions > 0; versions--)
            {
                if (!Holds(elf, entry, NeedVersion))
                    return Outside("a needed version", entry);
                var at = (int)entry;
                var name = names + BitConverter.ToUInt32(elf, at + 8);
                if (!Holds(elf, name, 1))
                    return Outside("the name of a needed version", name);
                if (Is(elf, (int)name, version))
                {
                    elf[at + 4] |= (byte)Weak; // vna_flags, little-endian: the flag lies in its first byte
                    marked++;
                }
                entry += BitConverter.ToUInt32(elf, at + 12);
            }
            need += BitConverter.ToUInt32(elf, (int)need + 12);
        }
        return null;
    }

    private static bool Holds(byte[] elf, ulong start, int count)
    {
        return start <= (ulong)elf.Length && (ulong)elf.Length - start >= (ulong)count;
    }

    private static bool Is(byte[] elf, int start, string text)
    {
        var expected = Encoding.ASCII.GetBytes(text + '\0');
        if (!Holds(elf, (ulong)start, expected.Length))
            return false;
        for (var i = 0; i < expected.Length; i++)
        {
            if (elf[start + i] != expected[i])
                return false;
        }
        return true;
    }

    private static string Outside(string what, ulong offset)
    {
        return what + " at offset " + offset + " lies outside the file.";
    }
}
