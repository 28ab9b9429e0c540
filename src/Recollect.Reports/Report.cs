using System.Globalization;
using Recollect.Reports.Figures;

namespace Recollect.Reports;

/// <summary>What a report says, before it is a page: plain text everywhere, escaped where it is written.</summary>
/// <param name="Title">What it is about.</param>
/// <param name="Sections">Its sections.</param>
public sealed record Report(string Title, IReadOnlyList<Section> Sections)
{
    /// <summary>Every figure, in order.</summary>
    public IEnumerable<Figure> Figures => Sections.SelectMany(section => section.Blocks).SelectMany(block => block is FigureBlock figures ? figures.Figures : []);
}

/// <summary>A section.</summary>
/// <param name="Id">Its anchor within the page, unique.</param>
/// <param name="Title">Its heading.</param>
/// <param name="Blocks">What stands in it.</param>
public sealed record Section(string Id, string Title, IReadOnlyList<Block> Blocks);

/// <summary>A part of a section.</summary>
public abstract record Block;

/// <summary>A paragraph.</summary>
public sealed record TextBlock(string Text) : Block;

/// <summary>A table that sorts by its columns.</summary>
/// <param name="Caption">What it shows.</param>
/// <param name="Columns">The columns' heads; the first column heads the rows.</param>
/// <param name="Rows">The rows, as many cells as columns.</param>
public sealed record TableBlock(string Caption, IReadOnlyList<string> Columns, IReadOnlyList<IReadOnlyList<Cell>> Rows) : Block;

/// <summary>A cell.</summary>
/// <param name="Text">What it says.</param>
/// <param name="Value">What it sorts by, where that is a number.</param>
/// <param name="IsRemark">Whether it stands in for a number: a run that is missing, failed or not finished.</param>
public readonly record struct Cell(string Text, double? Value = null, bool IsRemark = false)
{
    /// <summary>What stands where there is nothing to say.</summary>
    internal static Cell Nothing { get; } = new("–");

    /// <summary>A text.</summary>
    public static implicit operator Cell(string text) => new(text);

    /// <summary>A setting's value as a recipe writes it: what is a number sorts as one.</summary>
    internal static Cell OfSetting(string text) => new(text, double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : null);
}

/// <summary>Figures side by side.</summary>
public sealed record FigureBlock(IReadOnlyList<Figure> Figures) : Block;

/// <summary>What is folded away until it is asked for.</summary>
/// <param name="Id">Its anchor within the page, unique.</param>
/// <param name="Title">What it holds.</param>
/// <param name="Facts">Names and texts.</param>
/// <param name="Files">Names of files and what they say.</param>
public sealed record FoldedBlock(string Id, string Title, IReadOnlyList<(string Name, string Text)> Facts, IReadOnlyList<(string Name, string Text)> Files) : Block;
