using Recollect.Data;
using Recollect.Networks;
using TorchSharp;

namespace Recollect.Experiments;

/// <summary>The label of one input row.</summary>
/// <param name="Index">The row within the input, from 0.</param>
/// <param name="Label">The most probable class.</param>
/// <param name="Probabilities">Every class's probability, by name.</param>
public sealed record Prediction(int Index, string Label, IReadOnlyDictionary<string, double> Probabilities)
{
    // Rows computed at once: it changes nothing but speed and memory.
    private const int Batch = 128;

    /// <summary>Labels every row of an input, in order, by a model file alone.</summary>
    /// <param name="modelFile">A <c>model.safetensors</c>.</param>
    /// <param name="input">A file, or <see cref="PredictionInput.StandardInput"/>.</param>
    /// <param name="standardInput">The bytes for standard input.</param>
    /// <param name="device">Where tensors live.</param>
    /// <param name="threads">Threads that compute; null: libtorch's own choice.</param>
    /// <exception cref="DataException">The model or the input is missing or damaged.</exception>
    public static IEnumerable<Prediction> Of(string modelFile, string input, Stream standardInput, DeviceChoice device, int? threads)
    {
        var model = TrainedModel.Load(modelFile);
        model.Network.to(Compute.Use(device, threads));
        var rows = PredictionInput.Read(input, model.Preprocessing, model.Columns, model.Classes, standardInput);
        foreach (var row in Classification.Of(model.Network, rows, Batch))
        {
            yield return new Prediction(row.Row, model.Classes[row.Predicted], model.Classes.Zip(row.LogProbabilities)
                .ToDictionary(pair => pair.First, pair => Math.Exp(pair.Second)));
        }
    }
}
