using Recollect.Sequences;

namespace Recollect.Inference;

/// <summary>The recurrent cells that inference computes.</summary>
public enum RecurrentCell
{
    /// <summary>LSTM; weights <c>lstm.*</c>, gates i, f, g, o.</summary>
    Lstm,

    /// <summary>UR-LSTM, an LSTM with refined gates (Gu et al. 2020); weights <c>lstm.*</c>, gates r, f, u, o.</summary>
    RefinedLstm,

    /// <summary>GRU; weights <c>gru.*</c>, gates r, z, n.</summary>
    Gru,
}

/// <summary>The shape of a network: steps → embedding → recurrent layers → two ReLU layers → logits.</summary>
/// <param name="Cell">The cell.</param>
/// <param name="Embedding">Width E of the embedding of tokens or of the projection of reals; 0 where reals are read as they are.</param>
/// <param name="Hidden">Units a layer, H.</param>
/// <param name="Layers">Layers.</param>
/// <param name="HeadUnits">Units of each of the classifier's two ReLU layers.</param>
public sealed record ModelArchitecture(RecurrentCell Cell, int Embedding, int Hidden, int Layers, int HeadUnits)
{
    /// <summary>The most layers that inference reads: a layer's weights are at least 12 numbers, but each is held in some places of memory; nobody trains so many.</summary>
    internal const int MostLayers = 1024;

    /// <summary>Whether steps are embedded or projected, and not read as they are.</summary>
    public bool IsEmbedded => Embedding > 0;

    /// <summary>The name under which the recurrent layers' weights are saved.</summary>
    public string CellName => Cell == RecurrentCell.Gru ? "gru" : "lstm";

    /// <summary>Gates a unit, which PyTorch's weights hold one after the other.</summary>
    public int Gates => Cell == RecurrentCell.Gru ? 3 : 4;

    /// <summary>Reads metadata.</summary>
    /// <param name="json">The value of the key <c>architecture</c>.</param>
    /// <param name="path">The file, for messages.</param>
    /// <param name="format">What a step is.</param>
    /// <exception cref="DataException">They cannot be read, state an impossible size, or a cell that inference does not compute.</exception>
    internal static ModelArchitecture Of(string json, string path, StepFormat format)
    {
        var read = ModelMetadata.Parse(json, path, "architecture", InferenceJson.Default.ArchitectureJson);
        var cell = CellOf(read, path);
        var raw = read.Input switch
        {
            "embedded" => false,
            "raw" when format.Kind == StepKind.Reals => true,
            _ => throw Unknown(path, "input", read.Input, format.Kind == StepKind.Reals ? "embedded or raw" : "embedded, as the steps are tokens"),
        };
        if (read is not { Embedding: > 0, Hidden: > 0, Layers: > 0, HeadUnits: > 0 })
            throw new DataException($"'{path}': the metadata 'architecture' states an impossible size; expected sizes of at least 1. The file is damaged.");
        if (read.Layers > MostLayers)
            throw new DataException($"'{path}': the metadata 'architecture' states {read.Layers:N0} layers; inference reads at most {MostLayers:N0}. The file is damaged.");
        return new ModelArchitecture(cell, raw ? 0 : read.Embedding, read.Hidden, read.Layers, read.HeadUnits);
    }

    /// <summary>The name and shape of every weight, one after the other.</summary>
    /// <param name="format">What a step is.</param>
    /// <param name="classes">The number of classes C.</param>
    public IEnumerable<(string Name, long[] Shape)> Shapes(StepFormat format, int classes)
    {
        var tokens = format.Kind == StepKind.Tokens;
        if (IsEmbedded)
            yield return ("embedding.weight", tokens ? [format.Width, Embedding] : [Embedding, format.Width]);
        if (IsEmbedded && !tokens)
            yield return ("embedding.bias", [Embedding]);
        long gates = (long)Gates * Hidden;
        for (var layer = 0; layer < Layers; layer++)
        {
            yield return ($"{CellName}.weight_ih_l{layer}", [gates, layer > 0 ? Hidden : IsEmbedded ? Embedding : format.Width]);
            yield return ($"{CellName}.weight_hh_l{layer}", [gates, Hidden]);
            yield return ($"{CellName}.bias_ih_l{layer}", [gates]);
            yield return ($"{CellName}.bias_hh_l{layer}", [gates]);
        }
        foreach (var (place, inputs, outputs) in new[] { (0, Hidden, HeadUnits), (2, HeadUnits, HeadUnits), (5, HeadUnits, classes) })
        {
            yield return ($"classifier.{place}.weight", [outputs, inputs]);
            yield return ($"classifier.{place}.bias", [outputs]);
        }
    }

    private static RecurrentCell CellOf(ArchitectureJson read, string path) => (read.Cell, read.Gates) switch
    {
        ("lstm", "standard") => RecurrentCell.Lstm,
        ("lstm", "refined") => RecurrentCell.RefinedLstm,
        ("gru", _) => RecurrentCell.Gru,
        ("irnn", _) => throw Uncarried(path, "an iRNN"),
        ("urnn", _) => throw Uncarried(path, "a uRNN"),
        ("transformer", _) => throw Uncarried(path, "a Transformer"),
        ("lstm", var gates) => throw Unknown(path, "gates", gates, "standard or refined"),
        var (cell, _) => throw Unknown(path, "cell", cell, "lstm or gru"),
    };

    private static DataException Uncarried(string path, string found) => new(
        $"'{path}' holds {found}; inference without libtorch computes LSTM, UR-LSTM and GRU. Label rows with it by `recollect predict RUN FILE`, which computes every cell, or train a model.cell of lstm or gru.");

    private static DataException Unknown(string path, string key, string? found, string expected) => new(
        $"'{path}': the metadata 'architecture' has {key} '{found}'; expected {expected}. The file is damaged, or of a newer version.");
}
