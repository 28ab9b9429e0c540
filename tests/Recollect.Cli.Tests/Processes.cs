using System.Diagnostics;

namespace Recollect.Tests.Cli;

/// <summary>The program as a process of its own.</summary>
internal static class Processes
{
    /// <summary>The program's file, for <c>dotnet</c> to run.</summary>
    public static string Program { get; } = Path.Combine(AppContext.BaseDirectory, "Recollect.Cli.dll");

    /// <summary>Starts the program; its output and error streams are the caller's to read.</summary>
    /// <remarks>A shell's background job ignores SIGINT and SIGQUIT, and so would all that it starts: tests must not depend on who runs them.</remarks>
    public static Process Start(params IEnumerable<string> arguments) => Process.Start(Information(Program, [], arguments))!;

    /// <summary>Starts the program with the signals blocked that would stop it, as a careless parent does; on Linux.</summary>
    public static Process StartBlocked(params IEnumerable<string> arguments) =>
        Process.Start(Information(Program, ["--block-signal=INT,TERM"], arguments))!;

    /// <summary>Runs the program to its end with an empty standard input.</summary>
    public static (int Code, string Out, string Error) Run(params IEnumerable<string> arguments) => ToItsEnd(Start(arguments));

    /// <summary>Runs a copy of the program in <paramref name="folder"/>, with a <paramref name="home"/> that has no packages.</summary>
    public static (int Code, string Out, string Error) RunFrom(string folder, string home, params IEnumerable<string> arguments)
    {
        var information = Information(Path.Combine(folder, Path.GetFileName(Program)), [], arguments);
        information.Environment["HOME"] = information.Environment["NUGET_PACKAGES"] = home;
        return ToItsEnd(Process.Start(information)!);
    }

    private static ProcessStartInfo Information(string program, string[] signals, IEnumerable<string> arguments) => new(
        OperatingSystem.IsLinux() ? "env" : "dotnet",
        [.. OperatingSystem.IsLinux() ? ["--default-signal=INT,QUIT,TERM", .. signals, "dotnet"] : Array.Empty<string>(), program, .. arguments])
    {
        RedirectStandardOutput = true,
        RedirectStandardError = true,
        RedirectStandardInput = true,
    };

    private static (int Code, string Out, string Error) ToItsEnd(Process started)
    {
        using var process = started;
        process.StandardInput.Close();
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, error.Result);
    }
}
