using TorchSharp;

namespace Recollect.Networks;

/// <summary>What a recurrent stack remembers after some step: s_t = (h_t, c_t), or h_t alone for a cell without a cell state.</summary>
/// <param name="Hidden">// [L, B, H]</param>
/// <param name="Cell">// [L, B, H], or null</param>
public sealed record RecurrentState(torch.Tensor Hidden, torch.Tensor? Cell)
{
    /// <summary>The number of rows B.</summary>
    public long Rows => Hidden.shape[1];

    /// <summary>The top layer's output h_t. // [B, H]</summary>
    public torch.Tensor Output => Hidden[-1];

    /// <summary>The same numbers as a constant: no gradient flows into what came before.</summary>
    public RecurrentState Cut() => new(Hidden.detach(), Cell?.detach());

    /// <summary>The same numbers as a constant whose own gradient is asked for.</summary>
    public RecurrentState Leaf()
    {
        var leaf = Cut();
        leaf.Hidden.requires_grad = true;
        if (leaf.Cell is { } cell)
            cell.requires_grad = true;
        return leaf;
    }

    /// <summary>The rows that <paramref name="index"/> names, in that order.</summary>
    /// <param name="index">Row numbers, int64. // [R]</param>
    public RecurrentState Select(torch.Tensor index) => new(Hidden.index_select(1, index), Cell?.index_select(1, index));

    /// <summary>Rows <paramref name="first"/> … <paramref name="first"/>+<paramref name="count"/>−1.</summary>
    public RecurrentState Slice(long first, long count) => new(Hidden.narrow(1, first, count), Cell?.narrow(1, first, count));

    /// <summary>The rows of all <paramref name="parts"/>, one part after the other.</summary>
    public static RecurrentState Concatenate(IReadOnlyList<RecurrentState> parts)
    {
        if (parts.Count == 1)
            return parts[0];
        var hidden = torch.cat([.. parts.Select(p => p.Hidden)], 1);
        return new RecurrentState(hidden, parts[0].Cell is null ? null : torch.cat([.. parts.Select(p => p.Cell!)], 1));
    }

    /// <summary>Lets the state outlive the current dispose scope.</summary>
    public RecurrentState MoveToOuterScope()
    {
        Hidden.MoveToOuterDisposeScope();
        Cell?.MoveToOuterDisposeScope();
        return this;
    }

    /// <summary>Frees the tensors: where states would add up before their dispose scope ends.</summary>
    public void Free()
    {
        Hidden.Dispose();
        Cell?.Dispose();
    }
}

/// <summary>What running some steps gives.</summary>
/// <param name="Outputs">The top layer's h after every step. // [T, B, H]</param>
/// <param name="End">The state after the last step.</param>
public sealed record RecurrentRun(torch.Tensor Outputs, RecurrentState End);
