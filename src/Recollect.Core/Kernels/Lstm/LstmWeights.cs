namespace Recollect.Kernels;

/// <summary>Where one LSTM layer's weights, or their gradients, lie in PyTorch's layout (gates i, f, g, o one after the other).</summary>
/// <typeparam name="T">The number.</typeparam>
/// <param name="inputWeight"><c>weight_ih</c>. // [4H, inputs]</param>
/// <param name="recurrentWeight"><c>weight_hh</c>. // [4H, H]</param>
/// <param name="inputBias"><c>bias_ih</c>. // [4H]</param>
/// <param name="recurrentBias"><c>bias_hh</c>. // [4H]</param>
/// <param name="unset">Of gradients: whether they are to be set, not added to; there may be anything.</param>
internal readonly unsafe struct LstmWeights<T>(T* inputWeight, T* recurrentWeight, T* inputBias, T* recurrentBias, bool unset = false)
    where T : unmanaged
{
    /// <summary>[4H, inputs]</summary>
    public T* InputWeight { get; } = inputWeight;

    /// <summary>[4H, H]</summary>
    public T* RecurrentWeight { get; } = recurrentWeight;

    /// <summary>[4H]</summary>
    public T* InputBias { get; } = inputBias;

    /// <summary>[4H]</summary>
    public T* RecurrentBias { get; } = recurrentBias;

    /// <summary>Of gradients: whether they are to be set, not added to.</summary>
    public bool Unset { get; } = unset;
}

/// <summary>Where the weights of a layer's own step input lie: an embedding of tokens or a projection of reals; none where it reads vectors.</summary>
/// <typeparam name="T">The number.</typeparam>
/// <param name="weight">Tokens: [V, E]. Reals: [E, D].</param>
/// <param name="bias">Reals: [E]; else null.</param>
internal readonly unsafe struct EmbeddingWeights<T>(T* weight, T* bias)
    where T : unmanaged
{
    /// <summary>Tokens: [V, E]. Reals: [E, D].</summary>
    public T* Weight { get; } = weight;

    /// <summary>Reals: [E]; else null.</summary>
    public T* Bias { get; } = bias;
}

/// <summary>What the bottom layer of a stack reads.</summary>
public enum LayerInput
{
    /// <summary>Tokens, through an embedding.</summary>
    Tokens,

    /// <summary>Reals, through a projection.</summary>
    Reals,

    /// <summary>Vectors as they are: another stack's outputs.</summary>
    Vectors,
}

/// <summary>The shape of a stack of LSTM layers.</summary>
/// <param name="Input">What the bottom layer reads.</param>
/// <param name="Width">Tokens: the vocabulary V. Reals: components D. Vectors: their length.</param>
/// <param name="Embedding">The width E of the embedding or projection; unused for vectors.</param>
/// <param name="Hidden">Units a layer, H.</param>
/// <param name="Layers">Layers.</param>
/// <param name="Refined">Whether gates are r, f, u, o as in UR-LSTM (Gu et al. 2020), and not i, f, g, o.</param>
public sealed record StackShape(LayerInput Input, int Width, int Embedding, int Hidden, int Layers, bool Refined = false);
