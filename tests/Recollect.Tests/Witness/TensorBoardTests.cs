using Recollect.Runs;
using Tensorboard;
using TorchSharp;

namespace Recollect.Tests.Witness;

/// <summary>Event files beside TorchSharp's own writer of them and the protocol buffers that it was made with, of TensorBoard's definitions.</summary>
public sealed class TensorBoardTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("recollect-events-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Scalars_are_byte_for_byte_those_of_the_other_writer()
    {
        (string Tag, float Value, int Step, long Time)[] all =
        [
            ("train/loss", 2.3025851f, 1, 1764144001), ("train/accuracy", 0, 300, 1764144002),
            ("test/" + string.Concat(Enumerable.Repeat("long", 40)), float.PositiveInfinity, int.MaxValue, 1764144003), ("test/ä", -1e-10f, 0, 1764144004),
        ];
        var writer = torch.utils.tensorboard.SummaryWriter(_folder, createRunName: false);
        foreach (var (tag, value, step, time) in all)
            writer.add_scalar(tag, value, step, time);
        var file = File.ReadAllBytes(Assert.Single(Directory.GetFiles(_folder)));
        byte[] ours = [.. all.SelectMany(entry => EventRecord.Scalars(entry.Time, entry.Step, [(entry.Tag, entry.Value)]))];
        var begin = EventRecord.Version(0).Length;
        Assert.Equal(EventRecord.Version(BitConverter.ToDouble(file, 13)), file[..begin]);
        Assert.Equal(ours, file[begin..]);
    }

    [Fact]
    public void A_session_s_start_is_the_message_that_TensorBoard_drops_later_steps_for()
    {
        var start = Event.Parser.ParseFrom(EventRecord.SessionStart(5.5, 301)[12..^4]);
        Assert.Equal(new Event { WallTime = 5.5, Step = 301, SessionLog = new SessionLog { Status = SessionLog.Types.SessionStatus.Start } }, start);
        Assert.Equal(new Event { WallTime = 5.5, FileVersion = "brain.Event:2" }, Event.Parser.ParseFrom(EventRecord.Version(5.5)[12..^4]));
    }
}
