using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Recollect.Server.Guards;

namespace Recollect.Server.Routes;

/// <summary>What those ask who watch over the server.</summary>
internal static class HealthRoutes
{
    public static void MapHealth(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/healthz", () => TypedResults.Text("live")).OpenToAll()
            .WithSummary("Whether the process answers: always 200.");
        // The model is read before the server listens: who is heard here has one.
        routes.MapGet("/readyz", IResult (Draining draining) => draining.Begun
                ? throw RefusedException.Unavailable("The server is coming to its end: it finishes what runs, and takes nothing new.")
                : TypedResults.Text("ready"))
            .Produces<string>(contentType: "text/plain").OpenToAll()
            .WithSummary("Whether to send it requests: 200 while it has a model and is not coming to its end, else 503.");
        routes.MapPrometheusScrapingEndpoint("/metrics");
    }
}
