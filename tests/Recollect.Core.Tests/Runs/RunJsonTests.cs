using System.Text.Json;

namespace Recollect.Runs;

/// <summary>The records' JSON, written out by hand: other programs read these files.</summary>
public sealed class RunJsonTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_summary_has_the_promised_shape_and_leaves_out_what_there_is_not()
    {
        var summary = new Summary
        {
            Test = new SplitResult(0.5, 1.25, 100),
            Parameters = 12,
            TrainSeconds = 1.5,
            Updates = 7,
            Epochs = 2,
            Complete = true,
        };
        var path = _folder.File("summary.json");
        JsonFile.Write(path, summary, RunJson.Default.Summary);
        Assert.Equal(
            """
            {
              "test": {
                "accuracy": 0.5,
                "loss": 1.25,
                "examples": 100
              },
              "parameters": 12,
              "auxiliaryParameters": 0,
              "trainSeconds": 1.5,
              "updates": 7,
              "epochs": 2,
              "pretrainEpochs": 0,
              "complete": true
            }

            """.ReplaceLineEndings("\n"), File.ReadAllText(path));
        Assert.Equal(summary, JsonFile.Read(path, RunJson.Default.Summary));
    }

    [Fact]
    public void Text_is_written_as_people_read_it()
    {
        var path = _folder.File("summary.json");
        var summary = new Summary { Parameters = 1, TrainSeconds = 1, Updates = 1, Epochs = 1, Complete = false, StoppedBy = "0.1.0+4f2a, größer <als>" };
        JsonFile.Write(path, summary, RunJson.Default.Summary);
        Assert.Contains("\"0.1.0+4f2a, größer <als>\"", File.ReadAllText(path));
        Assert.Equal(summary, JsonFile.Read(path, RunJson.Default.Summary));
    }

    [Fact]
    public void A_manifest_is_read_back_as_written()
    {
        var manifest = new Manifest
        {
            Program = "0.1.0",
            Runtime = ".NET 10.0.0",
            Machine = MachineInfo.Read(),
            Device = "cpu",
            Threads = 2,
            Engine = "kernels",
            Seed = -3,
            Libraries = new Dictionary<string, string> { ["TorchSharp"] = "0.107.0", ["libtorch"] = "2.10.0" },
            Data = [new DataHash("mnist/train-images-idx3-ubyte", "ab")],
            Command = ["recollect", "train", "digits"],
            Started = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero),
        };
        var path = _folder.File("manifest.json");
        JsonFile.Write(path, manifest, RunJson.Default.Manifest);
        var read = JsonFile.Read(path, RunJson.Default.Manifest);
        Assert.Equal(manifest.Machine, read.Machine);
        Assert.Equal(manifest.Libraries, read.Libraries);
        Assert.Equal(manifest.Data, read.Data);
        Assert.Equal(manifest.Command, read.Command);
        Assert.Equal((manifest.Seed, manifest.Started, manifest.Device), (read.Seed, read.Started, read.Device));
        Assert.Equal([(read.Started, read.Device, "kernels")], read.Sittings.Select(sitting => (sitting.Started, sitting.Device, sitting.Engine)));
        using var json = JsonDocument.Parse(File.ReadAllText(path));
        Assert.Equal("0.107.0", json.RootElement.GetProperty("libraries").GetProperty("TorchSharp").GetString());
        Assert.Equal("2026-01-02T03:04:05+00:00", json.RootElement.GetProperty("started").GetString());
    }

    [Fact]
    public void A_manifest_without_the_list_of_sittings_has_its_first()
    {
        var path = _folder.File("manifest.json", """
            {"program":"0","runtime":"","machine":{"processor":"","cores":1,"memory":1,"operatingSystem":"","architecture":""},"libraries":{},
             "device":"cpu","threads":1,"seed":0,"data":[],"command":[],"started":"2026-01-02T03:04:05Z"}
            """);
        Assert.Equal(1, Assert.Single(JsonFile.Read(path, RunJson.Default.Manifest).Sittings).Threads);
    }

    [Theory]
    [InlineData("libtorch", "kernels", "engine: libtorch, before kernels")]
    [InlineData("kernels", "kernels", null)]
    [InlineData("kernels", null, null)] // from before it was told: nothing is known to differ
    public void Another_engine_is_a_difference_between_sittings(string now, string? before, string? expected)
    {
        var sitting = SittingOf(now);
        Assert.Equal(expected, sitting.DifferencesFrom(sitting with { Engine = before }).SingleOrDefault());
    }

    [Theory]
    [InlineData(4, 2, "processes: 4, before 2")]
    [InlineData(2, null, "processes: 2, before 1")] // from before it was told: one
    [InlineData(1, null, null)]
    public void Another_number_of_processes_is_a_difference_between_sittings(int now, int? before, string? expected)
    {
        var sitting = SittingOf("kernels") with { Processes = now };
        Assert.Equal(expected, sitting.DifferencesFrom(sitting with { Processes = before }).SingleOrDefault());
    }

    [Theory]
    [InlineData(true, false, "recomputation of states: yes, before no")]
    [InlineData(false, true, "recomputation of states: no, before yes")]
    [InlineData(true, null, null)] // from before it was told: nothing is known to differ
    [InlineData(null, true, "recomputation of states: not told, before yes")]
    public void Whether_states_are_computed_again_is_a_difference_between_sittings(bool? now, bool? before, string? expected)
    {
        var sitting = SittingOf("kernels") with { Recompute = now };
        Assert.Equal(expected, sitting.DifferencesFrom(sitting with { Recompute = before }).SingleOrDefault());
    }

    private static Sitting SittingOf(string engine) => new()
    {
        Started = default,
        Program = "",
        Runtime = "",
        Libraries = new Dictionary<string, string>(),
        Machine = MachineInfo.Read(),
        Device = "cpu",
        Threads = 1,
        Engine = engine,
        Command = [],
    };

    [Theory]
    [InlineData("", "line 1")]
    [InlineData("null", "found null")]
    [InlineData("{\n\"parameters\": \"many\"}", "line 2")]
    [InlineData("{}", "parameters")]
    public void A_damaged_record_is_named_with_its_line(string content, string complaint)
    {
        var path = _folder.File("summary.json", content);
        var error = Assert.Throws<DataException>(() => JsonFile.Read(path, RunJson.Default.Summary));
        Assert.Contains(path, error.Message);
        Assert.Contains(complaint, error.Message);
    }

    [Fact]
    public void A_missing_record_is_bad_data() =>
        Assert.Contains("does not exist", Assert.Throws<DataException>(() => JsonFile.Read(_folder.File("gone"), RunJson.Default.Summary)).Message);
}
