using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Recollect.Server.Guards;
using Recollect.Server.Models;
using Recollect.Server.Sessions;

namespace Recollect.Server.Routes;

/// <summary>Streams that are kept under a name between requests.</summary>
internal static class StreamRoutes
{
    public static void MapStreams(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/v1/streams", Open).Accepts<byte[]>(isOptional: true, RequestBody.Raw).Produces<StreamBelief>(StatusCodes.Status201Created)
            .WithSummary("Opens a stream: at its beginning, or where the saved state in the body stood.");
        routes.MapGet("/v1/streams/{id}", Read).Produces<StreamBelief>()
            .WithSummary("What the model thinks of the stream so far.");
        routes.MapDelete("/v1/streams/{id}", Close).Produces(StatusCodes.Status204NoContent)
            .WithSummary("Ends the stream.");
        routes.MapPost("/v1/streams/{id}/steps", Push).Accepts<SequenceRequest>(RequestBody.Json, RequestBody.Raw).Produces<StreamBelief>()
            .WithSummary("Reads more of the stream's sequence: JSON or bytes, as for /v1/classify.");
        routes.MapGet("/v1/streams/{id}/state", Save).Produces<byte[]>(contentType: RequestBody.Raw)
            .WithSummary("The stream's whole state, to keep.");
        routes.MapPut("/v1/streams/{id}/state", Restore).Accepts<byte[]>(RequestBody.Raw).Produces<StreamBelief>()
            .WithSummary("Goes on from a state that was saved, of this stream or of another one of the same model.");
    }

    private static async Task<IResult> Open(HttpRequest request, HttpResponse response, SessionStore store, Draining draining)
    {
        if (draining.Begun)
            throw RefusedException.Unavailable("The server is coming to its end and opens no stream. Ask another one, or try again.");
        var state = await RequestBody.Bytes(request);
        var session = store.Open(state.Length == 0 ? null : state);
        response.Headers.Location = $"/v1/streams/{session.Id}";
        return Told(session, StatusCodes.Status201Created);
    }

    private static IResult Read(string id, SessionStore store) => Told(store.Get(id));

    private static NoContent Close(string id, SessionStore store)
    {
        store.Close(id);
        return TypedResults.NoContent();
    }

    private static async Task<IResult> Push(string id, HttpRequest request, SessionStore store, SequenceReader reader, Computing computing)
    {
        store.Get(id); // a stream that is not there is told before a long body is read
        var part = await RequestBody.Either(request, reader.Part, reader.Part);
        using var held = store.Hold(id);
        await computing.Push(held, part, 0, part.Count, request.HttpContext.RequestAborted);
        return Told(held.Session);
    }

    private static FileContentHttpResult Save(string id, SessionStore store)
    {
        using var held = store.Hold(id);
        return TypedResults.Bytes(held.Save(), RequestBody.Raw);
    }

    private static async Task<IResult> Restore(string id, HttpRequest request, SessionStore store)
    {
        store.Get(id);
        var state = await RequestBody.Bytes(request);
        using var held = store.Hold(id);
        held.Restore(state);
        return Told(held.Session);
    }

    private static IResult Told(Session session, int status = StatusCodes.Status200OK) =>
        Answers.Json(StreamBelief.Of(session.Id, session.Belief), ServerJson.Default.StreamBelief, status);
}
