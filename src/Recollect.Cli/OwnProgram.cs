using System.Diagnostics;
using System.Reflection;

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

    // .NET's host runs the library beside it. Any other process that began with this program is it by some name: its own file, that of an installed tool, or a single-file build.
    private static (string Program, string[] First) Program()
    {
        var library = Path.Combine(AppContext.BaseDirectory, "Recollect.Cli.dll");
        var own = Environment.ProcessPath!;
        if (Path.GetFileNameWithoutExtension(own) == "dotnet")
            return (own, [library]);
        return Assembly.GetEntryAssembly() == typeof(OwnProgram).Assembly ? (own, []) : ("dotnet", [library]);
    }
}
