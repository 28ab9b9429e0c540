using System.Collections.Concurrent;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using Recollect.Inference;
using Recollect.Server.Guards;

namespace Recollect.Server.Sessions;

/// <summary>The streams that are kept: at most so many, each until nobody has asked about it for a while.</summary>
internal sealed class SessionStore : IDisposable
{
    private const int IdBytes = 16;

    private readonly ConcurrentDictionary<string, Session> _sessions = new(StringComparer.Ordinal);
    private readonly SequenceModel _model;
    private readonly ServerOptions _options;
    private readonly ServerMetrics _metrics;
    private readonly SessionFolder? _folder;
    private readonly ITimer _sweeping;
    private int _count;

    /// <summary>Opens a store, with the streams that <paramref name="folder"/> holds.</summary>
    /// <param name="model">What the streams are of.</param>
    /// <param name="options">The limits, the clock.</param>
    /// <param name="metrics">Counts them.</param>
    /// <param name="folder">Where streams are saved; null: nowhere.</param>
    public SessionStore(SequenceModel model, ServerOptions options, ServerMetrics metrics, SessionFolder? folder)
    {
        (_model, _options, _metrics, _folder) = (model, options, metrics, folder);
        foreach (var id in folder?.Ids() ?? [])
            Restore(folder!, id);
        var often = TimeSpan.FromTicks(Math.Clamp(options.SessionExpiry.Ticks / 10, TimeSpan.TicksPerSecond, TimeSpan.TicksPerMinute));
        _sweeping = options.Time.CreateTimer(_ => Sweep(), null, often, often);
    }

    /// <summary>How many there are.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Opens a stream at its beginning, or where another one stood.</summary>
    /// <param name="state">What a stream's state was; null: none.</param>
    /// <exception cref="RefusedException">There are as many as may be.</exception>
    /// <exception cref="DataException">The state is damaged, of another version or of another model.</exception>
    public Session Open(byte[]? state = null)
    {
        if (Interlocked.Increment(ref _count) > _options.MaxSessions && Sweep() == 0)
        {
            Interlocked.Decrement(ref _count);
            throw RefusedException.Unavailable($"There are {_options.MaxSessions:N0} streams already, as many as this server keeps. End one (DELETE), wait until one expires, or raise --max-sessions.");
        }
        try
        {
            // Whoever knows the name has the stream: it is drawn by the system's generator, which nobody can foresee.
            var session = new Session(RandomNumberGenerator.GetHexString(2 * IdBytes, lowercase: true), state is null ? _model.OpenStream() : _model.OpenStream(state), _options.Time);
            _sessions[session.Id] = session;
            _metrics.Opened();
            return session;
        }
        catch
        {
            Interlocked.Decrement(ref _count);
            throw;
        }
    }

    /// <summary>The stream called <paramref name="id"/>, whose time begins anew.</summary>
    /// <exception cref="RefusedException">There is none.</exception>
    public Session Get(string id)
    {
        if (!_sessions.TryGetValue(id, out var session) || HasExpired(session))
            throw Unknown(id);
        session.Touch();
        return session;
    }

    /// <summary>The stream called <paramref name="id"/>, for one request alone.</summary>
    /// <exception cref="RefusedException">There is none, or another request has it.</exception>
    public Session.Hold Hold(string id)
    {
        if (Get(id).TryHold() is { } held)
            return held; // and it is still kept: who removes a stream holds it for ever
        throw _sessions.ContainsKey(id)
            ? new RefusedException(StatusCodes.Status409Conflict, $"The stream '{id}' is being read by another request. Wait for that one's answer: the order of steps would be nobody's.")
            : Unknown(id); // it ended since it was found
    }

    /// <summary>Ends a stream.</summary>
    /// <exception cref="RefusedException">There is none, or another request has it.</exception>
    public void Close(string id)
    {
        using var held = Hold(id);
        Remove(held);
    }

    /// <summary>Ends a stream, where it is there and no request has it.</summary>
    public void CloseIfFree(string id)
    {
        if (!_sessions.TryGetValue(id, out var session) || session.TryHold() is not { } held)
            return;
        using (held)
            Remove(held);
    }

    /// <summary>Ends what nobody has asked about for too long.</summary>
    /// <returns>How many streams.</returns>
    public int Sweep()
    {
        var ended = 0;
        foreach (var session in _sessions.Values.Where(HasExpired))
        {
            if (session.TryHold() is not { } held)
                continue; // a request has it, however long it takes
            try
            {
                if (HasExpired(session)) // still: a request may have had it since it was looked at
                    ended += Remove(held) ? 1 : 0;
            }
            finally
            {
                held.LetGo();
            }
        }
        _metrics.Expired(ended);
        return ended;
    }

    /// <summary>Saves every stream, where there is a folder; one that a request still has is waited for.</summary>
    /// <param name="patience">How long, for all of them together.</param>
    /// <returns>How many were saved.</returns>
    /// <exception cref="RunException">Streams cannot be saved; each of them was told, and the others are saved.</exception>
    public int Save(TimeSpan patience)
    {
        if (_folder is null)
            return 0;
        var (until, saved, failed) = (DateTime.UtcNow + patience, 0, 0);
        // A disk takes the flushes of several files together.
        Parallel.ForEach(_sessions.Values, new ParallelOptions { MaxDegreeOfParallelism = 16 }, session =>
        {
            Session.Hold? held;
            while ((held = session.TryHold()) is null)
            {
                if (!_sessions.ContainsKey(session.Id))
                    return; // it has ended, and stays held
                if (DateTime.UtcNow > until)
                {
                    Interlocked.Increment(ref failed);
                    _options.Tell($"the stream '{session.Id}' is still read by a request, and was not saved anew.");
                    return;
                }
                Thread.Sleep(1);
            }
            using (held)
            {
                try
                {
                    _folder.Write(session.Id, held.Save());
                    Interlocked.Increment(ref saved);
                }
                catch (RunException fault)
                {
                    Interlocked.Increment(ref failed);
                    _options.Tell($"the stream '{session.Id}' was not saved: {fault.Message}");
                }
            }
        });
        return failed == 0 ? saved : throw new RunException($"{failed:N0} of {saved + failed:N0} streams could not be saved; what the server told before says which, and why.");
    }

    public void Dispose()
    {
        _sweeping.Dispose();
        _folder?.Dispose();
    }

    private void Restore(SessionFolder folder, string id)
    {
        if (_count >= _options.MaxSessions)
        {
            _options.Tell($"the saved stream '{id}' was left where it is: there are {_options.MaxSessions:N0} streams already. Raise --max-sessions.");
            return;
        }
        try
        {
            _sessions[id] = new Session(id, _model.OpenStream(folder.Read(id)), _options.Time);
            _count++;
            _metrics.Opened();
        }
        catch (DataException fault)
        {
            _options.Tell($"the saved stream '{id}' was left where it is: {fault.Message}");
        }
    }

    private static RefusedException Unknown(string id) =>
        new(StatusCodes.Status404NotFound, $"There is no stream '{id}': it has ended or expired, or never was. Open one: POST /v1/streams.");

    private bool HasExpired(Session session) => !session.Attached && _options.Time.GetElapsedTime(session.Used) >= _options.SessionExpiry;

    private bool Remove(Session.Hold held)
    {
        if (!_sessions.TryRemove(held.Session.Id, out _))
            return false;
        held.End();
        Interlocked.Decrement(ref _count);
        _metrics.Closed();
        _folder?.Remove(held.Session.Id);
        return true;
    }
}
