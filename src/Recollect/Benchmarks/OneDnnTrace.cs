namespace Recollect.Benchmarks;

/// <summary>Which of oneDNN's primitives libtorch's LSTM runs: a process of its own does so with <c>ONEDNN_VERBOSE=1</c>, which oneDNN reads when it is loaded.</summary>
internal static class OneDnnTrace
{
    /// <summary>The environment that makes oneDNN write.</summary>
    public static KeyValuePair<string, string> Setting { get; } = new("ONEDNN_VERBOSE", "1");

    private const string Start = "onednn_verbose";

    /// <summary>Takes workload A's training step, a few steps long, on libtorch.</summary>
    public static void Run(int threads)
    {
        TorchSharp.torch.set_num_threads(threads);
        using var window = new LibtorchWindow(new WindowShape(4, 128, 128), 128, new SideSetting(threads, 128));
        window.Run(0);
    }

    /// <summary>The primitives in what oneDNN wrote: each line once, without its version and the time that it took.</summary>
    public static IReadOnlyList<string> Primitives(string written) =>
    [
        .. written.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Where(line => line.StartsWith(Start, StringComparison.Ordinal) && line.Contains(",exec,"))
            .Select(line => line[(line.IndexOf(",exec,", StringComparison.Ordinal) + 1)..line.LastIndexOf(',')])
            .Distinct(),
    ];
}
