using System.Buffers;
using System.Diagnostics;
using System.Net.WebSockets;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Recollect.Server.Guards;
using Recollect.Server.Models;
using Recollect.Server.Sessions;

namespace Recollect.Server.Routes;

/// <summary>What is said over one WebSocket: the belief at its beginning, then for each message the beliefs that it leads to, or what is wrong with it.</summary>
internal sealed class Conversation(
    WebSocket socket, string id, SessionStore store, SequenceReader reader, Computing computing, InFlight.Share share, ServerOptions options, CancellationToken leave, CancellationToken aborted)
{
    private const int Room = 4096;          // bytes, for a message; more is taken where one is longer
    private const int KeptRoom = 64 * 1024; // and let go again

    private const string ComingToItsEnd = "The server is coming to its end; go on with this stream when it is back.";

    // RFC 6455's registry, which .NET's list does not hold: 1013, what 503 is to HTTP.
    private const WebSocketCloseStatus TryAgainLater = (WebSocketCloseStatus)1013;

    private static readonly TimeSpan Goodbye = TimeSpan.FromSeconds(1);

    private ArrayBufferWriter<byte> _message = new(Room);

    /// <summary>Talks until the other side, the server's end or silence ends it.</summary>
    public async Task Run()
    {
        try
        {
            await Tell(SocketBelief.Of(id, store.Get(id).Belief, done: true), ServerJson.Default.SocketBelief);
            while (await Receive() is { } kind)
            {
                await Answer(kind);
                share.Clear();
            }
        }
        catch (Exception fault) when (fault is WebSocketException or OperationCanceledException)
        {
            socket.Abort(); // the other side is gone, or does not listen
        }
    }

    private async Task Answer(WebSocketMessageType kind)
    {
        try
        {
            var (part, every) = Read(kind);
            using var held = store.Hold(id);
            for (int from = 0, until; from < part.Count; from = until)
            {
                until = Math.Min(from + every, part.Count);
                var belief = await computing.Push(held, part, from, until, aborted);
                await Tell(SocketBelief.Of(id, belief, until == part.Count), ServerJson.Default.SocketBelief);
            }
        }
        catch (Exception fault) when (fault is RefusedException or DataException)
        {
            await Tell(Problems.Of(fault)!, ProblemJson.Default.ProblemDetails);
        }
    }

    private (StreamPart Part, int Every) Read(WebSocketMessageType kind)
    {
        if (kind == WebSocketMessageType.Binary)
        {
            var bytes = reader.Part(_message.WrittenSpan.ToArray(), RequestBody.Sequence);
            return (bytes, bytes.Count);
        }
        var message = ServerJson.Read(_message.WrittenSpan, ServerJson.Default.SocketMessage);
        if (message.Every < 1)
            throw RefusedException.Unfit($"'every' is {message.Every}; expected a whole number of steps, at least 1.");
        var part = reader.Part(message, RequestBody.Sequence);
        return (part, Math.Min(message.Every ?? part.Count, part.Count));
    }

    private async Task Tell<T>(T document, JsonTypeInfo<T> type)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(aborted);
        patience.CancelAfter(options.SocketIdle); // who sends and never listens holds the stream no longer
        await socket.SendAsync(JsonSerializer.SerializeToUtf8Bytes(document, type), WebSocketMessageType.Text, endOfMessage: true, patience.Token);
    }

    /// <summary>Takes the next message; null where there will be none.</summary>
    private async Task<WebSocketMessageType?> Receive()
    {
        if (_message.Capacity > KeptRoom)
            _message = new ArrayBufferWriter<byte>(Room);
        else
            _message.ResetWrittenCount();
        // One deadline for the silence before a message, and one for the message, in however many fragments it comes.
        var (since, begun) = (Stopwatch.GetTimestamp(), false);
        while (!leave.IsCancellationRequested)
        {
            // Cancelling a receive would cut the connection off, and the goodbye with it: it is left waiting instead.
            var receiving = socket.ReceiveAsync(_message.GetMemory(Room), aborted).AsTask();
            try
            {
                var left = options.SocketIdle - Stopwatch.GetElapsedTime(since);
                await receiving.WaitAsync(left > TimeSpan.Zero ? left : TimeSpan.Zero, leave);
            }
            catch (TimeoutException)
            {
                return await End(receiving, WebSocketCloseStatus.NormalClosure, $"{(begun ? "A message was not whole within" : "There was no message for")} {options.SocketIdle.TotalSeconds:0} seconds.");
            }
            catch (OperationCanceledException) when (leave.IsCancellationRequested)
            {
                return await End(receiving, WebSocketCloseStatus.EndpointUnavailable, ComingToItsEnd);
            }
            var received = await receiving;
            if (received.MessageType == WebSocketMessageType.Close)
                return await End(null, WebSocketCloseStatus.NormalClosure, "");
            _message.Advance(received.Count);
            if (!share.TryAdd(received.Count))
                return await End(null, TryAgainLater, "There is too much under way here (--max-in-flight); try again later.");
            if (_message.WrittenCount > options.MaxBody)
                return await End(null, WebSocketCloseStatus.MessageTooBig, $"A message has at most {options.MaxBody} bytes here.");
            if (received.EndOfMessage)
                return received.MessageType;
            if (!begun)
                (since, begun) = (Stopwatch.GetTimestamp(), true);
        }
        return await End(null, WebSocketCloseStatus.EndpointUnavailable, ComingToItsEnd);
    }

    /// <summary>Says goodbye, and listens a moment for the answer: a connection that is cut off while something comes loses what was said last.</summary>
    private async Task<WebSocketMessageType?> End(Task<ValueWebSocketReceiveResult>? receiving, WebSocketCloseStatus status, string why)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(aborted);
        patience.CancelAfter(Goodbye);
        await socket.CloseOutputAsync(status, why, patience.Token);
        if (receiving is not null)
            await receiving.WaitAsync(patience.Token);
        _message = new ArrayBufferWriter<byte>(Room);
        while (socket.State == WebSocketState.CloseSent)
            await socket.ReceiveAsync(_message.GetMemory(Room), patience.Token);
        return null;
    }
}
