using System.Net.WebSockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Recollect.Server.Guards;
using Recollect.Server.Models;
using Recollect.Server.Sessions;

namespace Recollect.Server.Routes;

/// <summary>A stream over a WebSocket: parts of the sequence one way, beliefs the other.</summary>
internal static class SocketRoute
{
    public static void MapSocket(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/v1/socket", Talk).Produces(StatusCodes.Status101SwitchingProtocols)
            .WithSummary("A WebSocket for one stream: a new one that ends with the socket, or, with ?stream=ID, one that was opened and stays.")
            .DisableRequestTimeout();

    private static async Task Talk(HttpContext context, string? stream, SessionStore store, SequenceReader reader, Computing computing, InFlight inFlight, ServerOptions options, Draining draining, ServerMetrics metrics)
    {
        if (!context.WebSockets.IsWebSocketRequest)
        {
            context.Response.Headers.Upgrade = "websocket";
            throw new RefusedException(StatusCodes.Status426UpgradeRequired, "This is a WebSocket; expected a handshake (ws://), found an ordinary request.");
        }
        if (draining.Begun)
            throw RefusedException.Unavailable("The server is coming to its end and opens no WebSocket. Ask another one, or try again.");
        var session = stream is null ? store.Open() : store.Get(stream);
        session.Attach();
        try
        {
            using var socket = await Accept(context, options);
            using var share = inFlight.Open();
            metrics.Socket(1);
            try
            {
                await new Conversation(socket, session.Id, store, reader, computing, share, options, draining.Leave, context.RequestAborted).Run();
            }
            finally
            {
                metrics.Socket(-1);
            }
        }
        finally
        {
            session.Detach();
            // One that the server's own end cuts off is saved, so that its caller can go on with it.
            if (stream is null && !draining.Leave.IsCancellationRequested)
                store.CloseIfFree(session.Id);
        }
    }

    private static async Task<WebSocket> Accept(HttpContext context, ServerOptions options)
    {
        var protocol = context.WebSockets.WebSocketRequestedProtocols.Contains(Gatekeeper.SocketProtocol) ? Gatekeeper.SocketProtocol : null;
        try
        {
            return await context.WebSockets.AcceptWebSocketAsync(protocol);
        }
        catch (InvalidOperationException) when (!context.Response.HasStarted) // all that Kestrel says where there are as many as may be
        {
            context.Response.Clear(); // of the handshake's headers
            throw RefusedException.Unavailable($"There are {options.MaxConnections:N0} WebSockets already, as many as this server takes. Close one, or try again later.");
        }
    }
}
