using System.Net.Sockets;
using System.Text;

namespace Recollect.Tests.Server;

/// <summary>A connection on which a test says what no client would.</summary>
internal sealed class RawConnection : IDisposable
{
    private readonly TcpClient _client = new() { NoDelay = true };

    public RawConnection(Uri address) => _client.Connect(address.Host, address.Port);

    public Socket Socket => _client.Client;

    public void Dispose() => _client.Dispose();

    /// <summary>Sends text, whose line ends are those of HTTP.</summary>
    public void Send(string text) => Socket.Send(Encoding.ASCII.GetBytes(text.Replace("\r", "").Replace("\n", "\r\n")));

    /// <summary>All that comes until the server closes the connection, or what came until it was reset.</summary>
    public async Task<string> Everything()
    {
        var (all, buffer) = (new StringBuilder(), new byte[8192]);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(TimeSpan.FromSeconds(60));
        try
        {
            while (await Socket.ReceiveAsync(buffer, patience.Token) is > 0 and var count)
                all.Append(Encoding.UTF8.GetString(buffer, 0, count));
        }
        catch (SocketException)
        {
        }
        return all.ToString();
    }
}
