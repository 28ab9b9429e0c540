using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using Recollect.Observation;

namespace Recollect.Cli.Observing;

/// <summary>Sends activities, metrics and logs of this process by OpenTelemetry's protocol, on threads of the library's own.</summary>
/// <remarks>What cannot be sent is dropped, and said once; the standard OTEL_ variables say everything that the command line does not.</remarks>
internal sealed class OtlpExport : IDisposable
{
    private const string ProtocolVariable = "OTEL_EXPORTER_OTLP_PROTOCOL";
    private readonly string _instance = Guid.NewGuid().ToString(); // one for what is sent of each kind
    private readonly Uri? _url;
    private readonly string _run;
    private readonly ExportWarning _warning;
    private readonly TracerProvider _traces;
    private readonly MeterProvider _metrics;

    /// <summary>Begins to send.</summary>
    /// <param name="url">The endpoint; null: the one that the environment names.</param>
    /// <param name="run">The run's folder, by which runs are told apart.</param>
    /// <param name="write">Writes a line for people.</param>
    public OtlpExport(Uri? url, string run, Action<string> write)
    {
        (_url, _run, _warning) = (url, run, new ExportWarning(write));
        _traces = Sdk.CreateTracerProviderBuilder().ConfigureResource(Describe).AddSource(Telemetry.Name).AddOtlpExporter(options => Set(options, "v1/traces")).Build();
        _metrics = Sdk.CreateMeterProviderBuilder().ConfigureResource(Describe).AddMeter(Telemetry.Name).AddOtlpExporter(options => Set(options, "v1/metrics")).Build();
    }

    /// <summary>Adds the sending of logs.</summary>
    public void AddTo(ILoggingBuilder builder)
    {
        builder.AddFilter<OpenTelemetryLoggerProvider>(null, LogLevel.Information); // single updates are activities
        builder.AddOpenTelemetry(logs =>
        {
            var resource = ResourceBuilder.CreateDefault();
            Describe(resource);
            logs.IncludeFormattedMessage = true;
            logs.SetResourceBuilder(resource).AddOtlpExporter(options => Set(options, "v1/logs"));
        });
    }

    /// <summary>Sends the last activities.</summary>
    public void DisposeTraces() => _traces.Dispose();

    /// <summary>Sends the last metrics.</summary>
    public void DisposeMetrics() => _metrics.Dispose();

    /// <summary>Says nothing more.</summary>
    public void Dispose() => _warning.Dispose();

    private void Describe(ResourceBuilder resource)
    {
        resource.AddService("recollect", serviceVersion: CommandLine.Version, serviceInstanceId: _instance)
            .AddAttributes([new("recollect.run.folder", _run)])
            .AddEnvironmentVariableDetector(); // OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES have the last word
    }

    private void Set(OtlpExporterOptions options, string path)
    {
        if (string.IsNullOrEmpty(Environment.GetEnvironmentVariable(ProtocolVariable)))
            options.Protocol = OtlpExportProtocol.HttpProtobuf;
        if (_url is not null)
            options.Endpoint = options.Protocol == OtlpExportProtocol.HttpProtobuf ? new Uri($"{_url.AbsoluteUri.TrimEnd('/')}/{path}") : _url;
    }
}
