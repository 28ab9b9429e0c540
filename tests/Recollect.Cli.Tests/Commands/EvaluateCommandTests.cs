using Recollect.Cli;
using Recollect.Experiments;
using Recollect.Runs;

namespace Recollect.Tests.Cli.Commands;

public class EvaluateCommandTests
{
    private static Ran Evaluate(out EvaluateRequest? request, params string[] arguments) => Evaluate(["cat", "dog"], out request, arguments);

    private static Ran Evaluate(string[] classes, out EvaluateRequest? request, params string[] arguments)
    {
        EvaluateRequest? asked = null;
        var engine = new Engine
        {
            Evaluate = wanted =>
            {
                asked = wanted;
                var confusion = new ConfusionMatrix(classes.Length);
                confusion.Add(0, 0);
                confusion.Add(1, 0);
                return Evaluation.Of(wanted.Split, classes, confusion, 0.7);
            },
        };
        var ran = Ran.Command(engine, ["evaluate", .. arguments]);
        request = asked;
        return ran;
    }

    [Fact]
    public void The_test_split_is_the_default_and_every_class_has_its_line()
    {
        var ran = Evaluate(out var request, "run");
        Assert.Equal(("run", DataSplit.Test), (request!.Folder, request.Split));
        Assert.StartsWith("test: 50.00% of 2, loss 0.7000", ran.Out);
        Assert.Contains("cat", ran.Out);
        Assert.Contains("dog", ran.Out);
        Assert.Empty(ran.Error);
    }

    [Theory]
    [InlineData(20, true)]
    [InlineData(21, false)]
    public void The_confusion_matrix_is_shown_where_a_screen_holds_it(int classes, bool shown)
    {
        var output = Evaluate([.. Enumerable.Range(0, classes).Select(label => $"c{label}")], out _, "run").Out;
        Assert.Equal(shown, output.Contains("true \\ predicted  c0  c1  c2"));
        Assert.Equal(shown, output.Contains("\nc1                1   0   0"));
        Assert.Equal(!shown, output.Contains("The confusion matrix of 21 classes is too large for a screen; --json has it."));
    }

    [Fact]
    public void Of_very_many_classes_there_is_no_confusion_matrix() => Assert.Contains(
        "Of 1,001 classes no confusion matrix is kept: 1,000 have one at most.", Evaluate([.. Enumerable.Range(0, 1001).Select(label => $"c{label}")], out _, "run").Out);

    [Fact]
    public void Json_is_the_evaluation()
    {
        var ran = Evaluate(out var request, "run", "--split", "validation", "--json", "--data", "sets");
        Assert.Equal((DataSplit.Validation, "sets"), (request!.Split, request.Workplace.DataFolder));
        Assert.Equal("validation", ran.Json["split"]!.GetValue<string>());
        Assert.Equal(0.5, ran.Json["accuracy"]!.GetValue<double>());
        Assert.Equal(1, ran.Json["confusion"]![1]![0]!.GetValue<int>());
    }
}
