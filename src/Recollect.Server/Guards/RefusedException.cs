using Microsoft.AspNetCore.Http;

namespace Recollect.Server.Guards;

/// <summary>A request that is not carried out: what the caller is told, and with which status.</summary>
/// <param name="status">The HTTP status.</param>
/// <param name="message">What was found, where, what was expected, what to do.</param>
internal sealed class RefusedException(int status, string message) : Exception(message)
{
    public int Status { get; } = status;

    /// <summary>The request cannot be read: 400.</summary>
    public static RefusedException Malformed(string message) => new(StatusCodes.Status400BadRequest, message);

    /// <summary>The request can be read, and asks for what the model cannot take: 422.</summary>
    public static RefusedException Unfit(string message) => new(StatusCodes.Status422UnprocessableEntity, message);

    /// <summary>More than a request may ask for: 413.</summary>
    public static RefusedException TooLarge(string message) => new(StatusCodes.Status413PayloadTooLarge, message);

    /// <summary>Not now: 503.</summary>
    public static RefusedException Unavailable(string message) => new(StatusCodes.Status503ServiceUnavailable, message);
}
