using System.Text.Json.Serialization.Metadata;
using Recollect.Data;
using Recollect.Probes;
using Recollect.Runs;
using Recollect.Sequences;
using Recollect.Training;

namespace Recollect.Experiments;

/// <summary>Writes what a report shows beyond metrics, once a training has ended: the files of <c>probes/</c>.</summary>
internal static class RunProbes
{
    // A trial of fewer has nothing to show, and takes less time than its probes would.
    private const long FewestRows = 16;

    /// <summary>Measures and writes every probe that the run admits; one that fails is left out with a note, as the training is done.</summary>
    /// <param name="run">The run.</param>
    /// <param name="task">The network and its losses, as they ended.</param>
    /// <param name="data">The data.</param>
    /// <param name="trained">Rows that the training took, each as often as it was taken; of fewer than 16 nothing is measured.</param>
    /// <param name="note">Who is told.</param>
    /// <param name="interrupted">Whether to stop; what is written by then stays.</param>
    public static void Write(RunDirectory run, TrainingTask task, DataSets data, long trained, Action<string> note, Func<bool> interrupted)
    {
        if (trained < FewestRows)
            return;
        WriteOne(run.GradientProbeFile, "how far back learning reaches", note, RunJson.Default.GradientProbe, () =>
            GradientReach.Of(task.Network, data.Test, DataSplit.Test, GradientReach.RowsOf(data.Test, trained), interrupted));
        if (data.Preprocessing is ImagePreprocessing images)
            WriteOne(run.MemoryProbeFile, "what the network remembers", note, RunJson.Default.MemoryProbe, () => Recall.Of(task.Network, task.Auxiliary, images, data.Test, interrupted));
    }

    private static void WriteOne<T>(string path, string what, Action<string> note, JsonTypeInfo<T> type, Func<T?> measure)
        where T : class
    {
        try
        {
            if (measure() is not { } probe)
                return;
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            JsonFile.Write(path, probe, type, indented: false);
        }
        catch (Exception cause) // whatever it is: model, evaluation and metrics are whole without it
        {
            note($"'{path}' is left out, so that a report will not show {what}: {cause.Message}");
        }
    }
}
