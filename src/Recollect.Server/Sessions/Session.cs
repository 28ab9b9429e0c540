using Recollect.Inference;
using Recollect.Server.Models;

namespace Recollect.Server.Sessions;

/// <summary>A stream that is kept between requests: read by one request at a time, while any may see what it last believed.</summary>
internal sealed class Session
{
    private readonly SequenceStream _stream;
    private readonly TimeProvider _time;
    private int _held, _attached;
    private volatile Belief _belief;
    private long _used;

    /// <summary>Keeps <paramref name="stream"/>, which is its own from now on.</summary>
    /// <exception cref="DataException">There is no belief in its state: the stream is freed.</exception>
    public Session(string id, SequenceStream stream, TimeProvider time)
    {
        (Id, _stream, _time) = (id, stream, time);
        try
        {
            _belief = BeliefNow();
        }
        catch
        {
            stream.Dispose();
            throw;
        }
        Touch();
    }

    /// <summary>Its name: what nobody can guess.</summary>
    public string Id { get; }

    /// <summary>What it believed after the last push.</summary>
    public Belief Belief => _belief;

    /// <summary>When it was last asked about, by the clock's own ticks.</summary>
    public long Used => Volatile.Read(ref _used);

    /// <summary>Begins its time anew.</summary>
    public void Touch() => Volatile.Write(ref _used, _time.GetTimestamp());

    /// <summary>Whether a WebSocket has it: then it does not expire, however long that one is silent.</summary>
    public bool Attached => Volatile.Read(ref _attached) > 0;

    /// <summary>A WebSocket has it from now on.</summary>
    public void Attach() => Interlocked.Increment(ref _attached);

    /// <summary>A WebSocket leaves it, and its time begins anew.</summary>
    public void Detach()
    {
        Touch();
        Interlocked.Decrement(ref _attached);
    }

    /// <summary>Takes the stream for one request; null while another has it.</summary>
    public Hold? TryHold() => Interlocked.Exchange(ref _held, 1) == 0 ? new Hold(this) : null;

    private Belief BeliefNow() => Belief.Of(_stream.ToPrediction(), _stream.Steps);

    /// <summary>The stream, held by one request; given back when it is disposed.</summary>
    internal sealed class Hold(Session session) : IDisposable
    {
        private bool _ended;

        /// <summary>The session.</summary>
        public Session Session => session;

        /// <summary>Reads steps of <paramref name="part"/>.</summary>
        /// <param name="part">The part.</param>
        /// <param name="from">The first step, 0-based.</param>
        /// <param name="until">The step after the last one.</param>
        public void Push(StreamPart part, int from, int until)
        {
            for (var at = from; at < until; at++)
                part.Push(session._stream, at);
        }

        /// <summary>What the stream believes now; others see it from now on.</summary>
        public Belief Believe() => session._belief = session.BeliefNow();

        /// <summary>The whole state.</summary>
        public byte[] Save() => session._stream.Save();

        /// <summary>Goes on from another state, and believes what it says.</summary>
        /// <exception cref="DataException">It is damaged, of another version or of another model, or there is no belief in it; nothing has changed.</exception>
        public void Restore(byte[] state)
        {
            using var trial = session._stream.Model.OpenStream(state);
            session._belief = Belief.Of(trial.ToPrediction(), trial.Steps);
            session._stream.Restore(state);
        }

        /// <summary>Frees the stream; the session is over, and stays held.</summary>
        public void End()
        {
            session._stream.Dispose();
            _ended = true;
        }

        /// <summary>Gives the stream back, as nobody's question: its time goes on.</summary>
        public void LetGo()
        {
            if (!_ended)
                Volatile.Write(ref session._held, 0);
        }

        /// <summary>Gives the stream back, whose time begins anew.</summary>
        public void Dispose()
        {
            session.Touch();
            LetGo();
        }
    }
}
