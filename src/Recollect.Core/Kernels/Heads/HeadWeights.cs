namespace Recollect.Kernels;

/// <summary>Where a feed-forward head's weights, or their gradients, lie in PyTorch's layout.</summary>
/// <typeparam name="T">The number.</typeparam>
/// <param name="first">// [units, inputs]</param>
/// <param name="firstBias">// [units]</param>
/// <param name="second">// [units, units]</param>
/// <param name="secondBias">// [units]</param>
/// <param name="last">// [outputs, units]</param>
/// <param name="lastBias">// [outputs]</param>
internal readonly unsafe struct HeadWeights<T>(T* first, T* firstBias, T* second, T* secondBias, T* last, T* lastBias)
    where T : unmanaged
{
    private readonly T* _first = first, _firstBias = firstBias, _second = second, _secondBias = secondBias, _last = last, _lastBias = lastBias;

    /// <summary>The weight of a layer: 0, 1, 2. // [outputs, inputs]</summary>
    public T* Weight(int layer) => layer == 0 ? _first : layer == 1 ? _second : _last;

    /// <summary>Its bias. // [outputs]</summary>
    public T* Bias(int layer) => layer == 0 ? _firstBias : layer == 1 ? _secondBias : _lastBias;
}

/// <summary>The shape of a head: two ReLU layers, dropout on the second, a linear layer (paper, "Models").</summary>
/// <param name="Inputs">Columns of a row that it reads.</param>
/// <param name="Units">Units of each ReLU layer.</param>
/// <param name="Outputs">Classes, tokens or components.</param>
/// <param name="Softmax">Whether outputs are logits scored by cross-entropy; else numbers scored by their mean squared error.</param>
public sealed record HeadShape(int Inputs, int Units, int Outputs, bool Softmax);
