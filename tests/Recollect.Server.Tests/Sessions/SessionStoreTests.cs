using Microsoft.Extensions.Time.Testing;
using Recollect.Inference;
using Recollect.Server;
using Recollect.Server.Guards;
using Recollect.Server.Models;
using Recollect.Server.Sessions;

namespace Recollect.Tests.Server.Sessions;

public sealed class SessionStoreTests : IDisposable
{
    private static readonly TimeSpan Expiry = TimeSpan.FromMinutes(10);

    private readonly string _folder = Directory.CreateTempSubdirectory("recollect-store-").FullName;
    private readonly BusyTime _time = new();
    private readonly ServerMetrics _metrics = new();
    private readonly List<string> _told = [];
    private readonly SequenceModel _model;

    public SessionStoreTests()
    {
        var file = Path.Combine(_folder, "model.safetensors");
        SmallModels.Write(file, SmallModels.Digits);
        _model = SequenceModel.Load(file);
    }

    public void Dispose()
    {
        _metrics.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private string Saved => Path.Combine(_folder, "streams");

    private SessionStore Store(int most = 100, bool saves = false) => new(
        _model, new ServerOptions { Model = "", MaxSessions = most, SessionExpiry = Expiry, Time = _time, Tell = Told }, _metrics, saves ? new SessionFolder(Saved) : null);

    private void Told(string message)
    {
        lock (_told)
            _told.Add(message);
    }

    private static void Push(SessionStore store, string id, params int[] tokens)
    {
        using var held = store.Hold(id);
        held.Push(new TokenPart(tokens, null), 0, tokens.Length);
        held.Believe();
    }

    [Fact]
    public void A_stream_that_nobody_asks_about_expires_and_every_question_begins_its_time_anew()
    {
        using var store = Store();
        var (asked, forgotten) = (store.Open().Id, store.Open().Id);
        _time.Advance(Expiry - TimeSpan.FromSeconds(1));
        Assert.Equal(2, store.Count);
        store.Get(asked);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(404, Assert.Throws<RefusedException>(() => store.Get(forgotten)).Status);
        _time.Advance(TimeSpan.FromMinutes(1)); // the timer sweeps
        Assert.Equal(1, store.Count);
        store.Get(asked);
        _time.Advance(Expiry + TimeSpan.FromMinutes(1));
        Assert.Equal(0, store.Count);
    }

    [Fact]
    public void A_stream_that_is_being_read_does_not_expire()
    {
        using var store = Store();
        var id = store.Open().Id;
        using (store.Hold(id))
        {
            _time.Advance(2 * Expiry);
            Assert.Equal(1, store.Count);
        }
        store.Get(id); // its time began anew when it was given back
    }

    [Fact]
    public void A_stream_that_is_asked_about_while_it_is_swept_stays()
    {
        using var store = Store();
        var session = store.Open();
        _time.Advance(Expiry - TimeSpan.FromSeconds(1));
        _time.AtLooks.Enqueue(session.Touch); // a request, between the sweep's look at the clock and its end
        _time.Advance(TimeSpan.FromSeconds(1)); // the timer sweeps
        Assert.Empty(_time.AtLooks);
        Assert.Equal(1, store.Count);
        Push(store, session.Id, 1, 2);
        _time.Advance(Expiry - TimeSpan.FromSeconds(1));
        Assert.Equal(2, store.Get(session.Id).Belief.Steps);
    }

    [Fact]
    public void A_stream_that_ends_while_a_request_takes_it_is_not_there()
    {
        using var store = Store();
        var id = store.Open().Id;
        _time.Advance(Expiry - TimeSpan.FromSeconds(1));
        _time.AtLooks.Enqueue(() => { });                                // whether it has expired
        _time.AtLooks.Enqueue(() => _time.Advance(TimeSpan.FromSeconds(1))); // its time would begin anew: the timer sweeps
        Assert.Equal(404, Assert.Throws<RefusedException>(() => store.Hold(id)).Status);
        Assert.Equal((0, 0), (store.Count, _time.AtLooks.Count));
    }

    [Fact]
    public void The_limit_holds_however_many_open_at_once_and_what_has_expired_makes_room()
    {
        using var store = Store(most: 10);
        var refused = 0;
        Parallel.For(0, 100, _ =>
        {
            try
            {
                store.Open();
            }
            catch (RefusedException fault) when (fault.Status == 503)
            {
                Interlocked.Increment(ref refused);
            }
        });
        Assert.Equal((10, 90), (store.Count, refused));
        _time.Advance(Expiry - TimeSpan.FromSeconds(30)); // no sweep falls behind the expiry here
        _time.Advance(TimeSpan.FromSeconds(30));
        store.Open();
    }

    [Fact]
    public void A_stream_is_held_by_one_at_a_time()
    {
        using var store = Store();
        var id = store.Open().Id;
        using (store.Hold(id))
        {
            Assert.Equal(409, Assert.Throws<RefusedException>(() => store.Hold(id)).Status);
            Assert.Equal(409, Assert.Throws<RefusedException>(() => store.Close(id)).Status);
        }
        store.Hold(id).Dispose();
        store.Close(id);
        Assert.Equal(404, Assert.Throws<RefusedException>(() => store.Hold(id)).Status);
    }

    [Fact]
    public void Streams_outlive_the_store_and_their_time_begins_anew()
    {
        string id;
        using (var store = Store(saves: true))
        {
            id = store.Open().Id;
            Push(store, id, 1, 2, 3);
            _time.Advance(Expiry - TimeSpan.FromSeconds(1));
            Assert.Equal(1, store.Save(TimeSpan.FromSeconds(1)));
        }
        _time.Advance(Expiry);
        using var later = Store(saves: true);
        Assert.Equal(3, later.Get(id).Belief.Steps);
        Push(later, id, 4);
        Assert.Equal(_model.ClassifySteps([1, 2, 3, 4], TestContext.Current.CancellationToken).Probabilities, later.Get(id).Belief.Probabilities.Values, (a, b) => Math.Abs(a - b) < 1e-6);
        Assert.Empty(_told);
    }

    [Fact]
    public void A_stream_that_ends_leaves_no_file()
    {
        using var store = Store(saves: true);
        var (closed, expired) = (store.Open().Id, store.Open().Id);
        store.Save(TimeSpan.FromSeconds(1));
        Assert.Equal(2, Directory.GetFiles(Saved, "*.stream").Length);
        store.Close(closed);
        Assert.Equal([$"{expired}.stream"], Directory.GetFiles(Saved, "*.stream").Select(Path.GetFileName));
        _time.Advance(2 * Expiry);
        Assert.Empty(Directory.GetFiles(Saved, "*.stream"));
    }

    [Fact]
    public void Saved_streams_that_cannot_be_read_are_named_and_left_where_they_are()
    {
        string whole, cut, changed;
        using (var store = Store(saves: true))
        {
            (whole, cut, changed) = (store.Open().Id, store.Open().Id, store.Open().Id);
            store.Save(TimeSpan.FromSeconds(1));
        }
        File.WriteAllBytes(FileOf(cut), File.ReadAllBytes(FileOf(cut))[..^1]);
        var bytes = File.ReadAllBytes(FileOf(changed));
        bytes[60] ^= 1;
        File.WriteAllBytes(FileOf(changed), bytes);
        File.WriteAllBytes(FileOf("foreign"), [1, 2, 3]);
        Directory.CreateDirectory(FileOf("folder"));
        using var later = Store(saves: true);
        Assert.Equal(1, later.Count);
        later.Get(whole);
        Assert.Equal(3, _told.Count);
        Assert.All([cut, changed, "foreign"], id => Assert.Contains(_told, message => message.Contains($"'{id}'") && message.Contains("left where it is")));
        Assert.All([cut, changed, "foreign"], id => Assert.True(File.Exists(FileOf(id))));
    }

    [Fact]
    public void No_more_saved_streams_are_read_than_are_kept()
    {
        using (var store = Store(saves: true))
        {
            for (var i = 0; i < 3; i++)
                store.Open();
            store.Save(TimeSpan.FromSeconds(1));
        }
        using var later = Store(most: 2, saves: true);
        Assert.Equal(2, later.Count);
        Assert.Contains("--max-sessions", Assert.Single(_told));
    }

    [Fact]
    public void A_stream_that_a_request_still_has_is_waited_for_and_then_told()
    {
        using var store = Store(saves: true);
        var (busy, free) = (store.Open().Id, store.Open().Id);
        using (store.Hold(busy))
        {
            var refused = Assert.Throws<RunException>(() => store.Save(TimeSpan.FromMilliseconds(50)));
            Assert.StartsWith("1 of 2 streams", refused.Message);
            Assert.Equal(1, refused.ExitCode); // and so the command's, which it ends
        }
        Assert.Contains(busy, Assert.Single(_told));
        Assert.True(File.Exists(FileOf(free)));
    }

    [Fact]
    public void A_stream_that_cannot_be_saved_is_told_and_the_others_are_saved()
    {
        using var store = Store(saves: true);
        var names = Enumerable.Range(0, 40).Select(_ => store.Open().Id).ToList();
        Assert.All(names.Take(2), id => Directory.CreateDirectory(FileOf(id))); // no file can take its place
        Assert.StartsWith("2 of 40 streams", Assert.Throws<RunException>(() => store.Save(TimeSpan.FromSeconds(10))).Message);
        Assert.All(names.Skip(2), id => Assert.True(File.Exists(FileOf(id))));
        Assert.Equal(2, _told.Count);
        Assert.All(names.Take(2), id => Assert.Contains(_told, message => message.Contains($"'{id}' was not saved")));
    }

    [Fact]
    public void One_server_at_a_time_has_the_folder()
    {
        using var store = Store(saves: true);
        Assert.Contains("in use by process", Assert.Throws<RunException>(() => Store(saves: true)).Message);
    }

    [Fact]
    public void A_folder_that_cannot_be_made_is_refused()
    {
        File.WriteAllText(Saved, "a file");
        Assert.Contains("--sessions", Assert.Throws<RunException>(() => Store(saves: true)).Message);
    }

    [Theory]
    [InlineData("lock")]
    [InlineData("lock.owner")]
    public void A_folder_that_cannot_be_locked_is_refused_with_what_serve_can_do(string name)
    {
        Directory.CreateDirectory(Path.Combine(Saved, name)); // no file can take its place
        var refused = Assert.Throws<RunException>(() => Store(saves: true)).Message;
        Assert.Contains("--sessions", refused);
        Assert.DoesNotContain("--out", refused);
    }

    [Fact]
    public void Names_cannot_be_guessed_from_each_other()
    {
        using var store = Store();
        var names = Enumerable.Range(0, 100).Select(_ => store.Open().Id).ToList();
        Assert.Equal(100, names.Distinct().Count());
        Assert.All(names, name => Assert.Matches("^[0-9a-f]{32}$", name)); // 128 bits
    }

    /// <summary>A clock at whose next looks something else happens.</summary>
    private sealed class BusyTime : FakeTimeProvider
    {
        public Queue<Action> AtLooks { get; } = new();

        public override long GetTimestamp()
        {
            var now = base.GetTimestamp();
            if (AtLooks.TryDequeue(out var act))
                act();
            return now;
        }
    }

    private string FileOf(string id) => Path.Combine(Saved, $"{id}.stream");
}
