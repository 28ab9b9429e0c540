using Recollect.Reports.Figures;
using Recollect.Reports.Reading;
using Recollect.Runs;

namespace Recollect.Reports.Sections;

/// <summary>Our learning curves beside the paper's at the same numbers of updates.</summary>
internal static class EqualUpdates
{
    private const string Meaning =
        "Ours is on the straight line between the two measured points around the paper's update. In the row of our last update the paper's, with ≈, is on the straight line between two of its points, "
        + "which are read off a plot and lie many updates apart: a rough number.";

    private const string OfTraining =
        " Ours of training rows is the mean over the epoch that ends there, before each update and with dropout, and so below what the same network is without it; how the paper took its own is not known.";

    /// <summary>The table and how to read it; nothing where the paper has no point beside ours.</summary>
    /// <param name="learning">The methods.</param>
    /// <param name="set">Their runs.</param>
    /// <param name="updates">What updates are called.</param>
    public static IEnumerable<Block> Of(LearningExhibit learning, ExhibitSet set, string updates)
    {
        List<IReadOnlyList<Cell>> rows = [.. learning.Splits.SelectMany(split => learning.Series.SelectMany(series => Rows(series, split, Ours(series, set, split))))];
        return rows.Count == 0 ? [] :
        [
            new TableBlock("Accuracy beside the paper's at equal updates, %", ["method", "split", updates, "ours", "the paper's", "ours less paper"], rows), new TextBlock(learning.Splits.Contains("train") ? Meaning + OfTraining : Meaning),
        ];
    }

    /// <summary>Our points of a method on a split.</summary>
    public static IReadOnlyList<ChartPoint> Ours(LearningSeries series, ExhibitSet set, string split) =>
        Curve.OfTraining(set.Of(series.Runs), Enum.Parse<DataSplit>(split, ignoreCase: true), Curve.Accuracy);

    /// <summary>The paper's points of a method on a split.</summary>
    public static IReadOnlyList<ChartPoint> Papers(LearningSeries series, string split) =>
        [.. (series.Paper?.GetValueOrDefault(split) ?? []).OrderBy(point => point[0]).Select(point => new ChartPoint(point[0], point[1]))];

    private static IEnumerable<IReadOnlyList<Cell>> Rows(LearningSeries series, string split, IReadOnlyList<ChartPoint> ours)
    {
        var papers = Papers(series, split);
        if (ours.Count == 0)
            yield break;
        foreach (var paper in papers.Where(point => point.X <= ours[^1].X))
            yield return Row(series.Name, split, new Cell(Numbers.Whole(paper.X), paper.X), Curve.At(ours, paper.X), paper.Y, "");
        var last = ours[^1];
        if (papers.All(paper => paper.X != last.X) && Curve.At(papers, last.X) is { } between)
            yield return Row(series.Name, split, new Cell($"{Numbers.Whole(last.X)} (our last)", last.X), last.Y, between, "≈ ");
    }

    private static IReadOnlyList<Cell> Row(string method, string split, Cell updates, double? ours, double paper, string about)
    {
        var decimals = Measure.TestAccuracy.Decimals;
        return
        [
            method, split, updates, ours is { } own ? new Cell(Numbers.Fixed(own, decimals), own) : Cell.Nothing, new Cell(about + Numbers.Fixed(paper, decimals), paper),
            ours is { } mine ? new Cell(Numbers.Signed(mine - paper, decimals), mine - paper) : Cell.Nothing,
        ];
    }
}
