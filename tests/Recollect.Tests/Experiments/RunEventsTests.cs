using Recollect.Experiments;
using Recollect.Runs;
using Tensorboard;
using Summary = Recollect.Runs.Summary;

namespace Recollect.Tests.Experiments;

/// <summary>The TensorBoard files of real trainings, read by the protocol buffers that TorchSharp has of TensorBoard's definitions.</summary>
public sealed class RunEventsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("recollect-run-events-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private TrainRequest Request(long? maxSteps = null, bool resume = false) => new()
    {
        Recipe = RecipeBook.Open("digits-lstm",
        [
            "data.limit=60", "data.testLimit=30", "data.validation=0.2", "model.hidden=8", "model.embedding=6", "model.headUnits=9", "training.batch=16",
            "training.epochs=2", "training.pretrainEpochs=1", "training.logEvery=2", "training.checkpointEvery=2",
            "auxiliary=[{\"kind\":\"reconstruction\",\"length\":8,\"bptt\":6,\"decoder\":{\"headUnits\":7}}]",
        ]),
        Folder = Path.Combine(_folder, "run"),
        Workplace = new Workplace(_folder, DeviceChoice.Cpu, 1),
        MaxSteps = maxSteps,
        Resume = resume,
    };

    private static Summary Train(TrainRequest request, List<string>? notes = null) => Experiment.Train(request, new Notes(notes ?? []), new StopSignal());

    private string Events => Path.Combine(_folder, "run", "tensorboard");

    // Every event of the run, in the order in which TensorBoard reads them.
    private List<Event> Read() =>
    [
        .. Directory.GetFiles(Events).Order(StringComparer.Ordinal).SelectMany(path =>
        {
            var (bytes, events) = (File.ReadAllBytes(path), new List<Event>());
            for (var at = 0; at < bytes.Length; at += 16 + (int)BitConverter.ToInt64(bytes, at))
                events.Add(Event.Parser.ParseFrom(bytes, at + 12, (int)BitConverter.ToInt64(bytes, at)));
            return events;
        }),
    ];

    [Fact]
    public void The_events_of_a_run_hold_every_number_of_its_metrics_at_its_step()
    {
        Train(Request());
        var events = Read();
        Assert.Equal(["brain.Event:2"], events.Where(e => e.WhatCase == Event.WhatOneofCase.FileVersion).Select(e => e.FileVersion));
        Assert.Equal([1L], events.Where(e => e.WhatCase == Event.WhatOneofCase.SessionLog).Select(e => e.Step));
        Assert.Equal(Metrics(), Scalars(events));
        Assert.Equal(events.Select(e => e.WallTime).Order(), events.Select(e => e.WallTime));
        Assert.Contains(Scalars(events), scalar => scalar.Tag == "train-epoch/auxiliary");
    }

    [Theory]
    [InlineData(3)]
    [InlineData(9)]
    public void A_sitting_that_goes_on_begins_a_file_that_puts_it_behind_the_checkpoint(long steps)
    {
        Train(Request(steps));
        Train(Request(resume: true));
        Assert.Equal(2, Directory.GetFiles(Events).Length);
        var kept = new List<Event>();
        foreach (var next in Read())
        {
            // What TensorBoard does: event_accumulator.py, _CheckForRestartAndMaybePurge.
            if (next.SessionLog?.Status == SessionLog.Types.SessionStatus.Start)
                kept.RemoveAll(earlier => earlier.Step >= next.Step);
            kept.Add(next);
        }
        Assert.Equal([1, steps + 1], kept.Where(e => e.SessionLog is not null).Select(e => e.Step));
        // The test split was measured at the first sitting's end too; metrics.jsonl is cut back to the checkpoint, where a measurement at its very step stays here.
        Assert.Equal(Metrics(), Scalars(kept).Where(scalar => !(scalar.Tag.StartsWith("test/", StringComparison.Ordinal) && scalar.Step < 9)).Distinct());
    }

    [Fact]
    public void Events_that_cannot_be_written_end_with_a_note_and_the_training_goes_on()
    {
        Train(Request(2));
        Directory.Delete(Events, recursive: true);
        File.WriteAllText(Events, "in the way");
        var notes = new List<string>();
        Assert.True(Train(Request(resume: true), notes).Complete);
        Assert.Contains("tensorboard", Assert.Single(notes));
        Assert.Equal(9, MetricsLog.Read(Path.Combine(_folder, "run", "metrics.jsonl"))[^1].Step);
    }

    private static (string Tag, long Step, float Value)[] Scalars(IEnumerable<Event> events) =>
        [.. events.Where(e => e.Summary is not null).SelectMany(e => e.Summary.Value.Select(value => (value.Tag, e.Step, value.SimpleValue)))];

    private (string Tag, long Step, float Value)[] Metrics() =>
    [
        .. from line in MetricsLog.Read(Path.Combine(_folder, "run", "metrics.jsonl"))
           let place = line.WholeEpoch == true ? "train-epoch" : line.Split.ToString().ToLowerInvariant()
           from scalar in new[]
           {
               ("loss", line.Loss), ("supervised", line.Supervised), ("auxiliary", line.Auxiliary), ("accuracy", line.Accuracy),
               ("learningRate", line.LearningRate), ("gradientNorm", line.GradientNorm), ("sequencesPerSecond", line.SequencesPerSecond),
           }
           where scalar.Item2 is not null
           select ($"{place}/{scalar.Item1}", line.Step, (float)scalar.Item2!.Value),
    ];

    private sealed class Notes(List<string> texts) : IProgress<TrainNews>
    {
        public void Report(TrainNews value)
        {
            if (value is NoteNews note)
                texts.Add(note.Text);
        }
    }
}
