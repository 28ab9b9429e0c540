namespace Recollect.Kernels;

/// <summary>What a kernel needs of a vector of numbers: one kernel source serves every width, each compiled for its own type.</summary>
/// <remarks>
/// Every operation works lane by lane and rounds once, so that a kernel's result does not depend on the width: a sum over k is
/// taken by one lane in the order of k, whatever lies in the lanes beside it.
/// </remarks>
/// <typeparam name="TVector">The vector, such as <c>Vector256&lt;float&gt;</c>, or the number itself for one lane.</typeparam>
/// <typeparam name="T">The number.</typeparam>
internal unsafe interface ILanes<TVector, T>
    where TVector : unmanaged
    where T : unmanaged
{
    /// <summary>Numbers in a vector.</summary>
    static abstract int Count { get; }

    /// <summary>The same number in every lane.</summary>
    static abstract TVector All(T value);

    /// <summary>Reads <see cref="Count"/> numbers.</summary>
    static abstract TVector Load(T* from);

    /// <summary>Writes <see cref="Count"/> numbers.</summary>
    static abstract void Store(TVector value, T* to);

    /// <summary>a + b.</summary>
    static abstract TVector Add(TVector a, TVector b);

    /// <summary>a − b.</summary>
    static abstract TVector Subtract(TVector a, TVector b);

    /// <summary>a · b.</summary>
    static abstract TVector Multiply(TVector a, TVector b);

    /// <summary>a · b + c, rounded once.</summary>
    static abstract TVector MultiplyAdd(TVector a, TVector b, TVector c);

    /// <summary>The larger of both; no number where <paramref name="b"/> is none.</summary>
    static abstract TVector Larger(TVector a, TVector b);

    /// <summary><paramref name="value"/> where <paramref name="test"/> is above 0 or no number, else 0.</summary>
    static abstract TVector WherePositive(TVector test, TVector value);

    /// <summary>eˣ.</summary>
    static abstract TVector Exp(TVector x);

    /// <summary>1 / (1 + e⁻ˣ).</summary>
    static abstract TVector Sigmoid(TVector x);

    /// <summary>tanh x.</summary>
    static abstract TVector Tanh(TVector x);
}

/// <summary>What <see cref="SingleFunctions{TLanes, TVector}"/> needs beside: single precision's own operations.</summary>
internal interface ISingleLanes<TVector> : ILanes<TVector, float>
    where TVector : unmanaged
{
    /// <summary>a / b.</summary>
    static abstract TVector Divide(TVector a, TVector b);

    /// <summary>The smaller of both; no number where <paramref name="b"/> is none.</summary>
    static abstract TVector Smaller(TVector a, TVector b);

    /// <summary>The nearest whole number; of two equally near, the even one.</summary>
    static abstract TVector Round(TVector x);

    /// <summary>x·2ⁿ, rounded once, for whole n from −252 to 254.</summary>
    static abstract TVector Scale(TVector x, TVector n);
}
