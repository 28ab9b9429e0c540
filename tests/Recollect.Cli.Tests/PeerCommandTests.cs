using System.Diagnostics;
using Recollect.Cli;
using Recollect.Training;

namespace Recollect.Tests.Cli;

public class PeerCommandTests
{
    [Fact]
    public void What_the_first_cannot_do_it_tells_as_one_process_does_and_ends_all()
    {
        var (peers, error) = (new Imagined(0), new StringWriter());
        Assert.Equal(2, PeerCommand.Run(peers, error, false, () => throw new RecipeException("no")));
        Assert.Equal($"recollect: no{Environment.NewLine}", error.ToString());
        Assert.Equal((2, false), (peers.Aborted, peers.Left));
    }

    [Fact]
    public void Another_leaves_the_first_the_time_to_tell_it_and_says_who_it_is()
    {
        var (peers, error, clock) = (new Imagined(1), new StringWriter(), Stopwatch.StartNew());
        Assert.Equal(3, PeerCommand.Run(peers, error, false, () => throw new DataException("no file")));
        Assert.InRange(clock.Elapsed, TimeSpan.FromSeconds(2), TimeSpan.FromMinutes(1));
        Assert.Equal($"recollect (rank 1 of 2, on {Environment.MachineName}): no file{Environment.NewLine}", error.ToString());
        Assert.Equal(3, peers.Aborted);
    }

    [Fact]
    public void Who_is_done_waits_for_the_others()
    {
        var peers = new Imagined(1);
        Assert.Equal(7, PeerCommand.Run(peers, TextWriter.Null, false, () => 7));
        Assert.True(peers.Left);
    }

    [Fact]
    public void Alone_an_error_is_anybodys_to_tell() =>
        Assert.Throws<RunException>(() => PeerCommand.Run(Peers.Alone, TextWriter.Null, false, () => throw new RunException("no")));

    private sealed class Imagined(int rank) : Peers
    {
        public int? Aborted { get; private set; }

        public bool Left { get; private set; }

        public override int Rank => rank;

        public override int Count => 2;

        public override void Sum<T>(Span<T> values)
        {
        }

        public override void Share(Span<byte> bytes, int from = 0)
        {
        }

        public override void Abort(int code) => Aborted = code;

        public override void Dispose()
        {
            Left = true;
            base.Dispose();
        }
    }
}
