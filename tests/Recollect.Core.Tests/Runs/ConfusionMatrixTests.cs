using FsCheck.Xunit;

namespace Recollect.Runs;

public class ConfusionMatrixTests
{
    private static ConfusionMatrix Of(int[,] counts)
    {
        var matrix = new ConfusionMatrix(counts.GetLength(0));
        for (var truth = 0; truth < matrix.Classes; truth++)
        {
            for (var predicted = 0; predicted < matrix.Classes; predicted++)
            {
                for (var i = 0; i < counts[truth, predicted]; i++)
                    matrix.Add(truth, predicted);
            }
        }
        return matrix;
    }

    [Fact]
    public void Measures_equal_those_worked_out_by_hand()
    {
        //            predicted a  b  c
        var matrix = Of(new[,] { { 5, 1, 2 },   // true a: 8
                                 { 0, 3, 1 },   // true b: 4
                                 { 4, 0, 4 } }); // true c: 8
        Assert.Equal(20, matrix.Examples);
        Assert.Equal(12.0 / 20, matrix.Accuracy);
        Assert.Equal([5.0 / 9, 3.0 / 4, 4.0 / 7], Enumerable.Range(0, 3).Select(matrix.Precision));
        Assert.Equal([5.0 / 8, 3.0 / 4, 4.0 / 8], Enumerable.Range(0, 3).Select(matrix.Recall));
        Assert.Equal([10.0 / 17, 6.0 / 8, 8.0 / 15], Enumerable.Range(0, 3).Select(matrix.F1)); // 2·TP / (row + column)
        Assert.Equal((10.0 / 17 + 0.75 + 8.0 / 15) / 3, matrix.MacroF1, 15);
        Assert.Equal([4, 0, 4], matrix.ToRows()[2]);
    }

    [Fact]
    public void A_class_never_predicted_counts_0_in_the_mean()
    {
        var matrix = Of(new[,] { { 3, 0 }, { 1, 0 } });
        Assert.Equal(0, matrix.Precision(1));
        Assert.Equal(0, matrix.Recall(1));
        Assert.Equal((6.0 / 7 + 0) / 2, matrix.MacroF1, 15);
    }

    [Fact]
    public void A_class_predicted_but_never_there_counts_0_in_the_mean()
    {
        var matrix = Of(new[,] { { 3, 1 }, { 0, 0 } });
        Assert.Equal(0, matrix.Recall(1));
        Assert.Equal((6.0 / 7 + 0) / 2, matrix.MacroF1, 15);
    }

    [Fact]
    public void A_class_neither_there_nor_predicted_is_left_out_of_the_mean() =>
        Assert.Equal(1, Of(new[,] { { 3, 0, 0 }, { 0, 2, 0 }, { 0, 0, 0 } }).MacroF1);

    [Fact]
    public void Without_rows_everything_is_0()
    {
        var matrix = new ConfusionMatrix(2);
        Assert.Equal((0.0, 0.0, 0L), (matrix.Accuracy, matrix.MacroF1, matrix.Examples));
    }

    /// <summary>Pairs of 100,000 classes would be ten thousand million counts; their measures are the same as those of few.</summary>
    [Theory]
    [InlineData(ConfusionMatrix.MostPaired, ConfusionMatrix.MostPaired)]
    [InlineData(ConfusionMatrix.MostPaired + 1, 0)]
    [InlineData(100_000, 0)]
    public void Of_many_classes_the_measures_are_kept_and_not_the_pairs(int classes, int rows)
    {
        var matrix = new ConfusionMatrix(classes);
        foreach (var (truth, predicted) in new[] { (0, 0), (0, 0), (0, classes - 1), (classes - 1, classes - 1), (7, 0) })
            matrix.Add(truth, predicted);
        Assert.Equal(rows, matrix.ToRows().Count);
        Assert.Equal((5L, 3.0 / 5), (matrix.Examples, matrix.Accuracy));
        Assert.Equal((2.0 / 3, 2.0 / 3, 1.0 / 2), (matrix.Precision(0), matrix.Recall(0), matrix.Precision(classes - 1)));
        Assert.Equal((2.0 / 3 + 2.0 / 3 + 0) / 3, matrix.MacroF1, 15); // classes 0, the last, and 7
    }

    [Fact]
    public void Counts_of_several_processes_are_added_up()
    {
        var matrix = Of(new[,] { { 3, 1 }, { 0, 2 } });
        matrix.SumUp(counts =>
        {
            for (var place = 0; place < counts.Length; place++)
                counts[place] *= 2; // as if another one had counted the same
        });
        Assert.Equal([[6, 2], [0, 4]], matrix.ToRows());
        Assert.Equal((12L, 10.0 / 12, 6.0 / 8), (matrix.Examples, matrix.Accuracy, matrix.Recall(0)));
    }

    [Property]
    public void F1_is_the_harmonic_mean_of_precision_and_recall(byte hit, byte missed, byte wrong)
    {
        var matrix = Of(new[,] { { hit + 1, missed }, { wrong, 1 } });
        var (precision, recall) = (matrix.Precision(0), matrix.Recall(0));
        Assert.Equal(2 * precision * recall / (precision + recall), matrix.F1(0), 12);
    }

    [Fact]
    public void An_evaluation_states_all_of_it()
    {
        var evaluation = Evaluation.Of(DataSplit.Test, ["a", "b"], Of(new[,] { { 3, 0 }, { 1, 0 } }), loss: 0.5);
        Assert.Equal((DataSplit.Test, 0.75, 0.5, 4L), (evaluation.Split, evaluation.Accuracy, evaluation.Loss, evaluation.Examples));
        Assert.Equal(6.0 / 14, evaluation.MacroF1, 15);
        Assert.Equal([new ClassResult("a", 3, 0.75, 1, 6.0 / 7), new ClassResult("b", 1, 0, 0, 0)], evaluation.PerClass);
        var json = System.Text.Json.JsonSerializer.Serialize(evaluation, RunJson.Default.Evaluation);
        Assert.Contains("\"split\": \"test\"", json);
        Assert.Contains("\"macroF1\":", json);
        Assert.Contains("\"perClass\":", json);
        Assert.Throws<ArgumentException>(() => Evaluation.Of(DataSplit.Test, ["a"], Of(new[,] { { 3, 0 }, { 1, 0 } }), 0));
        Assert.Throws<ArgumentException>(() => Evaluation.Of(DataSplit.Test, ["a"], new ConfusionMatrix(1), 0));
    }
}
