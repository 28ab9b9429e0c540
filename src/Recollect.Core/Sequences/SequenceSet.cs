namespace Recollect.Sequences;

/// <summary>Labelled sequences with random access by row: the one shape in which data reaches training, evaluation and prediction.</summary>
/// <remarks>Implementations are safe to read from several threads.</remarks>
public abstract class SequenceSet
{
    /// <summary>The label of a row that has none.</summary>
    public const int Unlabelled = -1;

    /// <summary>Creates a set whose steps have <paramref name="format"/> and whose labels index <paramref name="classes"/>.</summary>
    protected SequenceSet(StepFormat format, IReadOnlyList<string> classes)
    {
        Format = format;
        Classes = classes;
    }

    /// <summary>The kind and width of every step.</summary>
    public StepFormat Format { get; }

    /// <summary>The class names, in label order.</summary>
    public IReadOnlyList<string> Classes { get; }

    /// <summary>What is drawn for a row that is trained on; null where rows are always the same.</summary>
    public virtual ImageAugmentation? Augmentation => null;

    /// <summary>The number of rows.</summary>
    public abstract int Count { get; }

    /// <summary>The first row of each block of rows that are read from a disk together, ascending from 0; one block where all lie in memory.</summary>
    public virtual IReadOnlyList<int> BlockStarts { get; } = [0];

    /// <summary>The number of steps of <paramref name="row"/>; at least 1.</summary>
    public abstract int LengthOf(int row);

    /// <summary>The label of <paramref name="row"/>: an index into <see cref="Classes"/>, or <see cref="Unlabelled"/>.</summary>
    public abstract int LabelOf(int row);

    /// <summary>Copies the steps of <paramref name="row"/> from <paramref name="start"/> (0-based) on until <paramref name="tokens"/> is full.</summary>
    /// <exception cref="InvalidOperationException">The set holds reals.</exception>
    public abstract void CopyTokens(int row, int start, Span<int> tokens);

    /// <summary>Copies the steps of <paramref name="row"/> from <paramref name="start"/> (0-based) on until <paramref name="reals"/> (steps × D) is full.</summary>
    /// <exception cref="InvalidOperationException">The set holds tokens.</exception>
    public abstract void CopyReals(int row, int start, Span<float> reals);

    /// <summary>As the other, of a row's image as <paramref name="view"/> shows it; only a set with an <see cref="Augmentation"/> can.</summary>
    public virtual void CopyTokens(int row, ImageView view, int start, Span<int> tokens) => throw new NotSupportedException();

    /// <inheritdoc cref="CopyTokens(int, ImageView, int, Span{int})"/>
    public virtual void CopyReals(int row, ImageView view, int start, Span<float> reals) => throw new NotSupportedException();
}
