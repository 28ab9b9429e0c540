using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Recollect.Inference;
using Recollect.Sequences;
using Recollect.Server.Guards;
using Recollect.Server.Models;

namespace Recollect.Server.Routes;

/// <summary>What the model is, and what it says of whole sequences.</summary>
internal static class ClassifyRoutes
{
    private const int MostProbabilities = 1_000_000; // of one answer: some 30 MB of JSON

    public static void MapClassify(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/model", Model).Produces<ModelAnswer>()
            .WithSummary("What the model takes, and what it tells.");
        routes.MapPost("/v1/classify", One).Accepts<SequenceRequest>(RequestBody.Json, RequestBody.Raw).Produces<Belief>()
            .WithSummary("Labels one sequence: JSON, or the bytes of an image's components, a text, a file, or a series' little-endian 32-bit floats.");
        routes.MapPost("/v1/classify/batch", Many).Accepts<BatchRequest>(RequestBody.Json).Produces<BatchAnswer>()
            .WithSummary("Labels several sequences of any lengths.");
    }

    private static IResult Model(SequenceModel model) => Answers.Json(new ModelAnswer
    {
        Classes = model.Classes,
        Steps = model.Format.Kind == StepKind.Tokens ? "tokens" : "reals",
        Width = model.Format.Width,
        Preprocessing = JsonElement.Parse(model.Preprocessing.ToJson()),
    }, ServerJson.Default.ModelAnswer);

    private static async Task<IResult> One(HttpRequest request, SequenceModel model, SequenceReader reader, Computing computing)
    {
        var sequence = await RequestBody.Either(request, reader.Whole, reader.Whole);
        InFlight.Of(request.HttpContext).AddAnswer(model.Classes.Count);
        var beliefs = await computing.Classify([sequence], request.HttpContext.RequestAborted);
        return Answers.Json(beliefs[0], ServerJson.Default.Belief);
    }

    private static async Task<IResult> Many(HttpRequest request, SequenceModel model, SequenceReader reader, Computing computing, ServerOptions options)
    {
        var batch = await RequestBody.Document(request, ServerJson.Default.BatchRequest);
        if (batch.Sequences.Count == 0)
            throw RefusedException.Unfit("'sequences' is empty; expected at least one sequence.");
        if ((long)batch.Sequences.Count * model.Classes.Count > MostProbabilities)
            throw RefusedException.TooLarge($"'sequences': found {batch.Sequences.Count:N0}, of {model.Classes.Count:N0} classes each; an answer has at most {MostProbabilities:N0} probabilities. Send them in several requests.");
        InFlight.Of(request.HttpContext).AddAnswer((long)batch.Sequences.Count * model.Classes.Count);
        var sequences = new List<WholeSequence>(batch.Sequences.Count);
        var steps = 0L;
        foreach (var (at, sequence) in batch.Sequences.Index())
        {
            sequences.Add(reader.Whole(sequence ?? throw RefusedException.Unfit($"'sequences', number {at + 1}, is null; expected an object."), new Origin("'sequences'", "number", at + 1)));
            steps += sequences[at].Count;
        }
        if (steps > options.MaxSteps)
            throw SequenceReader.TooMany(steps, "'sequences'", options.MaxSteps);
        return Answers.Json(new BatchAnswer { Results = await computing.Classify(sequences, request.HttpContext.RequestAborted) }, ServerJson.Default.BatchAnswer);
    }
}
