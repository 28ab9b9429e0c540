using System.Diagnostics;
using System.Net.Http.Json;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;

namespace Recollect.Tests.Cli.Commands;

public sealed class ServeCommandTests : IDisposable
{
    private const int Interrupt = 2, Quit = 3, Terminate = 15; // POSIX
    private readonly SmallRuns _runs = new();

    public void Dispose() => _runs.Dispose();

    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    [Fact]
    public void What_cannot_be_served_is_refused()
    {
        Ran.Command("serve", _runs.In("nowhere")).Refused(3, "does not exist");
        Ran.Command("serve").Refused(2, "RUN");
        Ran.Command("serve", _runs.Folder, "--urls", "https://127.0.0.1").Refused(2, "--urls is 'https://127.0.0.1'", "http, a host and a port");
        Ran.Command("serve", _runs.Folder, "--urls", "http://0.0.0.0:5080").Refused(2, "there is no key", "--api-key-file");
        Ran.Command("serve", _runs.Folder, "--max-sessions", "0").Refused(2, "--max-sessions is '0'", "from 1 to");
        Ran.Command("serve", _runs.Folder, "--request-limit", "48h").Refused(2, "--request-limit is '48h'", "at most 24h");
    }

    [Fact]
    public void A_key_that_cannot_serve_is_refused_without_being_repeated()
    {
        Ran.Command("serve", _runs.Folder, "--api-key-file", _runs.In("nowhere")).Refused(2, "--api-key-file", "nowhere");
        var ran = Ran.Command("serve", _runs.Folder, "--api-key-file", _runs.Write("key", "too short\n"));
        ran.Refused(2, "9 characters", "at least 16");
        Assert.DoesNotContain("too short", ran.Error);
    }

    [Theory]
    [InlineData(Interrupt, 130, "SIGINT")]
    [InlineData(Terminate, 143, "SIGTERM")]
    public async Task A_signal_amid_pushes_loses_no_step_that_was_answered(int signal, int code, string name)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no signals to send.");
        const int Streams = 20;
        var run = _runs.Train("run", ["training.epochs=1"]);
        string[] words = ["serve", run, "--urls", "http://127.0.0.1:0", "--sessions", _runs.In("streams")];
        var answered = new Dictionary<string, JsonNode>();
        var tried = new Dictionary<string, int>();
        using (var process = Processes.Start(words))
        using (var client = await Client(process))
        {
            var ids = await Task.WhenAll(Enumerable.Range(0, Streams).Select(_ => Open(client)));
            var pushing = ids.Select(id => Push(client, id, answered, tried)).ToArray();
            for (var all = false; !all; await Task.Delay(20, Ended))
            {
                lock (answered)
                    all = answered.Count == Streams && answered.Values.All(belief => (int)belief["steps"]! > 1);
                Assert.DoesNotContain(pushing, push => push.IsCompleted);
            }
            Assert.Equal(0, Send(process.Id, signal));
            await Task.WhenAll(pushing);
            await process.WaitForExitAsync(Ended);
            var error = await process.StandardError.ReadToEndAsync(Ended);
            Assert.True(process.ExitCode == code, $"Exit code {process.ExitCode}: {error}");
            Assert.Contains($"stopped by {name}", error);
            Assert.Contains($"{Streams} streams saved", error);
            Assert.DoesNotContain("   at ", error);
        }
        Assert.All(answered.Values, belief => Assert.True((int)belief["steps"]! > 1));
        using var later = Processes.Start(words);
        try
        {
            using var client = await Client(later);
            foreach (var (id, belief) in answered)
            {
                var now = (await client.GetFromJsonAsync<JsonNode>($"/v1/streams/{id}", Ended))!;
                // A push may have been read whose answer was cut off with the connection: one at most, and nothing that was answered is lost.
                Assert.InRange((int)now["steps"]!, (int)belief["steps"]!, tried[id]);
                if ((int)now["steps"]! == (int)belief["steps"]!)
                    Assert.Equal(belief.ToJsonString(), now.ToJsonString());
            }
        }
        finally
        {
            later.Kill(entireProcessTree: true);
        }
    }

    [Fact]
    public async Task A_signal_to_quit_ends_it_as_the_system_does()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no signals to send.");
        using var process = Processes.Start("serve", _runs.Train("run", ["training.epochs=1"]), "--urls", "http://127.0.0.1:0");
        try
        {
            using var client = await Client(process);
            Assert.Equal(0, Send(process.Id, Quit));
            await process.WaitForExitAsync(Ended).WaitAsync(TimeSpan.FromSeconds(60), Ended);
            Assert.Equal(128 + Quit, process.ExitCode);
        }
        finally
        {
            process.Kill(entireProcessTree: true);
        }
    }

    [Fact]
    public async Task The_key_comes_from_a_file()
    {
        const string Key = "0123456789abcdef0123456789abcdef";
        var run = _runs.Train("run", ["training.epochs=1"]);
        using var process = Processes.Start("serve", run, "--urls", "http://127.0.0.1:0", "--api-key-file", _runs.Write("key", Key + "\n"));
        try
        {
            using var client = await Client(process);
            Assert.Equal(401, (int)(await client.GetAsync("/v1/model", Ended)).StatusCode);
            client.DefaultRequestHeaders.Authorization = new("Bearer", Key);
            Assert.Equal(200, (int)(await client.GetAsync("/v1/model", Ended)).StatusCode);
        }
        finally
        {
            process.Kill(entireProcessTree: true);
        }
    }

    private static async Task<HttpClient> Client(Process process)
    {
        var address = await process.StandardOutput.ReadLineAsync(Ended);
        Assert.True(address is not null, address is null ? await process.StandardError.ReadToEndAsync(Ended) : "");
        return new HttpClient { BaseAddress = new Uri(address!) };
    }

    private static async Task<string> Open(HttpClient client) =>
        (string)(await (await client.PostAsync("/v1/streams", null, Ended)).Content.ReadFromJsonAsync<JsonNode>(Ended))!["id"]!;

    /// <summary>Pushes a step after the other until the server is gone, and keeps what it last answered.</summary>
    private static async Task Push(HttpClient client, string id, Dictionary<string, JsonNode> answered, Dictionary<string, int> tried)
    {
        try
        {
            for (var step = 1; ; step++)
            {
                lock (tried)
                    tried[id] = step;
                using var answer = await client.PostAsJsonAsync($"/v1/streams/{id}/steps", new { steps = new[] { step % 17 } }, Ended);
                var belief = (await answer.Content.ReadFromJsonAsync<JsonNode>(Ended))!;
                Assert.True(answer.IsSuccessStatusCode, belief.ToJsonString());
                lock (answered)
                    answered[id] = belief;
            }
        }
        catch (HttpRequestException)
        {
        }
    }

    [DllImport("libc", EntryPoint = "kill"), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Send(int process, int signal);
}
