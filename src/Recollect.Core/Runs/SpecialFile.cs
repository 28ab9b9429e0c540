using System.Runtime.InteropServices;
using System.Text;

namespace Recollect.Runs;

/// <summary>Tells devices, pipes and sockets from files that another file may replace; .NET tells nothing of them.</summary>
internal static class SpecialFile
{
    private const int TypeBits = 0xf000, FolderType = 0x4000, RegularType = 0x8000; // S_IFMT, S_IFDIR and S_IFREG of Linux and macOS alike

    /// <summary>Whether a device, a pipe or a socket is at <paramref name="path"/>, or where a link there leads; false where nothing is, and where the system is not asked: Windows, macOS on x64.</summary>
    public static bool IsAt(string path) => TypeOf(Encoding.UTF8.GetBytes(path + '\0')) is not (null or FolderType or RegularType);

    // Of each system's structure the mode alone is read: struct statx of linux/stat.h, struct stat of macOS's sys/stat.h, which on x64 is another one.
    private static int? TypeOf(byte[] path)
    {
        var status = new byte[Native.StatusRoom];
        try
        {
            if (OperatingSystem.IsLinux() && Native.StatX(Native.CurrentFolder, path, 0, Native.TypeWanted, status) == 0)
                return BitConverter.ToUInt16(status, 28) & TypeBits;
            if (OperatingSystem.IsMacOS() && RuntimeInformation.ProcessArchitecture == Architecture.Arm64 && Native.Stat(path, status) == 0)
                return BitConverter.ToUInt16(status, 4) & TypeBits;
        }
        catch (EntryPointNotFoundException)
        {
            // A system library from before 2018 has no statx.
        }
        return null;
    }

    private static class Native
    {
        public const int StatusRoom = 256; // bytes, of which Linux writes all and macOS 144

        public const int CurrentFolder = -100; // AT_FDCWD

        public const uint TypeWanted = 1; // STATX_TYPE

        [DllImport("libc", EntryPoint = "statx"), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        public static extern int StatX(int folder, byte[] path, int flags, uint wanted, [Out] byte[] status);

        [DllImport("libc", EntryPoint = "stat"), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        public static extern int Stat(byte[] path, [Out] byte[] status);
    }
}
