using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Recollect.Tests.Cli.Observing;

/// <summary>An endpoint of OpenTelemetry's protocol over HTTP, as small as can be: keeps what arrives, and reads the fields of it that tests ask for.</summary>
/// <remarks>Field numbers are those of opentelemetry-proto 1.x: collector, trace, metrics and logs, v1.</remarks>
internal sealed class OtlpReceiver : IDisposable
{
    private readonly HttpListener _listener = new();
    private readonly ConcurrentQueue<(string Path, byte[] Body)> _arrived = [];

    public OtlpReceiver()
    {
        Url = $"http://127.0.0.1:{FreePort()}";
        _listener.Prefixes.Add(Url + "/");
        _listener.Start();
        _ = Serve();
    }

    public string Url { get; }

    /// <summary>A span: what it is called, itself and its parent.</summary>
    public sealed record Span(string Name, string Id, string Parent);

    public IReadOnlyList<string> Paths => [.. _arrived.Select(one => one.Path).Distinct().Order()];

    /// <summary>Every span that arrived.</summary>
    public IReadOnlyList<Span> Spans => [.. Bodies("/v1/traces").SelectMany(body => Within(body, 1, 2, 2)).Select(span => new Span(Text(span, 5), Hex(span, 2), Hex(span, 4)))];

    /// <summary>The last values of a counter, one a set of attributes.</summary>
    public IReadOnlyList<long> Counter(string name) =>
        [.. Within(Bodies("/v1/metrics").Last(), 1, 2, 2).Where(metric => Text(metric, 1) == name).SelectMany(metric => Within(metric, 7, 1))
            .Select(point => BinaryPrimitives.ReadInt64LittleEndian(Fields(point).Single(field => field.Number == 6).Bytes.Span))];

    /// <summary>The names of all metrics that arrived.</summary>
    public IReadOnlyList<string> Metrics => [.. Bodies("/v1/metrics").SelectMany(body => Within(body, 1, 2, 2)).Select(metric => Text(metric, 1)).Distinct()];

    /// <summary>The messages of all logs that arrived.</summary>
    public IReadOnlyList<string> Logs => [.. Bodies("/v1/logs").SelectMany(body => Within(body, 1, 2, 2)).SelectMany(log => Within(log, 5)).Select(body => Text(body, 1))];

    /// <summary>The attributes of the resource that sent spans.</summary>
    public IReadOnlyDictionary<string, string> Resource => Within(Bodies("/v1/traces").First(), 1, 1, 1).ToDictionary(
        attribute => Text(attribute, 1), attribute => Within(attribute, 2).Select(value => Fields(value).First().Number == 1 ? Text(value, 1) : "").Single());

    public void Dispose() => _listener.Close();

    /// <summary>A port of this machine that nobody listens on.</summary>
    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private async Task Serve()
    {
        while (_listener.IsListening)
        {
            try
            {
                var context = await _listener.GetContextAsync();
                using var body = new MemoryStream();
                await context.Request.InputStream.CopyToAsync(body);
                _arrived.Enqueue((context.Request.Url!.AbsolutePath, body.ToArray()));
                context.Response.ContentType = "application/x-protobuf"; // an empty message: all was taken
                context.Response.Close();
            }
            catch (Exception cause) when (cause is HttpListenerException or ObjectDisposedException or InvalidOperationException)
            {
                return; // the test is over
            }
        }
    }

    private IEnumerable<ReadOnlyMemory<byte>> Bodies(string path) => _arrived.Where(one => one.Path == path).Select(one => (ReadOnlyMemory<byte>)one.Body);

    private static IEnumerable<ReadOnlyMemory<byte>> Within(ReadOnlyMemory<byte> message, params IEnumerable<int> path) => path.Aggregate(
        (IEnumerable<ReadOnlyMemory<byte>>)[message], (messages, number) => messages.SelectMany(one => Fields(one).Where(field => field.Number == number).Select(field => field.Bytes)));

    private static string Text(ReadOnlyMemory<byte> message, int number) => Encoding.UTF8.GetString(Fields(message).FirstOrDefault(field => field.Number == number).Bytes.Span);

    private static string Hex(ReadOnlyMemory<byte> message, int number) => Convert.ToHexString(Fields(message).FirstOrDefault(field => field.Number == number).Bytes.Span);

    // Protocol buffers' wire format: a key of number and type, then a varint, 8 bytes, a length and so many bytes, or 4 bytes.
    private static List<(int Number, ReadOnlyMemory<byte> Bytes)> Fields(ReadOnlyMemory<byte> message)
    {
        var (fields, at) = (new List<(int, ReadOnlyMemory<byte>)>(), 0);
        int Varint()
        {
            var (value, shift) = (0UL, 0);
            while (true)
            {
                var next = message.Span[at++];
                value |= (ulong)(next & 0x7f) << shift;
                shift += 7;
                if (next < 0x80)
                    return unchecked((int)value);
            }
        }

        while (at < message.Length)
        {
            var key = Varint();
            var begin = at;
            switch (key & 7)
            {
                case 0: Varint(); break;
                case 1: at += 8; break;
                case 2: var length = Varint(); begin = at; at += length; break;
                case 5: at += 4; break;
                default: throw new InvalidDataException($"wire type {key & 7}");
            }
            fields.Add((key >> 3, message[begin..at]));
        }
        return fields;
    }
}
