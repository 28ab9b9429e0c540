using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Recollect.Cli.Observing;

namespace Recollect.Tests.Cli.Observing;

/// <summary>What leaves a training by OpenTelemetry's protocol, and what becomes of one that nobody answers.</summary>
public sealed class OtlpExportTests : IDisposable
{
    private const int Updates = 6; // 48 rows in batches of 16, two epochs
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private readonly SmallRuns _runs = new();

    public void Dispose() => _runs.Dispose();

    [Fact]
    public void Everything_has_arrived_when_the_command_ends()
    {
        using var receiver = new OtlpReceiver();
        var run = _runs.Train("run", [], "--otlp", receiver.Url);
        Complete(receiver, run);
        Assert.Equal(["/v1/logs", "/v1/metrics", "/v1/traces"], receiver.Paths);
    }

    [Fact]
    public void The_standard_variables_name_the_endpoint_and_the_service_too()
    {
        using var receiver = new OtlpReceiver();
        var before = Environment.GetEnvironmentVariable("OTEL_SERVICE_NAME");
        Environment.SetEnvironmentVariable(ObserveOptions.EndpointVariable, receiver.Url);
        Environment.SetEnvironmentVariable("OTEL_SERVICE_NAME", "nightly");
        try
        {
            Complete(receiver, _runs.Train("run", []), "nightly");
        }
        finally
        {
            Environment.SetEnvironmentVariable(ObserveOptions.EndpointVariable, null);
            Environment.SetEnvironmentVariable("OTEL_SERVICE_NAME", before);
        }
    }

    private static void Complete(OtlpReceiver receiver, string run, string service = "recollect")
    {
        var root = Assert.Single(receiver.Spans, span => span.Name == "recollect.run");
        Assert.Empty(root.Parent);
        var updates = receiver.Spans.Where(span => span.Name == "recollect.update").ToList();
        Assert.Equal(Updates, updates.Count);
        Assert.All(updates, update => Assert.Equal(root.Id, update.Parent));
        Assert.Equal(3, receiver.Spans.Count(span => span.Name == "recollect.evaluation")); // held-out rows twice, then the test rows
        Assert.True(receiver.Spans.Count(span => span.Name == "recollect.checkpoint") >= SmallRuns.Checkpoints(run).Length);
        Assert.Equal([Updates], receiver.Counter("recollect.updates"));
        Assert.Equal([48 * 2], receiver.Counter("recollect.sequences"));
        Assert.Contains("recollect.evaluation.accuracy", receiver.Metrics);
        Assert.Contains($"Run {run} ended after {Updates} updates, by its plan", receiver.Logs);
        Assert.Equal((service, run), (receiver.Resource["service.name"], receiver.Resource["recollect.run.folder"]));
    }

    [Fact]
    public void A_signal_lets_the_last_of_it_be_sent()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Sends a signal.");
        using var receiver = new OtlpReceiver();
        var run = _runs.In("run");
        using var process = Processes.Start(SmallRuns.Digits(run, ["training.epochs=1000000", "training.checkpointEvery=0"], "--otlp", receiver.Url));
        for (var waited = Stopwatch.StartNew(); !Directory.Exists(Path.Combine(run, "checkpoint")) || SmallRuns.Checkpoints(run).Length == 0; Thread.Sleep(20))
            Assert.True(!process.HasExited && waited.Elapsed < Patience, "The training did not begin.");
        Process.Start("kill", ["-TERM", $"{process.Id}"])!.WaitForExit();
        Assert.True(process.WaitForExit(Patience)); // what it writes is less than a pipe holds
        Assert.True(process.ExitCode == 143, process.StandardError.ReadToEnd());
        Assert.Contains("stopped by  SIGTERM", process.StandardOutput.ReadToEnd());
        Assert.Single(receiver.Spans, span => span.Name == "recollect.run");
        var done = int.Parse(Path.GetFileNameWithoutExtension(SmallRuns.Checkpoints(run)[0])["update-".Length..]);
        Assert.Equal([done], receiver.Counter("recollect.updates"));
        Assert.Contains(receiver.Logs, log => log.EndsWith($"ended after {done} updates, by SIGTERM", StringComparison.Ordinal));
    }

    /// <summary>Nobody listens on the port: each attempt fails at once.</summary>
    [Fact]
    public void An_endpoint_that_is_not_there_is_told_once_and_changes_nothing()
    {
        var plain = _runs.Train("plain", []);
        var ran = Ran.Command(SmallRuns.Digits(_runs.In("run"), [], "--otlp", $"http://127.0.0.1:{OtlpReceiver.FreePort()}"));
        Assert.True(ran.Code == 0, ran.Error);
        Assert.Single(ran.Error.Split('\n'), line => line.StartsWith("OpenTelemetry: ", StringComparison.Ordinal));
        Assert.DoesNotContain("   at ", ran.Error);
        Assert.Equal(File.ReadAllBytes(Path.Combine(plain, "model.safetensors")), File.ReadAllBytes(_runs.In("run", "model.safetensors")));
    }

    /// <summary>Whoever listens takes the connection and never answers: the last of it is given up after five seconds.</summary>
    [Fact]
    public void An_endpoint_that_does_not_answer_holds_up_the_end_by_seconds_and_the_training_not_at_all()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        var clock = Stopwatch.StartNew();
        var ran = Ran.Command(SmallRuns.Digits(_runs.In("run"), [], "--otlp", $"http://127.0.0.1:{((IPEndPoint)silent.LocalEndpoint).Port}", "--json"));
        Assert.True(ran.Code == 0, ran.Error);
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(25), $"{clock.Elapsed}");
        Assert.True((double)ran.Json["trainSeconds"]! < 5);
    }
}
