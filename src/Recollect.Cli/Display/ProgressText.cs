using Recollect.Experiments;

namespace Recollect.Cli.Display;

/// <summary>Progress as one line of text, for terminals and pipes alike.</summary>
internal static class ProgressText
{
    /// <summary>Such as "computing on cpu by kernels, 2 threads", or "…, 1 thread in each of 4 processes".</summary>
    public static string Of(StartNews news) =>
        $"computing on {news.Device} by {news.Engine}, {news.Threads} {(news.Threads == 1 ? "thread" : "threads")}{(news.Processes == 1 ? "" : $" in each of {news.Processes} processes")}";

    /// <summary>Such as "memory: about 520 MB at the peak (…), of 25,276 MB".</summary>
    public static string Of(MemoryNews news) => $"memory: {news.Text}";

    /// <summary>Such as "train 3/30: loss 0.5321, accuracy 81.20%, 1,234 sequences/s, 1m 20s left".</summary>
    public static string Of(UpdateNews news) =>
        $"{Place(news)}: {Numbers(news)}{(news.Left is { } left ? $", {Duration.Show(left)} left" : "")}";

    /// <summary>The same for a whole epoch.</summary>
    public static string Of(EpochNews news) =>
        $"{Place(news.At)} done: {Numbers(news.At)}{(news.ValidationAccuracy is { } held ? $", validation {Percent(held)}" : "")}";

    /// <summary>A fraction as a percentage with two decimals.</summary>
    public static string Percent(double fraction) => $"{fraction * 100:0.00}%";

    private static string Place(UpdateNews news) => $"{news.Phase.ToString().ToLowerInvariant()} {news.Epoch}/{news.Epochs}";

    private static string Numbers(UpdateNews news) =>
        $"loss {news.Loss:0.0000}{(news.Accuracy is { } accuracy ? $", accuracy {Percent(accuracy)}" : "")}, {news.SequencesPerSecond:N0} sequences/s";
}
