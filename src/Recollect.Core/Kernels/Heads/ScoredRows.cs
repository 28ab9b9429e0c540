namespace Recollect.Kernels;

/// <summary>The rows that a head scores: what it reads, what it is measured by, and where gradients go.</summary>
/// <remarks>Rows are asked for by several threads at once, each row by one.</remarks>
/// <typeparam name="T">The number.</typeparam>
internal abstract unsafe class ScoredRows<T>
    where T : unmanaged
{
    /// <summary>How many there are.</summary>
    public abstract int Count { get; }

    /// <summary>What the head reads. // [inputs]</summary>
    public abstract T* Input(int row);

    /// <summary>Where the adjoint of that is written. // [inputs, in whole panels]</summary>
    public abstract T* InputAdjoint(int row);

    /// <summary>The factor of its loss in the whole.</summary>
    public abstract double Weight(int row);

    /// <summary>The class or token that is right, where outputs are logits.</summary>
    public virtual int Label(int row) => throw new NotSupportedException("These rows have no labels.");

    /// <summary>The numbers that are right, where outputs are numbers. // [outputs]</summary>
    public virtual T* Target(int row) => throw new NotSupportedException("These rows have no numbers.");

    /// <summary>Whether <see cref="FillMask"/> gives a dropout mask.</summary>
    public virtual bool HasMask => false;

    /// <summary>Writes the dropout mask of the second layer: 0, or <see cref="Kept"/>. // [units]</summary>
    public virtual void FillMask(int row, Span<T> mask) => throw new NotSupportedException("These rows have no mask.");

    /// <summary>What a kept unit is multiplied with.</summary>
    public virtual double Kept => 1;

    /// <summary>Looks at the outputs: logits, or numbers. // [outputs]</summary>
    public virtual void OnOutput(int row, T* output)
    {
    }

    /// <summary>Looks at e^(logit − largest) and their sum. // [outputs]</summary>
    public virtual void OnNumerators(int row, T* numerators, T sum)
    {
    }

    /// <summary>Takes the loss of a row, before its weight.</summary>
    public virtual void OnLoss(int row, double loss)
    {
    }
}
