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
        try
        {
            var protocol = context.WebSockets.WebSocketRequestedProtocols.Contains(Gatekeeper.SocketProtocol) ? Gatekeeper.SocketProtocol : null;
            using var socket = await context.WebSockets.AcceptWebSocketAsync(protocol);
            using var share = inFlight.Open();
            metrics.Socket(1);
            try
            {
                await new Conversation(socket, session.Id, store, reader, computing, share, options, draining.Token, context.RequestAborted).Run();
            }
            finally
            {
                metrics.Socket(-1);
            }
        }
        finally
        {
            // One that the server's own end cuts off is saved, so that its caller can go on with it.
            if (stream is null && !draining.Begun)
                store.CloseIfFree(session.Id);
        }
    }
}
