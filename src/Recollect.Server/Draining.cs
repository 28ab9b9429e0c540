namespace Recollect.Server;

/// <summary>Whether the server is coming to its end: no longer ready for what is new, while what runs is finished.</summary>
internal sealed class Draining : IDisposable
{
    private readonly CancellationTokenSource _begun = new();

    /// <summary>Cancelled when the end begins.</summary>
    public CancellationToken Token => _begun.Token;

    /// <summary>Whether it has begun.</summary>
    public bool Begun => _begun.IsCancellationRequested;

    /// <summary>Begins it.</summary>
    public void Begin() => _begun.Cancel();

    public void Dispose() => _begun.Dispose();
}
