using Recollect.Experiments;
using Recollect.Runs;

namespace Recollect.Tests.Experiments;

/// <summary>The probes of real trainings, on a few of the embedded digits.</summary>
public sealed class RunProbesTests : IDisposable
{
    private static readonly string[] Small =
    [
        "data.limit=60", "data.testLimit=30", "model.hidden=8", "model.headUnits=9", "training.batch=16", "training.epochs=1",
    ];

    private const string Auxiliary =
        "auxiliary=[{\"kind\":\"reconstruction\",\"length\":8,\"bptt\":6,\"decoder\":{\"headUnits\":7}},{\"kind\":\"prediction\",\"length\":10,\"bptt\":5,\"decoder\":{\"headUnits\":7}}]";

    private readonly string _folder = Directory.CreateTempSubdirectory("recollect-probes-").FullName;
    private readonly List<string> _notes = [];

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private TrainRequest Request(string name, params string[] edits) => new()
    {
        Recipe = RecipeBook.Open("digits-lstm", [.. Small, .. edits]),
        Folder = Path.Combine(_folder, name),
        Workplace = new Workplace(_folder, DeviceChoice.Cpu, 1),
    };

    private Summary Train(TrainRequest request) => Experiment.Train(request, new Notes(_notes), new StopSignal());

    private string In(string run, string file) => Path.Combine(_folder, run, "probes", file);

    private string[] Files(string run) => Directory.Exists(In(run, "")) ? [.. Directory.GetFiles(In(run, "")).Select(file => Path.GetFileName(file)).Order()] : [];

    [Fact]
    public void A_training_ends_with_both_probes_and_the_same_training_with_the_same()
    {
        Train(Request("one", Auxiliary));
        Train(Request("two", Auxiliary));
        Assert.Equal(["gradient.json", "memory.json"], Files("one"));
        Assert.All(Files("one"), file => Assert.Equal(File.ReadAllBytes(In("one", file)), File.ReadAllBytes(In("two", file))));
        var gradient = JsonFile.Read(In("one", "gradient.json"), RunJson.Default.GradientProbe);
        // Four updates of 16 rows: a sixteenth of the rows is measured.
        Assert.Equal((2, DataSplit.Test, 4), (gradient.Format, gradient.Split, gradient.Rows));
        Assert.Equal(Enumerable.Range(0, 64), gradient.Distances);
        Assert.Equal(64, gradient.Norms.Count(norm => norm > 0));
        var memory = JsonFile.Read(In("one", "memory.json"), RunJson.Default.MemoryProbe);
        Assert.Equal((1, 8, 8, 1), (memory.Format, memory.Height, memory.Width, memory.Channels));
        Assert.Equal([(0, "reconstruction"), (1, "prediction")], memory.Losses.Select(loss => (loss.Index, loss.Kind)));
        Assert.All(memory.Losses, loss => Assert.Equal((8, 8), (loss.Rows.Count, loss.Rows.Select(row => row.Label).Distinct().Count())));
        Assert.All(memory.Losses.SelectMany(loss => loss.Rows), row => Assert.Equal((64, 5), (row.Image.Count, row.Anchors.Count)));
        Assert.Empty(_notes);
    }

    [Theory]
    [InlineData("a plain network", "gradient.json", "auxiliary=[]")]
    [InlineData("a trial of 15 rows", "", Auxiliary, "data.limit=15")]
    [InlineData("one of 16", "gradient.json memory.json", Auxiliary, "data.limit=16")]
    [InlineData("a Transformer", "", "auxiliary=[]", "model={\"cell\":\"transformer\",\"hidden\":8,\"headUnits\":9}", "bptt.supervised=null")]
    public void What_there_is_nothing_to_measure_of_has_no_file(string run, string files, params string[] edits)
    {
        Assert.True(Train(Request(run, edits)).Complete);
        Assert.Equal(files, string.Join(' ', Files(run)));
        Assert.Empty(_notes);
    }

    [Fact]
    public void A_training_that_is_stopped_by_its_steps_has_probes_which_one_that_goes_on_replaces()
    {
        Train(Request("run", Auxiliary) with { MaxSteps = 2 });
        Assert.Equal(["gradient.json", "memory.json"], Files("run"));
        var first = File.ReadAllText(In("run", "gradient.json"));
        Train(Request("run", Auxiliary) with { Resume = true });
        Assert.Equal(["gradient.json", "memory.json"], Files("run"));
        Assert.NotEqual(first, File.ReadAllText(In("run", "gradient.json")));
    }

    [Fact]
    public void Probes_that_cannot_be_written_are_a_note_of_a_finished_training()
    {
        Train(Request("run", Auxiliary) with { MaxSteps = 2 });
        Directory.Delete(In("run", ""), recursive: true);
        File.WriteAllText(Path.Combine(_folder, "run", "probes"), "in the way");
        Assert.True(Train(Request("run", Auxiliary) with { Resume = true }).Complete);
        Assert.Equal(2, _notes.Count);
        Assert.Contains("gradient.json' is left out, so that a report will not show how far back learning reaches", _notes[0]);
        Assert.Contains("memory.json' is left out, so that a report will not show what the network remembers", _notes[1]);
        Assert.True(File.Exists(Path.Combine(_folder, "run", "summary.json")));
    }

    private sealed class Notes(List<string> texts) : IProgress<TrainNews>
    {
        public void Report(TrainNews value)
        {
            if (value is NoteNews note)
                texts.Add(note.Text);
        }
    }
}
