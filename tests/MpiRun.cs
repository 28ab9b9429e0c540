using System.Diagnostics;

namespace Recollect.Tests;

/// <summary>Programs started by <c>mpirun</c>, as one of several processes each.</summary>
internal static class MpiRun
{
    /// <summary>Skips a test where Open MPI is missing.</summary>
    public static void SkipWhereMissing() => Assert.SkipUnless(
        OperatingSystem.IsLinux() && (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(folder => File.Exists(Path.Combine(folder, "mpirun"))),
        "Needs mpirun: apt install openmpi-bin.");

    /// <summary>The words that start so many processes of <paramref name="command"/> on this machine, however few its cores are.</summary>
    public static string[] Words(int processes, IEnumerable<string> command) => ["mpirun", "-np", $"{processes}", "--oversubscribe", "--bind-to", "none", .. command];

    /// <summary>Starts them; output and error streams are the caller's to read.</summary>
    /// <param name="words">What <see cref="Words"/> gives, or more of it.</param>
    /// <param name="environment">Variables beside this process's.</param>
    public static Process Start(IEnumerable<string> words, params IEnumerable<(string Name, string Value)> environment)
    {
        // A shell's background job ignores SIGINT, and so would all that it starts.
        var information = new ProcessStartInfo("env", ["--default-signal=INT,TERM", .. words])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        // mpirun refuses root unless it is asked twice; containers have nobody else.
        foreach (var (name, value) in environment.Concat([("OMPI_ALLOW_RUN_AS_ROOT", "1"), ("OMPI_ALLOW_RUN_AS_ROOT_CONFIRM", "1")]))
            information.Environment[name] = value;
        return Process.Start(information)!;
    }

    /// <summary>Waits for the end of <paramref name="started"/>, and ends it where that takes minutes.</summary>
    public static (int Code, string Out, string Error) ToItsEnd(Process started)
    {
        using var process = started;
        process.StandardInput.Close();
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEndAsync();
        if (!process.WaitForExit(TimeSpan.FromMinutes(4)))
            process.Kill(entireProcessTree: true);
        process.WaitForExit();
        return (process.ExitCode, output.Result, error.Result);
    }

    /// <summary>The process that is the given rank of a run, and null as long as there is none.</summary>
    /// <param name="mpirun">The run.</param>
    /// <param name="rank">The rank.</param>
    public static int? ProcessOf(Process mpirun, int rank)
    {
        foreach (var process in Directory.GetDirectories("/proc").Select(Path.GetFileName).Where(name => int.TryParse(name, out _)))
        {
            try
            {
                if (File.ReadAllText($"/proc/{process}/stat").Split(')')[^1].Split(' ', StringSplitOptions.RemoveEmptyEntries)[1] == $"{mpirun.Id}"
                    && File.ReadAllText($"/proc/{process}/environ").Split('\0').Contains($"OMPI_COMM_WORLD_RANK={rank}"))
                    return int.Parse(process!);
            }
            catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
            {
                // It ended in the meantime, or is another user's.
            }
        }
        return null;
    }
}
