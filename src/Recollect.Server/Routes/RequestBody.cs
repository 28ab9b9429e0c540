using System.Buffers;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;
using Recollect.Sequences;
using Recollect.Server.Guards;
using Recollect.Server.Models;

namespace Recollect.Server.Routes;

/// <summary>Reads bodies; Kestrel refuses what is too long or comes too slowly.</summary>
internal static class RequestBody
{
    /// <summary>The content type of bytes as they are.</summary>
    public const string Raw = "application/octet-stream";

    /// <summary>The content type of JSON.</summary>
    public const string Json = "application/json";

    private const int PieceBytes = 16 * 1024;

    /// <summary>How messages call what a body holds.</summary>
    public static Origin Sequence { get; } = Origin.Whole("the sequence");

    /// <summary>The whole body.</summary>
    /// <exception cref="RefusedException">There is too much under way.</exception>
    public static async Task<byte[]> Bytes(HttpRequest request)
    {
        var share = InFlight.Of(request.HttpContext);
        using var bytes = new MemoryStream(); // grows with what comes, not by what the headers claim
        var piece = ArrayPool<byte>.Shared.Rent(PieceBytes);
        try
        {
            while (await request.Body.ReadAsync(piece, request.HttpContext.RequestAborted) is > 0 and var got)
            {
                share.Add(got);
                bytes.Write(piece, 0, got);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(piece);
        }
        return bytes.ToArray();
    }

    /// <summary>A document.</summary>
    /// <exception cref="RefusedException">It is not JSON of this form.</exception>
    public static async Task<T> Document<T>(HttpRequest request, JsonTypeInfo<T> type) => ServerJson.Read(await Bytes(request), type);

    /// <summary>A sequence, as JSON or as bytes, whichever the content type says.</summary>
    /// <param name="request">The request.</param>
    /// <param name="ofJson">Reads JSON.</param>
    /// <param name="ofBytes">Reads bytes.</param>
    public static async Task<T> Either<T>(HttpRequest request, Func<SequenceRequest, Origin, T> ofJson, Func<byte[], Origin, T> ofBytes)
    {
        if (request.HasJsonContentType())
            return ofJson(await Document(request, ServerJson.Default.SequenceRequest), Sequence);
        return request.ContentType is { } type && type.StartsWith(Raw, StringComparison.OrdinalIgnoreCase)
            ? ofBytes(await Bytes(request), Sequence)
            : throw new RefusedException(StatusCodes.Status415UnsupportedMediaType, $"The content type is '{request.ContentType}'; expected {Json} or {Raw}.");
    }
}
