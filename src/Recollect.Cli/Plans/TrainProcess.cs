using System.ComponentModel;
using System.Diagnostics;
using System.Text;
using Recollect.Cli.Commands;
using Recollect.Experiments;
using Recollect.Runs;

namespace Recollect.Cli.Plans;

/// <summary>How a training that ran as a process of its own ended.</summary>
/// <param name="ExitCode">Its exit code.</param>
/// <param name="Message">What it said last of an error; empty where there was none.</param>
internal sealed record TrainOutcome(int ExitCode, string Message);

/// <summary>A training as a process of its own: its memory is its own, and whatever ends it ends no other.</summary>
internal static class TrainProcess
{
    private const string Prefix = "recollect: ";

    /// <summary>Runs <c>recollect train</c> with <paramref name="words"/> to its end, and asks it to stop, saving, when <paramref name="stop"/> is raised.</summary>
    /// <param name="words">What follows <c>train</c>.</param>
    /// <param name="log">The file to which its messages are appended.</param>
    /// <param name="stop">Polled while it runs.</param>
    /// <exception cref="RunException">It cannot be started.</exception>
    public static TrainOutcome Run(IEnumerable<string> words, string log, StopSignal stop)
    {
        using var process = Started(OwnProgram.With(["train", TrainCommand.FollowParent, .. words]));
        using var messages = new MessageLog(log);
        var (last, gate) = ("", new Lock());
        void Hear(string? line)
        {
            if (line is null)
                return;
            lock (gate)
            {
                messages.Write(line);
                if (line.StartsWith(Prefix, StringComparison.Ordinal))
                    last = line[Prefix.Length..];
            }
        }

        process.OutputDataReceived += (_, line) => Hear(line.Data);
        process.ErrorDataReceived += (_, line) => Hear(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        var asked = false;
        while (!process.WaitForExit(TimeSpan.FromMilliseconds(200)))
        {
            if (stop.Reason is null || asked)
                continue;
            asked = true;
            Ask(process);
        }
        process.WaitForExit(); // and for the last lines
        return new TrainOutcome(process.ExitCode, last);
    }

    /// <summary>The options of <c>train</c> that say where and how fast.</summary>
    public static IEnumerable<string> WordsOf(Workplace place) =>
    [
        .. place.DataFolder is { } data ? ["--data", data] : (string[])[],
        .. place.Device == DeviceChoice.Auto ? (string[])[] : ["--device", place.Device.ToString().ToLowerInvariant()],
        .. place.Threads is { } threads ? ["--threads", $"{threads}"] : (string[])[],
        .. place.Sharing > 1 ? [TrainCommand.Sharing, $"{place.Sharing}"] : (string[])[],
    ];

    /// <summary>Starts a program.</summary>
    /// <exception cref="RunException">It cannot be started.</exception>
    internal static Process Started(ProcessStartInfo program)
    {
        try
        {
            return Process.Start(program)!;
        }
        catch (Win32Exception cause)
        {
            throw new RunException($"'{program.FileName}' cannot be started: {cause.Message.TrimEnd('.')}. See that it is there still, and that the machine has memory and processes left; --resume goes on.", cause);
        }
    }

    // A training is worth more than what it says: where the disk takes no more, the rest is left out.
    private sealed class MessageLog(string path) : IDisposable
    {
        private readonly FileStream _file = new(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
        private bool _full;

        public void Write(string line)
        {
            try
            {
                if (!_full)
                    _file.Write(Encoding.UTF8.GetBytes(line + Environment.NewLine));
            }
            catch (Exception cause) when (StorageFailure.Is(cause))
            {
                _full = true;
            }
        }

        public void Dispose() => _file.Dispose();
    }

    private static void Ask(Process process)
    {
        try
        {
            process.StandardInput.BaseStream.WriteByte(ParentWatch.Stop);
            process.StandardInput.BaseStream.Flush();
        }
        catch (IOException)
        {
            // It has just ended by itself.
        }
    }
}
