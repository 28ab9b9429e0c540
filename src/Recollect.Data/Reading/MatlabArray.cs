namespace Recollect.Data;

/// <summary>An array of a MATLAB file.</summary>
/// <param name="Name">The variable's name; empty within a cell.</param>
/// <param name="Dimensions">Its sizes, at least two; elements are stored column by column.</param>
internal abstract record MatlabArray(string Name, IReadOnlyList<int> Dimensions)
{
    /// <summary>The number of its elements.</summary>
    public int Count => Dimensions.Aggregate(1, (product, size) => product * size);

    /// <summary>What kind it is, for people.</summary>
    public abstract string Kind { get; }
}

/// <summary>Numbers of any of MATLAB's kinds, logical ones among them, as doubles.</summary>
/// <param name="Name">The variable's name.</param>
/// <param name="Dimensions">Its sizes.</param>
/// <param name="Values">The elements, column by column.</param>
internal sealed record MatlabNumbers(string Name, IReadOnlyList<int> Dimensions, double[] Values) : MatlabArray(Name, Dimensions)
{
    /// <inheritdoc/>
    public override string Kind => "numbers";
}

/// <summary>Characters.</summary>
/// <param name="Name">The variable's name.</param>
/// <param name="Dimensions">Its sizes.</param>
/// <param name="Characters">All of them, column by column.</param>
internal sealed record MatlabText(string Name, IReadOnlyList<int> Dimensions, string Characters) : MatlabArray(Name, Dimensions)
{
    /// <inheritdoc/>
    public override string Kind => "text";

    /// <summary>Its rows, from left to right; of more than two dimensions, side by side.</summary>
    public IEnumerable<string> Rows() => Dimensions[0] <= 1
        ? [Characters]
        : Enumerable.Range(0, Dimensions[0]).Select(row => string.Create(Characters.Length / Dimensions[0], (Characters, row, Dimensions[0]), Fill));

    private static void Fill(Span<char> row, (string Characters, int Row, int Height) from)
    {
        for (var x = 0; x < row.Length; x++)
            row[x] = from.Characters[x * from.Height + from.Row];
    }
}

/// <summary>Arrays of any kind.</summary>
/// <param name="Name">The variable's name.</param>
/// <param name="Dimensions">Its sizes.</param>
/// <param name="Cells">The elements, column by column.</param>
internal sealed record MatlabCells(string Name, IReadOnlyList<int> Dimensions, IReadOnlyList<MatlabArray> Cells) : MatlabArray(Name, Dimensions)
{
    /// <inheritdoc/>
    public override string Kind => "cells";
}

/// <summary>An array whose elements are not read: a structure, an object, a sparse or a complex one.</summary>
/// <param name="Name">The variable's name.</param>
/// <param name="Dimensions">Its sizes.</param>
/// <param name="Kind">What it is.</param>
internal sealed record MatlabUnread(string Name, IReadOnlyList<int> Dimensions, string Kind) : MatlabArray(Name, Dimensions)
{
    /// <inheritdoc/>
    public override string Kind { get; } = Kind;
}
