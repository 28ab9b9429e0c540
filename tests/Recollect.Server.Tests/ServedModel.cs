using System.Net.Http.Headers;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;
using Recollect.Inference;
using Recollect.Sequences;
using Recollect.Server;

namespace Recollect.Tests.Server;

/// <summary>A server of a small model on a free port of this machine, with a folder of its own, for one test.</summary>
internal sealed class ServedModel : IAsyncDisposable
{
    private readonly bool _ownsFolder;

    private ServedModel(string folder, bool ownsFolder, RecollectServer server, List<string> told)
    {
        (Folder, _ownsFolder, Server, Told) = (folder, ownsFolder, server, told);
        Client = new HttpClient { BaseAddress = server.Address, Timeout = TimeSpan.FromMinutes(1) };
    }

    public string Folder { get; }

    public RecollectServer Server { get; }

    public HttpClient Client { get; }

    /// <summary>What the server told whoever runs it.</summary>
    public List<string> Told { get; }

    /// <summary>The library's own reading of the model that is served.</summary>
    public SequenceModel Model => SequenceModel.Load(ModelFile(Folder));

    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    /// <summary>Serves a model of images as the embedded digits are, or of other samples.</summary>
    /// <param name="change">Changes the options.</param>
    /// <param name="preprocessing">What the model reads; null: digits.</param>
    /// <param name="write">Writes the model; null: one whose answers follow its steps.</param>
    /// <param name="folder">The folder of an earlier server, with its model; null: a new one.</param>
    public static async Task<ServedModel> Start(
        Func<ServerOptions, ServerOptions>? change = null, Preprocessing? preprocessing = null, Action<string, Preprocessing>? write = null, string? folder = null)
    {
        var home = folder ?? Directory.CreateTempSubdirectory("recollect-server-").FullName;
        if (folder is null)
            (write ?? ((path, how) => SmallModels.Write(path, how)))(ModelFile(home), preprocessing ?? SmallModels.Digits);
        var told = new List<string>();
        var options = new ServerOptions
        {
            Model = ModelFile(home),
            Address = new Uri("http://127.0.0.1:0"),
            Tell = message =>
            {
                lock (told)
                    told.Add(message);
            },
        };
        try
        {
            return new ServedModel(home, folder is null, await RecollectServer.Start(change?.Invoke(options) ?? options), told);
        }
        catch when (folder is null)
        {
            Directory.Delete(home, recursive: true);
            throw;
        }
    }

    public static string ModelFile(string folder) => Path.Combine(folder, "model.safetensors");

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Server.DisposeAsync();
        if (_ownsFolder)
            Directory.Delete(Folder, recursive: true);
    }

    /// <summary>Posts JSON.</summary>
    public Task<HttpResponseMessage> Post(string path, string json) => Client.PostAsync(path, new StringContent(json, Encoding.UTF8, "application/json"), Ended);

    /// <summary>Posts bytes.</summary>
    public Task<HttpResponseMessage> Post(string path, byte[] bytes) => Client.PostAsync(path, Raw(bytes), Ended);

    /// <summary>Bytes as a body.</summary>
    public static ByteArrayContent Raw(byte[] bytes) => new(bytes) { Headers = { ContentType = new MediaTypeHeaderValue("application/octet-stream") } };

    /// <summary>Opens a stream, and gives its name.</summary>
    public async Task<string> Open() => (string)(await Json(await Client.PostAsync("/v1/streams", null, Ended), 201))["id"]!;

    /// <summary>Opens a WebSocket.</summary>
    public async Task<ClientWebSocket> Socket(string query = "", Action<ClientWebSocketOptions>? change = null)
    {
        var socket = new ClientWebSocket();
        change?.Invoke(socket.Options);
        await socket.ConnectAsync(new UriBuilder(Server.Address) { Scheme = "ws", Path = "/v1/socket", Query = query }.Uri, Ended);
        return socket;
    }

    /// <summary>The JSON of an answer that has this status.</summary>
    public static async Task<JsonNode> Json(HttpResponseMessage answer, int status = 200)
    {
        var text = await answer.Content.ReadAsStringAsync(Ended);
        Assert.True((int)answer.StatusCode == status, $"{(int)answer.StatusCode}: {text}");
        return JsonNode.Parse(text)!;
    }

    /// <summary>Asserts that an answer is a problem document with this status and each of these words in its detail.</summary>
    public static async Task Refused(HttpResponseMessage answer, int status, params string[] words)
    {
        var problem = await Json(answer, status);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        Assert.Equal(status, (int)problem["status"]!);
        Assert.NotEmpty((string)problem["title"]!);
        Assert.All(words, word => Assert.Contains(word, (string)problem["detail"]!));
    }

    /// <summary>The probabilities of an answer, in order.</summary>
    public static double[] Probabilities(JsonNode answer) => [.. answer["probabilities"]!.AsObject().Select(entry => (double)entry.Value!)];

    /// <summary>Asserts that the server answers as if nothing had been.</summary>
    public async Task StillAnswers()
    {
        var answer = await Json(await Post("/v1/classify", """{"steps": [1, 2, 3]}"""));
        Assert.Equal(3, (int)answer["steps"]!);
    }
}

/// <summary>Whole messages over a WebSocket.</summary>
internal static class SocketTalk
{
    public static Task Say(this WebSocket socket, string json) => socket.SendAsync(Encoding.UTF8.GetBytes(json), WebSocketMessageType.Text, true, TestContext.Current.CancellationToken);

    /// <summary>The next message; null where the other side said goodbye.</summary>
    public static async Task<JsonNode?> Hear(this WebSocket socket)
    {
        var (buffer, length) = (new byte[64 * 1024], 0);
        while (true)
        {
            var got = await socket.ReceiveAsync(buffer.AsMemory(length), TestContext.Current.CancellationToken);
            length += got.Count;
            if (got.MessageType == WebSocketMessageType.Close)
                return null;
            if (got.EndOfMessage)
                return JsonNode.Parse(buffer.AsSpan(0, length));
        }
    }
}
