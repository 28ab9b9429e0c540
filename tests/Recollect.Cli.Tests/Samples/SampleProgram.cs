using System.Diagnostics;

namespace Recollect.Tests.Cli.Samples;

/// <summary>The program of a folder of samples/, run as a process of its own; it was built before these tests, as they were.</summary>
internal static class SampleProgram
{
    private static readonly DirectoryInfo Output = new(AppContext.BaseDirectory); // …/bin/Release/net10.0

    /// <summary>Starts it; its streams are the caller's.</summary>
    public static Process Start(string sample, params IEnumerable<string> arguments)
    {
        var program = Path.Combine(Checkout.Folder, "samples", sample, "bin", Output.Parent!.Name, Output.Name, $"{sample.ToLowerInvariant()}-sample.dll");
        return Process.Start(new ProcessStartInfo("dotnet", [program, .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
    }

    /// <summary>Runs it to its end; <paramref name="input"/> must fit into a pipe.</summary>
    public static (int Code, string Out, string Error) Run(string sample, string input, params IEnumerable<string> arguments)
    {
        using var process = Start(sample, arguments);
        process.StandardInput.Write(input);
        process.StandardInput.Close();
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, error.Result);
    }

    /// <summary>Runs it to its end, which must be a good one; the words of each line.</summary>
    public static string[][] Lines(string sample, string input, params IEnumerable<string> arguments)
    {
        var ran = Run(sample, input, arguments);
        Assert.True(ran.Code == 0, ran.Error);
        Assert.Empty(ran.Error);
        return [.. ran.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split('\t'))];
    }
}
