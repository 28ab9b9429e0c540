using Recollect.Runs;
using Recollect.Sequences;

namespace Recollect.Inference;

/// <summary>A <c>model.safetensors</c> in memory, checked: every weight that its architecture asks for is there, in its shape, and finite.</summary>
/// <remarks>
/// <see cref="SequenceModel.Load(string, InferenceOptions)"/> reads one and keeps what it computes with; whoever wants the weights themselves, for another format, reads one of these.
/// Reading takes memory for the network's own weights, and never more than the file is long: decoders of auxiliary losses are checked and passed over.
/// </remarks>
public sealed class ModelFile
{
    private const string Decoders = "auxiliary.";

    private readonly SafetensorsFile _file;

    private ModelFile(SafetensorsFile file)
    {
        _file = file;
        Metadata = ModelMetadata.Of(file);
        Architecture = ModelArchitecture.Of(Metadata.Architecture, file.Path, Format);
        // A header may claim any size; the tensors in the file are really there.
        foreach (var (name, shape) in Architecture.Shapes(Format, Classes.Count))
            file.GetWeight(name, shape);
    }

    /// <summary>What messages call it: its path.</summary>
    public string Name => _file.Path;

    /// <summary>All metadata but the sizes.</summary>
    public ModelMetadata Metadata { get; }

    /// <summary>The network's shape.</summary>
    public ModelArchitecture Architecture { get; }

    /// <summary>The kind and width of a step.</summary>
    public StepFormat Format => Metadata.Preprocessing.Format;

    /// <summary>The class names, in label order.</summary>
    public IReadOnlyList<string> Classes => Metadata.Classes;

    /// <summary>The SHA-256 of the file, in hexadecimal: which model it is.</summary>
    public string Fingerprint => _file.GetMetadata(Safetensors.ChecksumKey);

    /// <summary>Reads a model; nothing else of its run is needed.</summary>
    /// <exception cref="DataException">The file is missing, damaged, no model, of a newer version, or of a cell that inference does not compute.</exception>
    public static ModelFile Read(string path)
    {
        try
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
            return Read(stream, path);
        }
        catch (Exception cause) when (StorageFailure.Is(cause))
        {
            throw StorageFailure.Reading(path, cause);
        }
    }

    /// <summary>Reads a model from a stream that knows its length.</summary>
    /// <param name="stream">Positioned at the start.</param>
    /// <param name="name">What messages call it.</param>
    /// <exception cref="DataException">As for a file.</exception>
    public static ModelFile Read(Stream stream, string name) =>
        new(Safetensors.Read(stream, name, requireChecksum: false, tensor => !tensor.StartsWith(Decoders, StringComparison.Ordinal), header => ModelMetadata.RefuseOther(header.Metadata, name)));

    /// <summary>A weight by its name, such as <c>lstm.weight_ih_l0</c>; <see cref="ModelArchitecture.Shapes"/> lists them.</summary>
    /// <exception cref="DataException">There is none.</exception>
    public StoredTensor Weight(string name) => _file.Find(name) ?? throw new DataException($"'{Name}' has no tensor '{name}'; expected a weight of its architecture.");
}
