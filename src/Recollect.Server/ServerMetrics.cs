using System.Diagnostics.Metrics;

namespace Recollect.Server;

/// <summary>What a server counts, beside what ASP.NET Core and .NET count themselves; docs/server.md lists it.</summary>
internal sealed class ServerMetrics : IDisposable
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "Recollect.Server";

    private static readonly InstrumentAdvice<double> Seconds = new()
    {
        HistogramBucketBoundaries = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    };

    private static readonly InstrumentAdvice<int> Requests = new() { HistogramBucketBoundaries = [1, 2, 4, 8, 16] };

    private readonly Meter _meter = new(MeterName);
    private readonly Counter<long> _sequences, _steps, _opened, _expired;
    private readonly UpDownCounter<int> _streams, _sockets;
    private readonly UpDownCounter<long> _inFlight;
    private readonly Histogram<double> _computing;
    private readonly Histogram<int> _together;

    public ServerMetrics()
    {
        _sequences = _meter.CreateCounter<long>("recollect.server.sequences", "{sequence}", "Sequences classified");
        _steps = _meter.CreateCounter<long>("recollect.server.steps", "{step}", "Steps read, of sequences and of streams");
        _opened = _meter.CreateCounter<long>("recollect.server.streams.opened", "{stream}", "Streams opened, those restored at the start among them");
        _expired = _meter.CreateCounter<long>("recollect.server.streams.expired", "{stream}", "Streams ended because nobody asked about them");
        _streams = _meter.CreateUpDownCounter<int>("recollect.server.streams", "{stream}", "Streams that are kept");
        _sockets = _meter.CreateUpDownCounter<int>("recollect.server.sockets", "{socket}", "Open WebSockets");
        _inFlight = _meter.CreateUpDownCounter<long>("recollect.server.in_flight", "By", "Memory that requests under way are reckoned at");
        _computing = _meter.CreateHistogram("recollect.server.computing", "s", "Seconds from when a computation is asked for until it is done, its wait for a core included", null, Seconds);
        _together = _meter.CreateHistogram("recollect.server.together", "{request}", "Requests for whole sequences that were read together, each time", null, Requests);
    }

    /// <summary>A computation is done.</summary>
    /// <param name="kind">What it was: <c>classify</c> or <c>push</c>.</param>
    /// <param name="sequences">Whole sequences that it labelled.</param>
    /// <param name="took">How long it took.</param>
    public void Computed(string kind, int sequences, TimeSpan took)
    {
        _sequences.Add(sequences);
        _computing.Record(took.TotalSeconds, new KeyValuePair<string, object?>("kind", kind));
    }

    /// <summary>So many steps are read, of sequences or of a stream.</summary>
    public void Read(long steps) => _steps.Add(steps);

    /// <summary>So many requests are read together.</summary>
    public void Together(int requests) => _together.Record(requests);

    /// <summary>A stream is open.</summary>
    public void Opened()
    {
        _opened.Add(1);
        _streams.Add(1);
    }

    /// <summary>A stream is over.</summary>
    public void Closed() => _streams.Add(-1);

    /// <summary>Streams are over that nobody asked about.</summary>
    public void Expired(int streams) => _expired.Add(streams);

    /// <summary>A WebSocket is open (1), or closed (−1).</summary>
    public void Socket(int change) => _sockets.Add(change);

    /// <summary>Requests took so many bytes of memory, or gave them back (negative).</summary>
    public void Took(long bytes) => _inFlight.Add(bytes);

    public void Dispose() => _meter.Dispose();
}
