using Recollect.Cli;
using Recollect.Experiments;
using Recollect.Runs;

namespace Recollect.Tests.Cli.Commands;

public class EvaluateCommandTests
{
    private static Ran Evaluate(out EvaluateRequest? request, params string[] arguments)
    {
        EvaluateRequest? asked = null;
        var engine = new Engine
        {
            Evaluate = wanted =>
            {
                asked = wanted;
                var confusion = new ConfusionMatrix(2);
                confusion.Add(0, 0);
                confusion.Add(1, 0);
                return Evaluation.Of(wanted.Split, ["cat", "dog"], confusion, 0.7);
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
