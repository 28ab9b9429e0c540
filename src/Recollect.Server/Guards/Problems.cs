using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.WebUtilities;

namespace Recollect.Server.Guards;

/// <summary>Every error becomes a problem document (RFC 9457) with one message for people.</summary>
internal static class Problems
{
    /// <summary>When a caller may try again that was refused for lack of room, in seconds.</summary>
    private const string RetryAfter = "5";

    /// <summary>The problem that <paramref name="fault"/> is; null where it is a defect of the server.</summary>
    public static ProblemDetails? Of(Exception fault) => fault switch
    {
        RefusedException refused => Of(refused.Status, refused.Message),
        DataException unfit => Of(StatusCodes.Status422UnprocessableEntity, unfit.Message),
        BadHttpRequestException bad => Of(bad.StatusCode, Words(bad)),
        _ => null,
    };

    /// <summary>A problem with the usual title of its status.</summary>
    public static ProblemDetails Of(int status, string detail) => new() { Status = status, Title = ReasonPhrases.GetReasonPhrase(status), Detail = detail };

    /// <summary>Answers with a problem, where no answer has begun.</summary>
    public static async Task Write(HttpContext context, ProblemDetails problem)
    {
        if (context.Response.HasStarted)
        {
            context.Abort(); // half of another answer is out already
            return;
        }
        if (problem.Status == StatusCodes.Status503ServiceUnavailable)
            context.Response.Headers.RetryAfter = RetryAfter;
        await TypedResults.Problem(problem).ExecuteAsync(context);
    }

    /// <summary>Turns what later steps throw, and statuses without a body, into problems.</summary>
    public static void UseProblems(this WebApplication app, Action<string> tell)
    {
        app.Use(async (context, next) =>
        {
            try
            {
                await next(context);
            }
            catch (Exception fault) when (context.RequestAborted.IsCancellationRequested || IsOfCutConnection(fault))
            {
                context.Abort(); // nobody is there to be told
            }
            catch (Exception fault)
            {
                if (Of(fault) is not { } problem)
                {
                    tell($"a defect of the server, at {context.Request.Method} {context.Request.Path}: {fault}");
                    problem = Of(StatusCodes.Status500InternalServerError, "The server has a defect; what it is stands in the server's own messages.");
                }
                await Write(context, problem);
            }
        });
        app.UseStatusCodePages(Explain);
    }

    // What reads from a connection that was cut off may fail before the token says so.
    private static bool IsOfCutConnection(Exception fault) =>
        fault is ConnectionResetException or ConnectionAbortedException or OperationCanceledException { InnerException: ConnectionAbortedException };

    private static Task Explain(StatusCodeContext status)
    {
        var context = status.HttpContext;
        var (method, path) = (context.Request.Method, context.Request.Path);
        return Write(context, Of(context.Response.StatusCode, context.Response.StatusCode switch
        {
            StatusCodes.Status404NotFound => $"There is nothing at {path}; /openapi/v1.json lists what there is.",
            StatusCodes.Status405MethodNotAllowed => $"{path} does not take {method}; it takes {context.Response.Headers.Allow}.",
            StatusCodes.Status415UnsupportedMediaType => $"{path} does not take the content type '{context.Request.ContentType}'; /openapi/v1.json tells which it takes.",
            _ => $"{method} {path} was not answered.",
        }));
    }

    private static string Words(BadHttpRequestException bad) => bad.StatusCode switch
    {
        StatusCodes.Status413PayloadTooLarge => "The body is longer than this server takes; send less at a time, or raise --max-body.",
        StatusCodes.Status408RequestTimeout => "The body came too slowly; send it faster, or in smaller requests.",
        _ => $"The request cannot be read: {bad.Message.TrimEnd('.')}.",
    };
}
