using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;

namespace Recollect.Server.Routes;

/// <summary>Answers of our own JSON.</summary>
internal static class Answers
{
    /// <summary>A document.</summary>
    public static IResult Json<T>(T document, JsonTypeInfo<T> type, int status = StatusCodes.Status200OK) => TypedResults.Json(document, type, statusCode: status);
}
