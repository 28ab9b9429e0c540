using System.CommandLine;
using Recollect.Cli.Reporting;
using Recollect.Experiments;
using Recollect.Server;

namespace Recollect.Cli.Commands;

/// <summary><c>recollect serve</c>: a trained network at an address, until a signal ends it.</summary>
internal static class ServeCommand
{
    /// <summary>The environment variable that holds a key: what an argument holds, every user of the machine can read.</summary>
    public const string KeyVariable = "RECOLLECT_API_KEY";

    private const string FileForm = "FILE";

    private static readonly TimeSpan LongestLimit = TimeSpan.FromHours(24);

    public static Command Create(Terminal terminal)
    {
        var defaults = new ServerOptions { Model = "" };
        var run = new Argument<string>("RUN") { Description = "Folder of a run, as 'recollect train' makes it, or a model.safetensors alone" };
        var address = new Option<string?>("--urls") { Description = $"Where to serve (default: {Shown(defaults.Address)}); an address that other machines reach needs a key", HelpName = "URL" };
        var keyFile = new Option<string?>("--api-key-file") { Description = $"A file with the key that callers must know (default: the environment variable {KeyVariable}, else none)", HelpName = FileForm };
        var sessions = new Option<string?>("--sessions") { Description = "Save streams here when the server ends, and go on with them when it begins", HelpName = Inputs.FolderForm };
        var mostSessions = Inputs.Number("--max-sessions", $"The most streams at a time (default: {defaults.MaxSessions})", 1, 1_000_000);
        var expiry = Inputs.Time("--session-expiry", $"End a stream that no WebSocket has and nobody has asked about for so long (default: {Shown(defaults.SessionExpiry)})");
        var body = Inputs.Number("--max-body", $"The longest request body or WebSocket message, bytes (default: {defaults.MaxBody})", 1, 1 << 30);
        var steps = Inputs.Number("--max-steps", $"The most steps a request may have (default: {defaults.MaxSteps})", 1, 1_000_000_000);
        var inFlight = Inputs.Number("--max-in-flight", "The memory that requests under way may take together, as it is reckoned, bytes (default: a quarter of the memory)", 1);
        var limit = Limit("--request-limit", $"How long a request may take (default: {Shown(defaults.RequestLimit)})");
        var drainDelay = Limit("--drain-delay", "After a signal, how long to answer still, as not ready, so that a load balancer sees it (default: not at all)");
        var drainLimit = Limit("--drain-limit", $"After a signal, how long to wait for requests that run (default: {Shown(defaults.DrainLimit)})");
        address.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && Watcher.Address(token.Value) is null)
                result.AddError($"--urls is '{token.Value}'; it must be an address such as {Shown(defaults.Address)}: http, a host and a port.");
        });
        var command = new Command("serve", "Serves a trained network over HTTP and WebSockets: labels, and streams read a step at a time.")
        {
            run, address, keyFile, sessions, mostSessions, expiry, body, steps, inFlight, limit, drainDelay, drainLimit,
        };
        command.SetAction(parsed => Serve(defaults with
        {
            Model = parsed.GetValue(run)!,
            Address = Watcher.Address(parsed.GetValue(address) ?? Shown(defaults.Address))!,
            Key = Key(parsed.GetValue(keyFile), Environment.GetEnvironmentVariable(KeyVariable)),
            SessionFolder = parsed.GetValue(sessions),
            MaxSessions = (int)(parsed.GetValue(mostSessions) ?? defaults.MaxSessions),
            SessionExpiry = parsed.GetValue(expiry) ?? defaults.SessionExpiry,
            MaxBody = (int)(parsed.GetValue(body) ?? defaults.MaxBody),
            MaxSteps = (int)(parsed.GetValue(steps) ?? defaults.MaxSteps),
            MaxInFlight = parsed.GetValue(inFlight) ?? defaults.MaxInFlight,
            RequestLimit = parsed.GetValue(limit) ?? defaults.RequestLimit,
            DrainDelay = parsed.GetValue(drainDelay) ?? defaults.DrainDelay,
            DrainLimit = parsed.GetValue(drainLimit) ?? defaults.DrainLimit,
            Tell = message => terminal.Error.WriteLine($"note: {message}"),
        }, terminal));
        return command;
    }

    // Timers know no longer spans than weeks.
    private static Option<TimeSpan?> Limit(string name, string description)
    {
        var option = Inputs.Time(name, description);
        option.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && Duration.Parse(token.Value) > LongestLimit)
                result.AddError($"{name} is '{token.Value}'; it must be a time of at most {LongestLimit.TotalHours:0}h.");
        });
        return option;
    }

    private static string Shown(Uri address) => address.GetLeftPart(UriPartial.Authority);

    private static string Shown(TimeSpan time) => time.TotalMinutes >= 1 ? $"{time.TotalMinutes:0}m" : $"{time.TotalSeconds:0}s";

    private static ApiKey? Key(string? file, string? variable)
    {
        if (file is null)
            return string.IsNullOrEmpty(variable) ? null : new ApiKey(variable, KeyVariable);
        try
        {
            return new ApiKey(File.ReadAllText(file).Trim(), $"'{file}'");
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            throw new RecipeException($"--api-key-file: the key cannot be read: {cause.Message}", cause);
        }
    }

    private static int Serve(ServerOptions options, Terminal terminal)
    {
        var stop = new StopSignal();
        var signalled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var listener = new SignalListener(stop, _ =>
        {
            terminal.Error.WriteLine("Finishing the requests that run, then saving the streams; a second signal ends at once.");
            signalled.TrySetResult();
        });
        Until(signalled.Task, options, terminal).GetAwaiter().GetResult();
        return stop.Reason is { } reason ? throw new StoppedException(reason) : ExitCode.Done;
    }

    private static async Task Until(Task signalled, ServerOptions options, Terminal terminal)
    {
        LetRequestsCompute(options.MaxComputing);
        await using var server = await RecollectServer.Start(options);
        terminal.Out.WriteLine(Shown(server.Address));
        terminal.Out.Flush();
        terminal.Error.WriteLine($"'{options.Model}' is served there{(server.Streams > 0 ? $", with {server.Streams:N0} saved streams" : "")}; Ctrl-C ends.");
        await signalled;
        var saved = await server.Drain();
        if (options.SessionFolder is not null)
            terminal.Error.WriteLine($"{saved:N0} streams saved in '{options.SessionFolder}'.");
    }

    // Threads of the pool that compute answer nobody meanwhile, and the pool is slow to add others: there are some for both.
    private static void LetRequestsCompute(int computing)
    {
        ThreadPool.GetMinThreads(out var workers, out var completion);
        ThreadPool.SetMinThreads(workers + 2 * computing, completion);
    }
}
