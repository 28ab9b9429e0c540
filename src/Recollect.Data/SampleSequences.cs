using Recollect.Sequences;

namespace Recollect.Data;

/// <summary>A set of samples that are turned into steps when they are asked for: a pixel stays one byte in memory, also where it is trained on as floats.</summary>
public sealed class SampleSequences : SequenceSet
{
    private readonly List<Sample> _samples = [];
    private readonly List<int> _lengths = [];
    private readonly List<int> _labels = [];

    /// <summary>Creates an empty set; <see cref="Add"/> appends rows.</summary>
    /// <param name="preprocessing">What turns its samples into steps.</param>
    /// <param name="classes">The class names, in label order.</param>
    /// <param name="augmentation">What is drawn for a row that is trained on; null: nothing. Only images have it.</param>
    public SampleSequences(Preprocessing preprocessing, IReadOnlyList<string> classes, ImageAugmentation? augmentation = null) : base(preprocessing.Format, classes) =>
        (Preprocessing, Augmentation) = (preprocessing, augmentation);

    /// <summary>What turns its samples into steps.</summary>
    public Preprocessing Preprocessing { get; }

    /// <inheritdoc/>
    public override ImageAugmentation? Augmentation { get; }

    private ImagePreprocessing Images => Preprocessing as ImagePreprocessing ?? throw new NotSupportedException("Only images can be shown in another way.");

    /// <inheritdoc/>
    public override int Count => _samples.Count;

    /// <summary>Rows of which only the first part becomes steps.</summary>
    public int CutRows { get; private set; }

    /// <summary>Appends a sample.</summary>
    /// <param name="sample">A sample that the preprocessing takes.</param>
    /// <param name="label">An index into the classes, or <see cref="SequenceSet.Unlabelled"/>.</param>
    /// <exception cref="DataException">The sample does not fit the preprocessing, or lacks a value.</exception>
    public void Add(Sample sample, int label)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(label, Unlabelled);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(label, Classes.Count);
        var complete = Preprocessing.Complete(sample);
        _lengths.Add(Preprocessing.StepsOf(complete));
        _samples.Add(complete);
        _labels.Add(label);
        CutRows += Preprocessing.Cuts(sample) ? 1 : 0;
    }

    /// <inheritdoc/>
    public override int LengthOf(int row) => _lengths[row];

    /// <inheritdoc/>
    public override int LabelOf(int row) => _labels[row];

    /// <inheritdoc/>
    public override void CopyTokens(int row, int start, Span<int> tokens) => Preprocessing.WriteTokens(_samples[row], start, tokens);

    /// <inheritdoc/>
    public override void CopyReals(int row, int start, Span<float> reals) => Preprocessing.WriteReals(_samples[row], start, reals);

    /// <inheritdoc/>
    public override void CopyTokens(int row, ImageView view, int start, Span<int> tokens) => Images.WriteTokens(_samples[row], view, start, tokens);

    /// <inheritdoc/>
    public override void CopyReals(int row, ImageView view, int start, Span<float> reals) => Images.WriteReals(_samples[row], view, start, reals);

    /// <summary>Where a row was read.</summary>
    public Origin OriginOf(int row) => _samples[row].Origin;
}
