using Recollect.Runs;

namespace Recollect.Server;

/// <summary>What a server serves, where, to whom, and within which limits.</summary>
public sealed record ServerOptions
{
    /// <summary>The folder of a run, or a <c>model.safetensors</c>.</summary>
    public required string Model { get; init; }

    /// <summary>Where it is served: http, a host and a port; port 0 takes a free one. An address that other machines reach needs a <see cref="Key"/>.</summary>
    public Uri Address { get; init; } = new("http://127.0.0.1:5080");

    /// <summary>What a caller must know; null: whoever reaches the address may call.</summary>
    public ApiKey? Key { get; init; }

    /// <summary>Where streams are saved when the server ends, and read when it begins; null: they end with it.</summary>
    public string? SessionFolder { get; init; }

    /// <summary>The most streams that are kept at a time; at least 1.</summary>
    public int MaxSessions { get; init; } = 10_000;

    /// <summary>How long a stream is kept that nobody asks about and no WebSocket has.</summary>
    public TimeSpan SessionExpiry { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>The longest request body or WebSocket message, in bytes; at least 1.</summary>
    public int MaxBody { get; init; } = 4 << 20;

    /// <summary>The most steps that one request or message may make the model read; at least 1.</summary>
    public int MaxSteps { get; init; } = 1_000_000;

    /// <summary>The memory that requests under way may take together, in bytes, as they are reckoned; at least 1. A quarter of the machine's or the container's.</summary>
    public long MaxInFlight { get; init; } = MemoryHere() / 4;

    /// <summary>The most connections at a time, and beside them the most WebSockets; at least 1.</summary>
    public int MaxConnections { get; init; } = 10_000;

    /// <summary>The most computations at a time, of whole sequences and as many of streams; more only wait for each other's cores.</summary>
    public int MaxComputing { get; init; } = Environment.ProcessorCount;

    /// <summary>How long a request may take from its headers' end to its answer; a WebSocket has none.</summary>
    public TimeSpan RequestLimit { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a client may take to send a request's headers.</summary>
    public TimeSpan HeaderLimit { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a body may come, or an answer be taken, more slowly than 240 bytes a second; more than one second, as Kestrel looks once a second.</summary>
    public TimeSpan SlowLimit { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a WebSocket may be silent, how long a message to us may take from its first fragment to its last, and how long it may take to receive a message of ours.</summary>
    public TimeSpan SocketIdle { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How long the server still answers, over open WebSockets too, after it was told to end, as not ready, so that a load balancer sees it.</summary>
    public TimeSpan DrainDelay { get; init; } = TimeSpan.Zero;

    /// <summary>How long requests that run are waited for when the server ends.</summary>
    public TimeSpan DrainLimit { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The clock of the streams' expiry, and of the delay before the end.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Told what whoever runs the server should know: a stream that could not be read, a defect.</summary>
    public Action<string> Tell { get; init; } = _ => { };

    private static long MemoryHere()
    {
        var machine = MachineInfo.Read();
        return machine.MemoryLimit ?? machine.Memory;
    }
}
