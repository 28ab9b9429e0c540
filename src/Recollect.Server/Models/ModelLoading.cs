using Recollect.Inference;
using Recollect.Runs;

namespace Recollect.Server.Models;

/// <summary>Finds the model of a run.</summary>
internal static class ModelLoading
{
    // Requests share the cores among each other; one that took several would make the others wait.
    private static readonly InferenceOptions OneThread = new() { Threads = 1 };

    /// <summary>The model in the folder of a run, or in a file.</summary>
    /// <exception cref="DataException">There is none, or it cannot be served.</exception>
    public static SequenceModel Load(string path)
    {
        if (File.Exists(path))
            return SequenceModel.Load(path, OneThread);
        var run = RunDirectory.Open(path);
        return File.Exists(run.ModelFile)
            ? SequenceModel.Load(run.ModelFile, OneThread)
            : throw new DataException($"'{run.ModelFile}' does not exist: the training has not come to an end. Go on with it by 'recollect train --resume {run.Path}'.");
    }
}
