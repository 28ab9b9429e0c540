using System.Buffers.Binary;
using System.Text;
using FsCheck.Xunit;

namespace Recollect.Build;

/// <summary>The needs are written by hand after the gABI, so that the patch is checked against the format and not against itself.</summary>
public class WeakenVersionNeedTests
{
    private const string Wanted = "GLIBCXX_3.4.32";
    private const int Needs = 64, Names = 128, Sections = 256, Flags1 = Needs + 16 + 4, Flags2 = Needs + 32 + 4;

    // [header][need of one library: two versions][names][sections: null, .gnu.version_r, .dynstr]
    private static byte[] Library()
    {
        var elf = new byte[Sections + 3 * 64];
        new byte[] { 0x7f, (byte)'E', (byte)'L', (byte)'F', 2, 1, 1 }.CopyTo(elf, 0);
        BinaryPrimitives.WriteUInt64LittleEndian(elf.AsSpan(0x28), Sections);
        BinaryPrimitives.WriteUInt16LittleEndian(elf.AsSpan(0x3A), 64);
        BinaryPrimitives.WriteUInt16LittleEndian(elf.AsSpan(0x3C), 3);
        Encoding.ASCII.GetBytes("\0libstdc++.so.6\0" + "GLIBCXX_3.4.30\0" + Wanted + "\0").CopyTo(elf, Names);
        Words(elf, Needs, 1 | (2 << 16), 1, 16, 0);                 // vn_version, vn_cnt; vn_file; vn_aux; vn_next
        Words(elf, Needs + 16, 0x11111111, 0x00020000, 16, 16);     // vna_hash; vna_flags, vna_other; vna_name; vna_next
        Words(elf, Needs + 32, 0x22222222, 0x00030000, 31, 0);
        Section(elf, 1, type: 0x6ffffffe, offset: Needs, size: 48, link: 2, info: 1);
        Section(elf, 2, type: 3, offset: Names, size: 46, link: 0, info: 0);
        return elf;
    }

    private static void Words(byte[] elf, int at, params ReadOnlySpan<uint> words)
    {
        for (var i = 0; i < words.Length; i++)
            BinaryPrimitives.WriteUInt32LittleEndian(elf.AsSpan(at + 4 * i), words[i]);
    }

    private static void Section(byte[] elf, int index, uint type, ulong offset, ulong size, uint link, uint info)
    {
        var at = Sections + 64 * index;
        Words(elf, at, 0, type);
        BinaryPrimitives.WriteUInt64LittleEndian(elf.AsSpan(at + 24), offset);
        BinaryPrimitives.WriteUInt64LittleEndian(elf.AsSpan(at + 32), size);
        Words(elf, at + 40, link, info);
    }

    [Fact]
    public void Only_the_flag_of_the_named_version_changes()
    {
        var elf = Library();
        var expected = Library();
        expected[Flags2] = 2;
        Assert.Null(ElfVersionNeeds.Weaken(elf, Wanted, out var marked));
        Assert.Equal(1, marked);
        Assert.Equal(expected, elf);
    }

    [Fact]
    public void A_version_that_is_not_needed_leaves_the_library_as_it_is()
    {
        var elf = Library();
        Assert.Null(ElfVersionNeeds.Weaken(elf, "GLIBCXX_3.4.3", out var marked)); // a prefix of the others
        Assert.Equal(0, marked);
        Assert.Equal(Library(), elf);
    }

    [Fact]
    public void Marking_twice_is_marking_once()
    {
        var elf = Library();
        ElfVersionNeeds.Weaken(elf, "GLIBCXX_3.4.30", out _);
        var once = (byte[])elf.Clone();
        Assert.Null(ElfVersionNeeds.Weaken(elf, "GLIBCXX_3.4.30", out _));
        Assert.Equal(2, once[Flags1]);
        Assert.Equal(once, elf);
    }

    [Fact]
    public void What_is_no_ELF_library_is_refused_in_words()
    {
        Assert.Contains("not a 64-bit", ElfVersionNeeds.Weaken(Encoding.ASCII.GetBytes(new string('x', 100)), Wanted, out _));
        Assert.Contains("not a 64-bit", ElfVersionNeeds.Weaken([], Wanted, out _));
    }

    [Theory]
    [InlineData(0x28, "section header 0")]              // e_shoff
    [InlineData(Sections + 64 + 24, "needed library")]  // sh_offset of .gnu.version_r
    [InlineData(Sections + 64 + 40, "names' section")]  // sh_link
    [InlineData(Needs + 8, "needed version")]           // vn_aux
    [InlineData(Needs + 16 + 8, "name of a needed")]    // vna_name
    public void An_offset_outside_the_file_is_named(int at, string what)
    {
        var elf = Library();
        BinaryPrimitives.WriteUInt32LittleEndian(elf.AsSpan(at), 0xfffffff0);
        Assert.Contains(what, ElfVersionNeeds.Weaken(elf, Wanted, out _));
    }

    [Property(MaxTest = 2000)]
    public void Damage_never_throws_nor_runs_on(ushort at, byte value, ushort at2, byte value2, ushort keep)
    {
        var elf = Library();
        elf[at % elf.Length] = value;
        elf[at2 % elf.Length] = value2;
        var length = keep % 4 == 0 ? keep % elf.Length : elf.Length;
        _ = ElfVersionNeeds.Weaken(elf[..length], Wanted, out var marked);
        Assert.InRange(marked, 0, 2 * ushort.MaxValue);
    }
}
