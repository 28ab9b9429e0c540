namespace Recollect.Kernels;

/// <summary>The recurrent cells that can be run forwards alone, with weights that never change.</summary>
internal enum ForwardCell
{
    /// <summary>LSTM.</summary>
    Lstm,

    /// <summary>An LSTM with gates r, f, u, o: UR-LSTM (Gu et al. 2020).</summary>
    RefinedLstm,

    /// <summary>GRU.</summary>
    Gru,
}

/// <summary>The shape of recurrent layers one above the other.</summary>
/// <param name="Cell">The cell.</param>
/// <param name="Input">What the bottom layer reads.</param>
/// <param name="Width">Tokens: the vocabulary V. Reals and vectors: components D.</param>
/// <param name="Embedding">The width E of the embedding or projection; unused for vectors.</param>
/// <param name="Hidden">Units a layer, H.</param>
/// <param name="Layers">Layers.</param>
internal sealed record ForwardShape(ForwardCell Cell, LayerInput Input, int Width, int Embedding, int Hidden, int Layers);
