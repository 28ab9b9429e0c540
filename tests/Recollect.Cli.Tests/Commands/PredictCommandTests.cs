using Recollect.Cli;
using Recollect.Experiments;

namespace Recollect.Tests.Cli.Commands;

public class PredictCommandTests
{
    private static readonly PredictedRow Row = new(0, "dög", new Dictionary<string, double> { ["cat"] = 0.25, ["dög"] = 0.75 });

    private static Ran Predict(out PredictRequest? request, params string[] arguments)
    {
        PredictRequest? asked = null;
        var engine = new Engine
        {
            Predict = wanted =>
            {
                asked = wanted;
                return [Row];
            },
        };
        var ran = Ran.Command(engine, ["predict", .. arguments]);
        request = asked;
        return ran;
    }

    [Fact]
    public void Text_is_index_label_and_probability()
    {
        Assert.Equal($"0\tdög\t75.00%{Environment.NewLine}", Predict(out var request, "run", "rows.csv").Out);
        Assert.Equal(("run", "rows.csv"), (request!.Run, request.Input));
    }

    [Fact]
    public void A_row_of_a_folder_names_its_file()
    {
        var engine = new Engine { Predict = _ => [Row with { File = "pets/a.png" }] };
        Assert.Equal($"0\tdög\t75.00%\tpets/a.png{Environment.NewLine}", Ran.Command(engine, "predict", "run", "pets").Out);
        Assert.Equal("pets/a.png", Ran.Command(engine, "predict", "run", "pets", "--json").Json[0]!["file"]!.GetValue<string>());
        Assert.Null(Predict(out _, "run", "rows.csv", "--json").Json[0]!["file"]);
    }

    [Fact]
    public void Json_is_a_list_of_index_label_and_probabilities()
    {
        var row = Predict(out _, "run", "rows.csv", "--json").Json[0]!;
        Assert.Equal(0, row["index"]!.GetValue<int>());
        Assert.Equal("dög", row["label"]!.GetValue<string>());
        Assert.Equal(0.25, row["probabilities"]!["cat"]!.GetValue<double>());
    }

    [Theory]
    [InlineData("run")]
    [InlineData("run -")]
    public void A_dash_or_nothing_means_standard_input(string line)
    {
        Predict(out var request, line.Split(' '));
        Assert.Equal("-", request!.Input);
    }

    [Fact]
    public void Nobody_is_left_waiting_at_a_keyboard_that_was_not_meant()
    {
        var error = new StringWriter();
        var terminal = new Terminal { Out = TextWriter.Null, Error = error, InIsTerminal = true };
        Assert.Equal(2, CommandLine.Run(["predict", "run"], terminal, new Engine { Predict = _ => [Row] }));
        Assert.Contains("name a file", error.ToString());
        Assert.Equal(0, CommandLine.Run(["predict", "run", "-"], terminal, new Engine { Predict = _ => [Row] }));
    }
}
