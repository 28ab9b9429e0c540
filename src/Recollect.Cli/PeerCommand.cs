using Recollect.Training;

namespace Recollect.Cli;

/// <summary>A command that several processes do together: what one of them cannot do, all leave off.</summary>
internal static class PeerCommand
{
    // What strikes all of them is told once: the first has this much time to hand on what it has observed (at most five seconds), to tell it and to end the others.
    private static readonly TimeSpan Precedence = TimeSpan.FromSeconds(10);

    /// <summary>Does <paramref name="work"/>, and waits for the others to be done with theirs.</summary>
    /// <param name="peers">The processes; left at the end.</param>
    /// <param name="error">The error stream.</param>
    /// <param name="verbose">Whether to show where an error arose.</param>
    /// <param name="work">This process's part; its exit code comes back.</param>
    public static int Run(Peers peers, TextWriter error, bool verbose, Func<int> work)
    {
        try
        {
            var code = work();
            peers.Dispose();
            return code;
        }
        catch (Exception failure) when (peers.Count > 1)
        {
            // The others wait for this process's numbers, and would do so for ever.
            if (!peers.IsFirst)
                Thread.Sleep(Precedence);
            var code = Failure.Tell(failure, error, verbose, peers.IsFirst ? "recollect" : $"recollect (rank {peers.Rank} of {peers.Count}, on {Environment.MachineName})");
            error.Flush();
            peers.Abort(code);
            return code;
        }
    }
}
