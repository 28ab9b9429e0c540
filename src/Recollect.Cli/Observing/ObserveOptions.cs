using System.CommandLine;
using System.CommandLine.Parsing;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Recollect.Cli.Observing;

/// <summary>The options that let a training be observed from outside: a log, and OpenTelemetry's protocol.</summary>
internal sealed class ObserveOptions
{
    /// <summary>The variable that names an endpoint to every program that speaks OpenTelemetry's protocol.</summary>
    public const string EndpointVariable = "OTEL_EXPORTER_OTLP_ENDPOINT";

    private readonly Option<LogLevel?> _log = Inputs.Word<LogLevel>("--log", "Log to standard error, from this level on (default: nothing)");
    private readonly Option<Uri?> _otlp = new("--otlp")
    {
        Description = $"Send traces, metrics and logs to this OpenTelemetry endpoint, such as http://localhost:4318 (default: ${EndpointVariable}, else nothing)",
        HelpName = "URL",
        CustomParser = ParseUrl,
    };

    /// <summary>Adds them to a command.</summary>
    public void AddTo(Command command)
    {
        command.Add(_log);
        command.Add(_otlp);
    }

    /// <summary>Begins what the command line and the environment ask for.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="run">The run's folder.</param>
    /// <param name="write">Writes a line for people.</param>
    public Observer Begin(ParseResult parsed, string run, Action<string> write)
    {
        var (level, url) = (parsed.GetValue(_log) ?? LogLevel.None, parsed.GetValue(_otlp));
        var isExported = url is not null || !string.IsNullOrEmpty(Environment.GetEnvironmentVariable(EndpointVariable));
        return new Observer(level, isExported ? new OtlpExport(url, run, write) : null, write);
    }

    private static Uri? ParseUrl(ArgumentResult result)
    {
        if (Uri.TryCreate(result.Tokens[0].Value, UriKind.Absolute, out var url) && url.Scheme is "http" or "https")
            return url;
        result.AddError($"--otlp is '{result.Tokens[0].Value}'; it must be a URL such as http://localhost:4318.");
        return null;
    }
}

/// <summary>Who listens to a training, as long as it goes on.</summary>
internal sealed class Observer : IDisposable
{
    private readonly OtlpExport? _export;
    private readonly ILoggerFactory? _loggers;

    /// <summary>Begins to listen.</summary>
    /// <param name="level">What is logged to people, from this level on.</param>
    /// <param name="export">Where everything is sent; null: nowhere.</param>
    /// <param name="write">Writes a line for people.</param>
    public Observer(LogLevel level, OtlpExport? export, Action<string> write)
    {
        _export = export;
        if (level == LogLevel.None && export is null)
            return;
        _loggers = LoggerFactory.Create(builder =>
        {
            builder.SetMinimumLevel(LogLevel.Trace); // each listener has a level of its own
            if (level != LogLevel.None)
                builder.AddProvider(new LineLoggerProvider(level, write, TimeProvider.System));
            export?.AddTo(builder);
        });
        Log = _loggers.CreateLogger("Recollect");
    }

    /// <summary>Where the run logs.</summary>
    public ILogger Log { get; } = NullLogger.Instance;

    /// <summary>Sends what has not been sent, for some seconds at most.</summary>
    public void Dispose()
    {
        // Side by side: an endpoint that does not answer takes each of them as long as it may wait.
        Parallel.Invoke(() => _loggers?.Dispose(), () => _export?.DisposeTraces(), () => _export?.DisposeMetrics());
        _export?.Dispose();
    }
}
