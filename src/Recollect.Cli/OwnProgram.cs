using System.Diagnostics;

namespace Recollect.Cli;

/// <summary>This program once more, as a process of its own that ends with this one.</summary>
internal static class OwnProgram
{
    /// <summary>How to start it with <paramref name="words"/>; all three streams are this process's.</summary>
    /// <remarks>Its standard input is closed when this process ends, however it does: who serves watches that (<see cref="ParentWatch"/>).</remarks>
    public static ProcessStartInfo With(IEnumerable<string> words)
    {
        var (program, first) = Program();
        return new ProcessStartInfo(program, [.. first, .. words])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
    }

    // The program beside this library, by .NET's host, unless this process is the program itself: its own file, or in a single-file build all there is.
    private static (string Program, string[] First) Program()
    {
        var library = Path.Combine(AppContext.BaseDirectory, "Recollect.Cli.dll");
        var own = Environment.ProcessPath!;
        return Path.GetFileName(own) switch
        {
            "dotnet" or "dotnet.exe" => (own, [library]),
            "Recollect.Cli" or "Recollect.Cli.exe" => (own, []),
            _ => File.Exists(library) ? ("dotnet", [library]) : (own, []),
        };
    }
}
