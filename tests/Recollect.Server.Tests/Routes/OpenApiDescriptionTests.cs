using System.Text.Json.Nodes;
using Recollect.Server;
using Recollect.Tests.Cli;

namespace Recollect.Tests.Server.Routes;

/// <summary>docs/server.md against the OpenAPI document, which is made from the routes themselves.</summary>
public sealed class OpenApiDescriptionTests
{
    private static readonly MarkdownPage Page = MarkdownPage.Open("docs", "server.md");

    private static async Task<JsonNode> Document(Func<ServerOptions, ServerOptions>? change = null)
    {
        await using var served = await ServedModel.Start(change);
        return JsonNode.Parse(await served.Client.GetStringAsync("/openapi/v1.json", TestContext.Current.CancellationToken))!;
    }

    [Fact]
    public async Task Documented_routes_are_those_of_the_document()
    {
        var routes = (await Document())["paths"]!.AsObject()
            .SelectMany(path => path.Value!.AsObject().Select(operation => $"{operation.Key.ToUpperInvariant()} {path.Key}")).Order();
        Assert.Equal(Page.Rows("Routes").Select(cells => cells[0].Trim('`')).Order(), routes);
    }

    [Theory]
    [InlineData("A sequence", "SequenceRequest")]
    [InlineData("A belief", "Belief")]
    [InlineData("A belief of a stream", "StreamBelief")]
    [InlineData("The model", "ModelAnswer")]
    public async Task Documented_members_are_those_of_the_document(string heading, string schema)
    {
        var members = (await Document())["components"]!["schemas"]![schema]!["properties"]!.AsObject().Select(member => member.Key).Order();
        Assert.Equal(Page.Rows(heading).Select(cells => cells[0].Trim('`', '?')).Order(), members);
    }

    [Fact]
    public async Task Numbers_are_numbers()
    {
        var properties = (await Document())["components"]!["schemas"]!["Belief"]!["properties"]!;
        Assert.Equal("\"integer\"", properties["steps"]!["type"]!.ToJsonString());
        Assert.Null(properties["steps"]!["pattern"]);
        Assert.Equal("\"number\"", properties["probabilities"]!["additionalProperties"]!["type"]!.ToJsonString());
    }

    [Fact]
    public async Task Where_there_is_a_key_the_routes_that_need_it_say_so()
    {
        var paths = (await Document(options => options with { Key = new ApiKey("0123456789abcdef", "test") }))["paths"]!;
        Assert.Equal("""[{"key":[]}]""", paths["/v1/classify"]!["post"]!["security"]!.ToJsonString());
        Assert.Equal("""[{"key":[]}]""", paths["/v1/socket"]!["get"]!["security"]!.ToJsonString());
        Assert.Null(paths["/healthz"]!["get"]!["security"]);
        Assert.Null((await Document())["paths"]!["/v1/classify"]!["post"]!["security"]);
    }

    [Fact]
    public async Task Every_route_tells_what_it_takes_and_what_it_answers()
    {
        var document = await Document();
        Assert.StartsWith("3.", (string)document["openapi"]!);
        Assert.All(document["paths"]!.AsObject().SelectMany(path => path.Value!.AsObject()), operation =>
        {
            Assert.NotEmpty((string)operation.Value!["summary"]!);
            Assert.Contains("default", operation.Value["responses"]!.AsObject().Select(response => response.Key));
            Assert.Contains(operation.Value["responses"]!.AsObject(), response => response.Key is "200" or "201" or "204" or "101");
        });
        var taken = document["paths"]!["/v1/classify"]!["post"]!["requestBody"]!["content"]!;
        Assert.Equal("#/components/schemas/SequenceRequest", (string)taken["application/json"]!["schema"]!["$ref"]!);
        Assert.Equal("binary", (string)taken["application/octet-stream"]!["schema"]!["format"]!);
        Assert.NotEmpty((string)document["components"]!["schemas"]!["Belief"]!["properties"]!["label"]!["description"]!);
    }
}
