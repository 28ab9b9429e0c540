using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http.Timeouts;

namespace Recollect.Server.Guards;

/// <summary>An answer comes whole, or is seen not to.</summary>
internal static class WholeAnswers
{
    /// <summary>Cuts the connection off where a request's time ran out amid its answer: what writes JSON takes that for a caller who is gone, and half of it would end as if it were whole.</summary>
    /// <remarks>Its place is behind the limit of requests' time; a WebSocket has none.</remarks>
    public static void UseWholeAnswers(this WebApplication app) => app.Use(async (context, next) =>
    {
        await next(context);
        if (context.Response.HasStarted && context.Features.Get<IHttpRequestTimeoutFeature>() is { RequestTimeoutToken.IsCancellationRequested: true })
            context.Abort();
    });
}
