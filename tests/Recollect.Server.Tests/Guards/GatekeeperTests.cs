using System.Buffers.Text;
using System.Net.Http.Headers;
using System.Net.WebSockets;
using System.Text;
using Recollect.Server;

namespace Recollect.Tests.Server.Guards;

public sealed class GatekeeperTests
{
    private const string Key = "0123456789abcdef0123456789abcdef";

    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    private static Task<ServedModel> Locked() => ServedModel.Start(options => options with { Key = new ApiKey(Key, "test") });

    [Theory]
    [InlineData(null)]
    [InlineData("Bearer 0123456789abcdef0123456789abcdee")]
    [InlineData("Bearer")]
    [InlineData("Basic 0123456789abcdef0123456789abcdef")]
    public async Task Without_the_key_nothing_is_told_but_that_there_is_one(string? header)
    {
        await using var served = await Locked();
        foreach (var (method, path) in new[] { ("GET", "/v1/model"), ("POST", "/v1/classify"), ("POST", "/v1/streams"), ("GET", "/v1/socket"), ("GET", "/metrics") })
        {
            using var request = new HttpRequestMessage(new HttpMethod(method), path);
            if (header is not null)
                request.Headers.TryAddWithoutValidation("Authorization", header);
            var answer = await served.Client.SendAsync(request, Ended);
            Assert.Equal("Bearer", Assert.Single(answer.Headers.WwwAuthenticate).Scheme);
            await ServedModel.Refused(answer, 401, "Authorization: Bearer KEY");
        }
        Assert.Equal(0, served.Server.Streams);
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/page.js")]
    [InlineData("/page.css")]
    [InlineData("/healthz")]
    [InlineData("/readyz")]
    [InlineData("/openapi/v1.json")]
    public async Task What_tells_nothing_of_the_model_needs_no_key(string path)
    {
        await using var served = await Locked();
        Assert.Equal(200, (int)(await served.Client.GetAsync(path, Ended)).StatusCode);
    }

    [Fact]
    public async Task With_the_key_everything_is_answered()
    {
        await using var served = await Locked();
        served.Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Key);
        await served.StillAnswers();
        Assert.Equal(200, (int)(await served.Client.GetAsync("/metrics", Ended)).StatusCode);
        using var program = await served.Socket(change: options => options.SetRequestHeader("Authorization", $"bearer {Key}"));
        Assert.NotNull(await program.Hear());
        using var browser = await served.Socket(change: options =>
        {
            options.AddSubProtocol("recollect.v1");
            options.AddSubProtocol($"recollect.key.{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(Key))}");
        });
        Assert.Equal("recollect.v1", browser.SubProtocol); // and never the key
        Assert.NotNull(await browser.Hear());
    }

    [Theory]
    [InlineData("recollect.key.MDEyMw")]
    [InlineData("recollect.key.not~base64")]
    [InlineData("recollect.v1")]
    public async Task A_socket_without_the_key_is_refused(string protocol)
    {
        await using var served = await Locked();
        var failed = await Assert.ThrowsAsync<WebSocketException>(() => served.Socket(change: options => options.AddSubProtocol(protocol)));
        Assert.Contains("401", failed.Message);
    }

    [Theory]
    [InlineData("http://elsewhere.example")]
    [InlineData("null")]
    [InlineData("http://127.0.0.1:1")]
    public async Task Another_sites_page_is_refused(string origin)
    {
        await using var served = await ServedModel.Start();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/streams") { Headers = { { "Origin", origin } } };
        await ServedModel.Refused(await served.Client.SendAsync(request, Ended), 403, origin);
        var failed = await Assert.ThrowsAsync<WebSocketException>(() => served.Socket(change: options => options.SetRequestHeader("Origin", origin)));
        Assert.Contains("403", failed.Message);
        Assert.Equal(0, served.Server.Streams);
        using var own = new HttpRequestMessage(HttpMethod.Post, "/v1/streams") { Headers = { { "Origin", served.Server.Address.GetLeftPart(UriPartial.Authority) } } };
        Assert.Equal(201, (int)(await served.Client.SendAsync(own, Ended)).StatusCode);
    }

    [Fact]
    public async Task A_name_that_another_made_lead_here_is_refused()
    {
        await using var served = await ServedModel.Start();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/model") { Headers = { Host = "elsewhere.example" } };
        await ServedModel.Refused(await served.Client.SendAsync(request, Ended), 400, "elsewhere.example");
    }

    [Theory]
    [InlineData("https://models.example", 200)]
    [InlineData("https://elsewhere.example", 403)]
    public async Task With_a_key_a_proxys_name_is_served_and_its_page_is_ours(string origin, int status)
    {
        await using var served = await Locked(); // at a loopback address
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/model") { Headers = { Host = "models.example", Authorization = new AuthenticationHeaderValue("Bearer", Key) } };
        request.Headers.Add("Origin", origin);
        Assert.Equal(status, (int)(await served.Client.SendAsync(request, Ended)).StatusCode);
        using var keyless = new HttpRequestMessage(HttpMethod.Get, "/v1/model") { Headers = { Host = "models.example" } };
        await ServedModel.Refused(await served.Client.SendAsync(keyless, Ended), 401, "Authorization: Bearer KEY");
    }

    [Theory]
    [InlineData("http://0.0.0.0:0")]
    [InlineData("http://example.org:0")]
    public async Task Other_machines_are_served_with_a_key_alone(string address)
    {
        var refused = await Assert.ThrowsAsync<RecipeException>(() => ServedModel.Start(options => options with { Address = new Uri(address) }));
        Assert.Contains("--api-key-file", refused.Message);
        Assert.Contains("RECOLLECT_API_KEY", refused.Message);
    }

    [Fact]
    public async Task With_a_key_any_address_is_served()
    {
        await using var served = await ServedModel.Start(options => options with { Address = new Uri("http://0.0.0.0:0"), Key = new ApiKey(Key, "test") });
        using var request = new HttpRequestMessage(HttpMethod.Get, $"http://127.0.0.1:{served.Server.Address.Port}/healthz") { Headers = { Host = "any.name" } };
        Assert.Equal(200, (int)(await served.Client.SendAsync(request, Ended)).StatusCode);
    }
}
