using Microsoft.Extensions.DependencyInjection;
using Microsoft.OpenApi;
using Recollect.Server.Guards;
using Recollect.Server.Models;

namespace Recollect.Server.Routes;

/// <summary>The OpenAPI document: made from the routes, with what these do not tell.</summary>
internal static class OpenApiDescription
{
    private const string KeyScheme = "key";

    /// <summary>Describes the routes.</summary>
    /// <param name="services">Where the description goes.</param>
    /// <param name="needsKey">Whether the server has a key.</param>
    public static void AddDescription(this IServiceCollection services, bool needsKey) => services.AddOpenApi("v1", document =>
    {
        document.AddSchemaTransformer((schema, context, _) =>
        {
            if (context.JsonTypeInfo.Type == typeof(NumberList))
                Numbers(schema);
            return Task.CompletedTask;
        });
        document.AddOperationTransformer((operation, context, _) =>
        {
            Operation(operation);
            if (needsKey && !context.Description.ActionDescriptor.EndpointMetadata.OfType<Gatekeeper.Open>().Any())
                operation.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(KeyScheme, context.Document)] = [] }];
            return Task.CompletedTask;
        });
        document.AddDocumentTransformer((whole, _, _) =>
        {
            whole.Info = new OpenApiInfo { Title = "Recollect", Version = "v1", Description = "A trained recurrent network that labels sequences, whole or as they come. Every error is a problem document (RFC 9457)." };
            whole.Components ??= new OpenApiComponents();
            whole.Components.SecuritySchemes ??= new Dictionary<string, IOpenApiSecurityScheme>();
            whole.Components.SecuritySchemes[KeyScheme] = new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.Http,
                Scheme = "bearer",
                Description = "Where the server has a key: on all but /healthz, /readyz, the page and this document.",
            };
            return Task.CompletedTask;
        });
    });

    // A list of numbers, or a list of lists: its own converter reads it, and tells nothing of itself.
    private static void Numbers(OpenApiSchema schema)
    {
        schema.Type = JsonSchemaType.Array | JsonSchemaType.Null;
        schema.Items = new OpenApiSchema
        {
            AnyOf =
            [
                new OpenApiSchema { Type = JsonSchemaType.Number | JsonSchemaType.Null },
                new OpenApiSchema { Type = JsonSchemaType.Array, Items = new OpenApiSchema { Type = JsonSchemaType.Number | JsonSchemaType.Null } },
            ],
        };
        schema.Description ??= "Numbers, or a list of numbers a step; null for one that is missing.";
    }

    private static void Operation(OpenApiOperation operation)
    {
        operation.Responses ??= new OpenApiResponses();
        foreach (var content in operation.Responses.Values.Select(response => response.Content).Append(operation.RequestBody?.Content))
        {
            if (content is not null && content.TryGetValue(RequestBody.Raw, out var raw))
                raw.Schema = new OpenApiSchema { Type = JsonSchemaType.String, Format = "binary" };
        }
        operation.Responses["default"] = new OpenApiResponse
        {
            Description = "A problem (RFC 9457): its detail says what was found, where, what was expected and what to do.",
            Content = new Dictionary<string, OpenApiMediaType> { ["application/problem+json"] = new() },
        };
    }
}
