using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Recollect.Data.Tests.Catalog;

/// <summary>An answer that may break off.</summary>
/// <param name="Status">The status line after "HTTP/1.1 ".</param>
/// <param name="Headers">Headers, one a line.</param>
/// <param name="Body">What the length announces.</param>
/// <param name="Sent">How much of it is sent before the connection is cut; null: all.</param>
/// <param name="Silent">Whether the connection then stays open without a byte.</param>
internal sealed record Answer(string Status, string Headers, byte[] Body, int? Sent = null, bool Silent = false);

/// <summary>A web server on this machine whose answers a test writes, broken ones among them.</summary>
internal sealed class LoopbackServer : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Func<string, string?, Answer> _answer;

    /// <param name="answer">From the path and the Range header, what is answered.</param>
    public LoopbackServer(Func<string, string?, Answer> answer)
    {
        _answer = answer;
        _listener.Start();
        _ = Serve();
    }

    /// <summary>"path range if-range" of each request, in order.</summary>
    public ConcurrentQueue<string> Requests { get; } = new();

    public Uri Address(string path) => new($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/{path}");

    /// <summary>Serves <paramref name="file"/>, from the asked byte on where the server knows ranges.</summary>
    public static Answer File(byte[] file, string? range, string validator = "ETag: \"v1\"", bool ranges = true, int? sent = null)
    {
        if (!ranges || range is null)
            return new Answer("200 OK", validator, file, sent);
        var start = int.Parse(range["bytes=".Length..^1]);
        return new Answer("206 Partial Content", $"Content-Range: bytes {start}-{file.Length - 1}/{file.Length}\r\n{validator}", file[start..], sent);
    }

    public void Dispose()
    {
        _stop.Cancel();
        _listener.Stop();
        _stop.Dispose();
    }

    private async Task Serve()
    {
        try
        {
            while (true)
                _ = Converse(await _listener.AcceptTcpClientAsync(_stop.Token));
        }
        catch (Exception error) when (error is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task Converse(TcpClient client)
    {
        using var connection = client;
        try
        {
            var stream = connection.GetStream();
            using var reader = new StreamReader(stream, Encoding.ASCII, leaveOpen: true);
            var path = (await reader.ReadLineAsync(_stop.Token))!.Split(' ')[1].TrimStart('/');
            var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
            while (await reader.ReadLineAsync(_stop.Token) is { Length: > 0 } line)
                headers[line[..line.IndexOf(':')]] = line[(line.IndexOf(':') + 1)..].Trim();
            var range = headers.GetValueOrDefault("Range");
            Requests.Enqueue($"{path} {range} {headers.GetValueOrDefault("If-Range")}".TrimEnd());
            var answer = _answer(path, range);
            var head = $"HTTP/1.1 {answer.Status}\r\nContent-Length: {answer.Body.Length}\r\nConnection: close\r\n{answer.Headers}\r\n\r\n";
            await stream.WriteAsync(Encoding.ASCII.GetBytes(head.Replace("\r\n\r\n\r\n", "\r\n\r\n")), _stop.Token);
            await stream.WriteAsync(answer.Body.AsMemory(0, answer.Sent ?? answer.Body.Length), _stop.Token);
            await stream.FlushAsync(_stop.Token);
            if (answer.Silent)
                await Task.Delay(Timeout.Infinite, _stop.Token);
        }
        catch (Exception error) when (error is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // The client went away, or the test is over.
        }
    }
}
