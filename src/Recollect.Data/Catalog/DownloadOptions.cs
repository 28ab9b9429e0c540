namespace Recollect.Data;

/// <summary>How patient a download is.</summary>
public sealed record DownloadOptions
{
    /// <summary>Longest wait for a connection and for the answer's head.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Longest wait for the next bytes.</summary>
    public TimeSpan StallTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Tries of one address, where the connection breaks or the server fails; at least 1. Each goes on where the last one stopped.</summary>
    public int Attempts { get; init; } = 4;

    /// <summary>Wait before the second try; it doubles for each one after.</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromSeconds(1);
}

/// <summary>How far a download is.</summary>
/// <param name="File">The archive's name.</param>
/// <param name="Address">Where it comes from.</param>
/// <param name="Received">Bytes on disk.</param>
/// <param name="Total">Bytes in all.</param>
/// <param name="Note">What just happened, where it is worth a line: a broken connection, the mirror; else null.</param>
public readonly record struct DownloadProgress(string File, Uri Address, long Received, long Total, string? Note = null);
