using System.Diagnostics.Metrics;
using Recollect.Inference;
using Recollect.Server;
using Recollect.Server.Models;
using Recollect.Server.Sessions;

namespace Recollect.Tests.Server;

public sealed class ComputingTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("recollect-computing-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Steps_that_were_read_before_a_push_was_cut_off_are_counted()
    {
        const int Long = 1000, Cut = 300;
        var file = ServedModel.ModelFile(_folder.FullName);
        SmallModels.Write(file, SmallModels.Digits);
        var model = SequenceModel.Load(file);
        using var metrics = new ServerMetrics();
        using var computing = new Computing(model, new ServerOptions { Model = "" }, metrics);
        var counted = 0L;
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, own) =>
        {
            if (instrument.Name == "recollect.server.steps")
                own.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((_, steps, _, _) => counted += steps);
        listener.Start();
        using var ended = new CancellationTokenSource();
        using var held = new Session("stream", model.OpenStream(), TimeProvider.System).TryHold()!;
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => computing.Push(held, new CutOff(Long, Cut, ended), 0, Long, ended.Token));
        Assert.InRange(held.Session.Belief.Steps, Cut, Long - 1);
        Assert.Equal(held.Session.Belief.Steps, counted);
    }

    /// <summary>A part whose caller goes away amid it.</summary>
    private sealed record CutOff(int Steps, int At, CancellationTokenSource Caller) : StreamPart(Steps)
    {
        public override void Push(SequenceStream stream, int at)
        {
            stream.PushStep(1);
            if (at + 1 == At)
                Caller.Cancel();
        }
    }
}
