using System.Net.Sockets;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http.Timeouts;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenTelemetry.Metrics;
using Recollect.Inference;
using Recollect.Server.Guards;
using Recollect.Server.Models;
using Recollect.Server.Routes;
using Recollect.Server.Sessions;

namespace Recollect.Server;

/// <summary>A trained model at an address: over HTTP and WebSockets, until it is drained.</summary>
public sealed class RecollectServer : IAsyncDisposable
{
    private const double SlowestBytesPerSecond = 240; // Kestrel's own

    private static readonly TimeSpan KeepAlive = TimeSpan.FromSeconds(30);

    private readonly ServerOptions _options;
    private readonly WebApplication _app;

    private RecollectServer(ServerOptions options, WebApplication app) => (_options, _app) = (options, app);

    /// <summary>Where it is served, with the port that it has.</summary>
    public Uri Address => new(_app.Urls.First());

    /// <summary>How many streams it keeps.</summary>
    public int Streams => _app.Services.GetRequiredService<SessionStore>().Count;

    /// <summary>Reads the model and the saved streams, and begins to listen.</summary>
    /// <param name="options">What is served, where, within which limits.</param>
    /// <exception cref="RecipeException">Other machines would reach it without a key.</exception>
    /// <exception cref="DataException">The model is missing, damaged, or of a cell that cannot be served.</exception>
    /// <exception cref="RunException">The address is taken, or another server has the streams' folder.</exception>
    public static async Task<RecollectServer> Start(ServerOptions options)
    {
        if (!options.Address.IsLoopback && options.Key is null)
        {
            throw new RecipeException($"{options.Address} can be reached from other machines, and there is no key: whoever finds it could use it. "
                + "Give a key by --api-key-file FILE or the environment variable RECOLLECT_API_KEY, or serve at http://127.0.0.1.");
        }
        var server = new RecollectServer(options, Build(options, ModelLoading.Load(options.Model)));
        try
        {
            server._app.Services.GetRequiredService<SessionStore>(); // reads what was saved before anybody asks for it
            await server._app.StartAsync();
            return server;
        }
        catch (Exception cause) when (cause is IOException or SocketException or InvalidOperationException)
        {
            await server.DisposeAsync();
            throw new RunException($"Cannot serve at {options.Address}: {cause.Message.TrimEnd('.')}. Choose another address or port with --urls; port 0 takes a free one.", cause);
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Ends it: no longer ready, after the delay WebSockets leave and what runs is finished, then the streams are saved.</summary>
    /// <returns>How many streams were saved.</returns>
    /// <exception cref="RunException">Streams cannot be saved; the others are.</exception>
    public async Task<int> Drain()
    {
        var draining = _app.Services.GetRequiredService<Draining>();
        draining.Begin();
        if (_options.DrainDelay > TimeSpan.Zero)
            await Task.Delay(_options.DrainDelay, _options.Time);
        draining.SendAway();
        using var patience = new CancellationTokenSource(_options.DrainLimit);
        var saved = 0;
        try
        {
            await _app.StopAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            // What had not ended by then was cut off.
        }
        finally
        {
            saved = _app.Services.GetRequiredService<SessionStore>().Save(_options.DrainLimit); // however the rest came to its end
        }
        return saved;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private static WebApplication Build(ServerOptions options, SequenceModel model)
    {
        // Of what lies where the command is typed nothing is read.
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton<IHostLifetime, SignalsLeftAlone>();
        builder.WebHost.UseUrls(options.Address.GetLeftPart(UriPartial.Authority)).ConfigureKestrel(kestrel => Limit(kestrel, options));
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = options.DrainLimit);
        builder.Services.AddSingleton(options).AddSingleton(model).AddSingleton(new SequenceReader(model, options.MaxSteps))
            .AddSingleton<ServerMetrics>().AddSingleton<InFlight>().AddSingleton<Draining>().AddSingleton<Computing>()
            .AddSingleton(services => new SessionStore(
                model, options, services.GetRequiredService<ServerMetrics>(), options.SessionFolder is { } folder ? new SessionFolder(folder) : null));
        builder.Services.ConfigureHttpJsonOptions(json =>
        {
            json.SerializerOptions.TypeInfoResolverChain.Insert(0, ServerJson.Default);
            json.SerializerOptions.NumberHandling = JsonNumberHandling.Strict; // which the description tells
        });
        builder.Services.AddDescription(needsKey: options.Key is not null);
        builder.Services.AddRequestTimeouts(timeouts => timeouts.DefaultPolicy = new RequestTimeoutPolicy
        {
            Timeout = options.RequestLimit,
            TimeoutStatusCode = 503,
            WriteTimeoutResponse = context => Problems.Write(context, Problems.Of(503,
                $"The request was not done within {options.RequestLimit.TotalSeconds:0.#} seconds. Send less at a time, try again later, or raise --request-limit.")),
        });
        builder.Services.AddOpenTelemetry().WithMetrics(metrics => metrics
            .AddMeter(ServerMetrics.MeterName, "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "System.Runtime").AddPrometheusExporter());
        return Route(builder.Build(), options);
    }

    private static void Limit(KestrelServerOptions kestrel, ServerOptions options)
    {
        var slowest = new MinDataRate(SlowestBytesPerSecond, options.SlowLimit);
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestBodySize = options.MaxBody;
        kestrel.Limits.RequestHeadersTimeout = options.HeaderLimit;
        (kestrel.Limits.MinRequestBodyDataRate, kestrel.Limits.MinResponseDataRate) = (slowest, slowest);
        (kestrel.Limits.MaxConcurrentConnections, kestrel.Limits.MaxConcurrentUpgradedConnections) = (options.MaxConnections, options.MaxConnections);
    }

    private static WebApplication Route(WebApplication app, ServerOptions options)
    {
        app.UseProblems(options.Tell);
        app.UseRouting();
        app.UseGatekeeper(options.Address, options.Key);
        app.UseRequestTimeouts();
        app.UseWholeAnswers();
        app.UseWebSockets(new WebSocketOptions { KeepAliveInterval = KeepAlive, KeepAliveTimeout = KeepAlive });
        app.MapClassify();
        app.MapStreams();
        app.MapSocket();
        app.MapHealth();
        app.MapPage();
        app.MapOpenApi().OpenToAll();
        return app;
    }
}
