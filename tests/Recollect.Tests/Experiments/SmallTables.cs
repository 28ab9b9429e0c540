using System.Text.Json.Nodes;
using Recollect.Experiments;
using Recollect.Runs;

namespace Recollect.Tests.Experiments;

/// <summary>A folder with a user's own tables, and runs of a network of a few numbers that trains on them.</summary>
internal sealed class SmallTables : IDisposable
{
    private static readonly string[] Network =
        ["model.embedding=4", "model.hidden=5", "model.headUnits=32", "training.batch=4", "training.epochs=3", "bptt.supervised=3"];

    private readonly string _folder = Directory.CreateTempSubdirectory("recollect-tables-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    public string In(params string[] names) => Path.Combine([_folder, .. names]);

    public Workplace Workplace => new(_folder, DeviceChoice.Cpu, 1);

    /// <summary>Writes a table and returns its path.</summary>
    public string Write(string name, IEnumerable<string> lines)
    {
        File.WriteAllLines(In(name), lines);
        return In(name);
    }

    /// <summary>Trains the recipe whose section <c>data</c> is given into the folder <c>run</c>.</summary>
    public Summary Train(JsonObject data, params string[] edits)
    {
        File.WriteAllText(In("mine.json"), new JsonObject { ["data"] = data }.ToJsonString());
        return Experiment.Train(
            new TrainRequest { Recipe = RecipeBook.Open(In("mine.json"), [.. Network, .. edits]), Folder = In("run"), Workplace = Workplace },
            new Progress<TrainNews>(), new StopSignal());
    }

    public Evaluation Evaluate(DataSplit split = DataSplit.Test) => Experiment.Evaluate(new EvaluateRequest(In("run"), split, Workplace));

    public PredictedRow[] Predict(string file) => [.. Experiment.Predict(new PredictRequest(In("run"), file, () => Stream.Null, Workplace))];
}
