namespace Recollect.Server;

/// <summary>Whether the server is coming to its end: no longer ready for what is new, while what runs is finished.</summary>
internal sealed class Draining : IDisposable
{
    private readonly CancellationTokenSource _leave = new();
    private volatile bool _begun;

    /// <summary>Whether it has begun: nothing new is taken.</summary>
    public bool Begun => _begun;

    /// <summary>Cancelled when open WebSockets are to leave: at the beginning, or a while later.</summary>
    public CancellationToken Leave => _leave.Token;

    /// <summary>Begins it.</summary>
    public void Begin() => _begun = true;

    /// <summary>Tells open WebSockets to leave.</summary>
    public void SendAway() => _leave.Cancel();

    public void Dispose() => _leave.Dispose();
}
