using System.Diagnostics;
using System.Globalization;
using Recollect.Benchmarks;
using Recollect.Networks;

namespace Recollect.Cli.Bench;

/// <summary>This program once more, in a process that does one thing: peak memory is a process's, and oneDNN reads its environment when it is loaded.</summary>
internal static class BenchProcess
{
    /// <summary>The hidden command that such a process is started by.</summary>
    public const string Command = "probe";

    /// <summary>The peak of resident memory of a process that takes a few updates, and what it was reckoned to be; bytes.</summary>
    /// <remarks>libtorch gives memory back there (<see cref="Allocator"/>): its peak is the lower for it.</remarks>
    public static MemoryMeasurement Peak(MemoryWork work, EngineKind engine, int threads)
    {
        var said = Run(
            engine == EngineKind.Libtorch ? [Allocator.AsInstalled] : [],
            [work.Name, work.Recipe, $"{work.Steps}", $"{work.Rows}", $"{engine}", $"{threads}", .. work.Edits]).Split();
        return new MemoryMeasurement(long.Parse(said[0], CultureInfo.InvariantCulture), long.Parse(said[1], CultureInfo.InvariantCulture));
    }

    /// <summary>What oneDNN says of libtorch's LSTM.</summary>
    public static IReadOnlyList<string> Primitives() => OneDnnTrace.Primitives(Run([OneDnnTrace.Setting], []));

    /// <summary>Does what the words of the hidden command ask for.</summary>
    public static void Serve(string[] words, TextWriter output)
    {
        ParentWatch.Begin(); // a benchmark that was killed leaves nothing behind that goes on computing
        if (words.Length == 0)
        {
            OneDnnTrace.Run(threads: 1);
            return;
        }
        var work = new MemoryWork(words[0], "", "", words[1], int.Parse(words[2]), int.Parse(words[3])) { Edits = words[6..] };
        var (peak, estimate) = work.Measure(Enum.Parse<EngineKind>(words[4]), int.Parse(words[5]));
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{peak} {estimate}"));
    }

    private static string Run(KeyValuePair<string, string>[] environment, string[] words)
    {
        var start = OwnProgram.With(["bench", Command, .. words]);
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0
            ? output
            : throw new RunException($"a process of the benchmark ended with exit code {process.ExitCode}: {error.Result.Trim()}");
    }
}
