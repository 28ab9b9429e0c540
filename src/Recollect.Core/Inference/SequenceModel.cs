using Recollect.Kernels;
using Recollect.Sequences;

namespace Recollect.Inference;

/// <summary>A trained network that labels sequences: whole ones (<see cref="Classify(Sample, CancellationToken)"/>), or one step after the other (<see cref="OpenStream()"/>).</summary>
/// <remarks>
/// <para>Safe to use from any number of threads at once: nothing in it changes. It needs .NET alone, and computes with the kernels of training, whose states it has bit for bit.</para>
/// <para>There is nothing to dispose of: its memory is freed when neither the program nor a stream refers to it any more.</para>
/// </remarks>
public sealed partial class SequenceModel
{
    private const long LargestProjection = 1 << 30; // bytes that a projection of reals may take while it is folded

    private SequenceModel(ModelFile file, InferenceOptions options, ForwardStack<float> stack, ForwardHead<float> head)
    {
        (Name, Architecture, Format, Fingerprint) = (file.Name, file.Architecture, file.Format, file.Fingerprint);
        (Preprocessing, Columns, Classes) = (file.Metadata.Preprocessing, file.Metadata.Columns, file.Classes);
        (Options, Stack, Head) = (options, stack, head);
    }

    /// <summary>What messages call it: the path it was read from.</summary>
    public string Name { get; }

    /// <summary>The network's shape.</summary>
    public ModelArchitecture Architecture { get; }

    /// <summary>The kind and width of a step.</summary>
    public StepFormat Format { get; }

    /// <summary>How raw data become steps: that of the training.</summary>
    public Preprocessing Preprocessing { get; }

    /// <summary>Which columns of a table held what when it was trained, or null.</summary>
    public InputColumns? Columns { get; }

    /// <summary>The class names, in label order.</summary>
    public IReadOnlyList<string> Classes { get; }

    /// <summary>Which model it is: the SHA-256 of its file, in hexadecimal. A stream's state is bound to it.</summary>
    public string Fingerprint { get; }

    /// <summary>How it computes.</summary>
    public InferenceOptions Options { get; }

    /// <summary>Why streams of this model take prepared steps alone, as a clause; null where data can be pushed as they are.</summary>
    /// <remarks>A permutation of pixels and shrinking need the whole image: <see cref="Classify(Sample, CancellationToken)"/> does both.</remarks>
    public string? StreamObstacle => Preprocessing switch
    {
        ImagePreprocessing { Permutation: not null } => $"'{Name}' reads an image's pixels in an order of its own, which needs the whole image",
        ImagePreprocessing { Downscale: > 1 } => $"'{Name}' reads images that are shrunk, which needs the whole image",
        _ => null,
    };

    internal ForwardStack<float> Stack { get; }

    internal ForwardHead<float> Head { get; }

    /// <summary>Reads a model from a file; nothing else of its run is needed.</summary>
    /// <param name="path">The file, <c>model.safetensors</c> of a run.</param>
    /// <param name="options">How it computes; null: as it is best for one model in a process.</param>
    /// <exception cref="DataException">The file is missing, damaged, no model, of a newer version, or of a cell that inference does not compute; the message says which, and what to do.</exception>
    public static SequenceModel Load(string path, InferenceOptions? options = null) => Of(ModelFile.Read(path), options);

    /// <summary>Reads a model from a stream that knows its length.</summary>
    /// <param name="stream">Positioned at the start.</param>
    /// <param name="name">What messages call it.</param>
    /// <param name="options">As for a file.</param>
    /// <exception cref="DataException">As for a file.</exception>
    public static SequenceModel Load(Stream stream, string name = "the model", InferenceOptions? options = null) => Of(ModelFile.Read(stream, name), options);

    /// <summary>Reads a model from the bytes of its file, which are not needed afterwards.</summary>
    /// <param name="bytes">The whole file.</param>
    /// <param name="name">What messages call it.</param>
    /// <param name="options">As for a file.</param>
    /// <exception cref="DataException">As for a file.</exception>
    public static SequenceModel Load(byte[] bytes, string name = "the model", InferenceOptions? options = null)
    {
        using var stream = new MemoryStream(bytes, writable: false);
        return Load(stream, name, options);
    }

    /// <summary>Takes over the weights of a model file, which is not needed afterwards.</summary>
    /// <param name="file">The file.</param>
    /// <param name="options">How it computes; null: as it is best for one model in a process.</param>
    /// <exception cref="DataException">Its steps are too wide.</exception>
    public static unsafe SequenceModel Of(ModelFile file, InferenceOptions? options = null)
    {
        options ??= new InferenceOptions();
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Threads, 1, nameof(options));
        var (architecture, format) = (file.Architecture, file.Format);
        var kernels = KernelSet.Best<float>();
        var input = !architecture.IsEmbedded ? LayerInput.Vectors : format.Kind == StepKind.Tokens ? LayerInput.Tokens : LayerInput.Reals;
        var shape = new ForwardShape(CellOf(architecture.Cell), input, format.Width, architecture.Embedding, architecture.Hidden, architecture.Layers);
        if (input == LayerInput.Reals && ForwardLayer<float>.BytesToFold(kernels, shape) is var projected && projected > LargestProjection)
            throw new DataException($"'{file.Name}' reads steps of {format.Width:N0} components, whose projection would take {projected:N0} bytes; expected at most {LargestProjection:N0}. Use `recollect predict`.");
        using var weights = new PinnedWeights(file);
        var stack = new ForwardStack<float>(kernels, shape, weights.Layers(), weights.Embedding());
        var head = new ForwardHead<float>(kernels, new HeadShape(architecture.Hidden, architecture.HeadUnits, file.Classes.Count, Softmax: true), weights.Head());
        return new SequenceModel(file, options, stack, head);
    }

    /// <summary>Opens a stream of steps at its beginning. Streams of one model are independent; each is one thread's at a time.</summary>
    public SequenceStream OpenStream() => new(this);

    /// <summary>Opens a stream where another one stood.</summary>
    /// <param name="state">What <see cref="SequenceStream.Save()"/> gave.</param>
    /// <exception cref="DataException">It is damaged, of another version or of another model.</exception>
    public SequenceStream OpenStream(ReadOnlySpan<byte> state)
    {
        var stream = new SequenceStream(this);
        try
        {
            stream.Restore(state);
            return stream;
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    private static ForwardCell CellOf(RecurrentCell cell) => cell switch
    {
        RecurrentCell.Lstm => ForwardCell.Lstm,
        RecurrentCell.RefinedLstm => ForwardCell.RefinedLstm,
        RecurrentCell.Gru => ForwardCell.Gru,
        _ => throw new ArgumentOutOfRangeException(nameof(cell), cell, null),
    };
}
