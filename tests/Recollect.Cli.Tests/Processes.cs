using System.Diagnostics;

namespace Recollect.Tests.Cli;

/// <summary>The program as a process of its own.</summary>
internal static class Processes
{
    /// <summary>The program's file, for <c>dotnet</c> to run.</summary>
    public static string Program { get; } = Path.Combine(AppContext.BaseDirectory, "Recollect.Cli.dll");

    /// <summary>Starts the program; its output and error streams are the caller's to read.</summary>
    /// <remarks>A shell's background job ignores SIGINT, and so would all that it starts: tests must not depend on who runs them.</remarks>
    public static Process Start(params IEnumerable<string> arguments) =>
        OperatingSystem.IsLinux() ? Start("env", ["--default-signal=INT,TERM", "dotnet", Program, .. arguments]) : Start("dotnet", [Program, .. arguments]);

    /// <summary>Starts the program with the signals blocked that would stop it, as a careless parent does; on Linux.</summary>
    public static Process StartBlocked(params IEnumerable<string> arguments) =>
        Start("env", ["--default-signal=INT,TERM", "--block-signal=INT,TERM", "dotnet", Program, .. arguments]);

    private static Process Start(string file, IEnumerable<string> arguments) => Process.Start(
        new ProcessStartInfo(file, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        })!;

    /// <summary>Runs the program to its end with an empty standard input.</summary>
    public static (int Code, string Out, string Error) Run(params IEnumerable<string> arguments)
    {
        using var process = Start(arguments);
        process.StandardInput.Close();
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, error.Result);
    }
}
