using System.Buffers.Text;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Recollect.Server.Guards;

/// <summary>Who may call: nobody from another site's page, and only who knows the key, where there is one.</summary>
internal static class Gatekeeper
{
    /// <summary>The subprotocol of our WebSockets.</summary>
    public const string SocketProtocol = "recollect.v1";

    // A browser lets a page set no header of a WebSocket but this list: the key stands in it as base64url.
    private const string SocketKey = "recollect.key.";

    private const string Scheme = "Bearer ";

    /// <summary>Says that an endpoint needs no key.</summary>
    internal sealed record Open;

    /// <summary>Opens an endpoint to whoever reaches the server.</summary>
    public static T OpenToAll<T>(this T endpoint) where T : IEndpointConventionBuilder => endpoint.WithMetadata(new Open());

    /// <summary>Refuses who may not call, before the endpoint runs.</summary>
    public static void UseGatekeeper(this WebApplication app, Uri address, ApiKey? key) => app.Use((context, next) =>
    {
        // A name that somebody made to lead here lets their page ask as if it were ours; where there is a key, they do not know it.
        if (key is null && address.IsLoopback && !IsOfThisMachine(context.Request.Host, address))
            throw RefusedException.Malformed($"The host '{context.Request.Host}' is not this server's; call it by the address that it prints.");
        if (IsOfAnotherSite(context.Request))
            throw new RefusedException(StatusCodes.Status403Forbidden, $"The request comes from a page of {context.Request.Headers.Origin}, which is not this server's. Call the server from its own page, or from a program.");
        if (key is null || context.GetEndpoint() is not { } endpoint || endpoint.Metadata.GetMetadata<Open>() is not null || Given(context) is { } given && key.Is(given))
            return next(context);
        context.Response.Headers.WWWAuthenticate = "Bearer realm=\"recollect\"";
        throw new RefusedException(StatusCodes.Status401Unauthorized, "The key is missing or wrong. Send it as a header: 'Authorization: Bearer KEY'.");
    });

    private static bool IsOfThisMachine(HostString host, Uri address) =>
        host.Host is "localhost" or "127.0.0.1" or "[::1]" || string.Equals(host.Host, address.Host, StringComparison.OrdinalIgnoreCase);

    // Browsers name the page that asks; another site's page must not use a server that its reader can reach.
    private static bool IsOfAnotherSite(HttpRequest request) =>
        request.Headers.Origin is [{ Length: > 0 } origin] && !(Uri.TryCreate(origin, UriKind.Absolute, out var page) && page.Authority == Own(request));

    // As a browser writes it: without the port that goes without saying.
    private static string Own(HttpRequest request) =>
        Uri.TryCreate($"{request.Scheme}://{request.Host}", UriKind.Absolute, out var own) ? own.Authority : "";

    private static string? Given(HttpContext context)
    {
        if (context.Request.Headers.Authorization is [{ } header] && header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
            return header[Scheme.Length..].Trim();
        return context.WebSockets.WebSocketRequestedProtocols.FirstOrDefault(protocol => protocol.StartsWith(SocketKey, StringComparison.Ordinal)) is { } protocol
            && Base64Url.IsValid(protocol.AsSpan(SocketKey.Length))
            ? Encoding.UTF8.GetString(Base64Url.DecodeFromChars(protocol.AsSpan(SocketKey.Length)))
            : null;
    }
}
