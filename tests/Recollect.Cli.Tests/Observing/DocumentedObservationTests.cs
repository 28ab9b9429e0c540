using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Reflection;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using Recollect.Experiments;
using Recollect.Observation;
using Recollect.Runs;

namespace Recollect.Tests.Cli.Observing;

/// <summary>docs/observing.md against what a training really emits: every name that is there is documented, and the other way round.</summary>
public sealed class DocumentedObservationTests : IDisposable
{
    private static readonly MarkdownPage Page = MarkdownPage.Open("docs", "observing.md");
    private readonly SmallRuns _runs = new();

    public void Dispose() => _runs.Dispose();

    private static string[] Names(string cell) => [.. cell.Split(',', StringSplitOptions.TrimEntries).Select(name => name.Trim('`')).Where(name => name != "–").Order()];

    [Fact]
    public void Every_metric_is_documented_with_its_kind_unit_and_attributes()
    {
        var (kinds, attributes) = (new Dictionary<string, (string Kind, string Unit)>(), new Dictionary<string, HashSet<string>>());
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, self) =>
            {
                if (instrument.Meter.Name != Telemetry.Name)
                    return;
                kinds[instrument.Name] = (instrument.GetType().Name.Split('`')[0].ToLowerInvariant(), instrument.Unit!);
                attributes[instrument.Name] = [];
                self.EnableMeasurementEvents(instrument);
            },
        };
        void Heard<T>(Instrument instrument, T value, ReadOnlySpan<KeyValuePair<string, object?>> tags, object? state)
        {
            foreach (var tag in tags)
                attributes[instrument.Name].Add(tag.Key);
        }

        listener.SetMeasurementEventCallback<long>(Heard);
        listener.SetMeasurementEventCallback<double>(Heard);
        listener.Start();
        RuntimeHelpers.RunClassConstructor(typeof(Telemetry).TypeHandle);
        Emit();
        Telemetry.Updated(null, TrainingPhase.Train, default); // one that is not finite
        var documented = Page.Rows("Metrics").ToDictionary(cells => cells[0].Trim('`'), cells => cells);
        Assert.Equal(kinds.Keys.Order(), documented.Keys.Order());
        Assert.All(documented, row => Assert.Equal(kinds[row.Key], (row.Value[1], row.Value[2].Trim('`'))));
        Assert.All(documented, row => Assert.Equal((row.Key, string.Join(", ", attributes[row.Key].Order())), (row.Key, string.Join(", ", Names(row.Value[3])))));
    }

    [Fact]
    public void Every_activity_is_documented_with_its_attributes()
    {
        var heard = new Dictionary<string, HashSet<string>>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == Telemetry.Name,
            Sample = (ref _) => ActivitySamplingResult.AllData,
            ActivityStopped = activity =>
            {
                if (!heard.TryGetValue(activity.OperationName, out var names))
                    heard[activity.OperationName] = names = [];
                names.UnionWith(activity.TagObjects.Select(tag => tag.Key));
            },
        };
        ActivitySource.AddActivityListener(listener);
        Emit();
        var documented = Page.Rows("Activities").ToDictionary(cells => cells[0].Trim('`'), cells => string.Join(", ", Names(cells[1])));
        Assert.Equal(heard.Select(one => (one.Key, string.Join(", ", one.Value.Order()))).Order(), documented.Select(row => (row.Key, row.Value)).Order());
    }

    [Fact]
    public void Every_event_of_the_log_is_documented_with_its_level()
    {
        var events = typeof(TrainRequest).Assembly.GetType("Recollect.Experiments.RunLog", throwOnError: true)!.GetMethods(BindingFlags.Static | BindingFlags.Public)
            .Select(method => (method.Name, Level: method.GetCustomAttribute<LoggerMessageAttribute>()!.Level.ToString().ToLowerInvariant()));
        Assert.Equal(events.Order(), Page.Rows("Log events").Select(cells => (cells[0].Trim('`'), cells[1])).Order());
    }

    // Both phases, evaluations, checkpoints, and one that could not be saved.
    private void Emit()
    {
        _runs.Train("run", SmallRuns.WithAuxiliaries);
        using var activity = Telemetry.Checkpoint(1);
        Telemetry.Saved(activity, 1, new IOException("the disk is full"));
    }
}
