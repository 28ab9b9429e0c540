using System.Text.Json.Nodes;

namespace Recollect.Tests.Cli;

/// <summary>A Parquet file from training to prediction; documented examples do the same for the other kinds (DocumentedExamplesTests).</summary>
public sealed class OwnFilesTests : IDisposable
{
    private static readonly string Walks = Path.Combine(AppContext.BaseDirectory, "Fixtures", "walks.parquet");
    private readonly SmallRuns _runs = new();

    public void Dispose() => _runs.Dispose();

    private Ran Train(string? missing) => Ran.Command(SmallRuns.Words("digits-lstm", _runs.In("run"),
    [
        $"data={new JsonObject { ["source"] = "parquet", ["train"] = Walks, ["values"] = "signal", ["label"] = "state", ["missing"] = missing, ["standardize"] = true }.ToJsonString()}",
        "training.epochs=1",
    ]));

    [Fact]
    public void Parquet_is_trained_on_evaluated_and_predicted_from_by_the_model_alone()
    {
        var ran = Train("previous");
        Assert.True(ran.Code == 0, ran.Error);
        Assert.Equal(5, Ran.Command("evaluate", _runs.In("run"), "--threads", "1", "--json").Json["examples"]!.GetValue<int>()); // a fifth of 24
        File.Move(_runs.In("run", "model.safetensors"), _runs.In("model.safetensors"));
        Directory.Delete(_runs.In("run"), recursive: true);
        var predicted = Ran.Command("predict", _runs.In("model.safetensors"), Walks, "--threads", "1", "--json").Json.AsArray();
        Assert.Equal(Enumerable.Range(0, 24), predicted.Select(row => row!["index"]!.GetValue<int>()));
        var lines = _runs.Write("row.jsonl", "{\"signal\":[[0,4],[1,4],[2,4],[3,4],[4,4]]}\n"); // row 4, filled
        Assert.Equal(predicted[4]!["probabilities"]!.ToJsonString(), Ran.Command("predict", _runs.In("model.safetensors"), lines, "--threads", "1", "--json").Json[0]!["probabilities"]!.ToJsonString());
    }

    [Fact]
    public void What_is_missing_is_named_with_row_group_and_row_and_leaves_no_run_behind()
    {
        Train(null).Refused(3, $"{Walks}, row group 1, row 5: the value at step 2, number 2 of 2 is missing", "data.missing");
        Assert.False(Directory.Exists(_runs.In("run")));
        var info = Ran.Command("data", "info", Walks, "--label", "state", "--json").Json;
        Assert.Equal("signal", info["columns"]!["values"]![0]!.GetValue<string>());
        Assert.Equal((24, 2, 4), (info["parts"]![0]!["rows"]!.GetValue<int>(), info["parts"]![0]!["components"]!.GetValue<int>(), info["parts"]![0]!["missing"]!.GetValue<int>()));
        Assert.Contains("24 rows of 4 to 6 steps (mean 5.0), 2 number(s) a step; 4 missing", Ran.Command("data", "info", Walks, "--label", "state").Out);
    }
}
