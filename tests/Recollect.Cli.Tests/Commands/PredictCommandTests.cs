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
    public void Labels_and_files_are_shown_as_a_terminal_may_show_them()
    {
        const string label = "\u001b[2J\nx";
        var engine = new Engine { Predict = _ => [new PredictedRow(0, label, new Dictionary<string, double> { [label] = 1 }, "pets/a\tb.png")] };
        Assert.Equal($"0\t\\u001b[2J\\nx\t100.00%\tpets/a\\tb.png{Environment.NewLine}", Ran.Command(engine, "predict", "run", "pets").Out);
        Assert.Equal(label, Ran.Command(engine, "predict", "run", "pets", "--json").Json[0]!["label"]!.GetValue<string>());
    }

    [Fact]
    public void A_label_that_no_header_names_is_noted()
    {
        using var runs = new SmallRuns();
        var rows = runs.Write("rows.csv", string.Join(',', Enumerable.Repeat(3, 65)) + "\n");
        var ran = Ran.Command("predict", runs.Train("run", []), rows, "--threads", "1");
        Assert.True(ran.Code == 0, ran.Error);
        Assert.Contains($"note: {rows}: there is no header; the last of 65 numbers is taken for the label.", ran.Error);
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
