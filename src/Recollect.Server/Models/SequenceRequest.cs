namespace Recollect.Server.Models;

/// <summary>A sequence to read: exactly one of its members, one that the model takes.</summary>
public record SequenceRequest
{
    /// <summary>The model's own steps, as its preprocessing would make them: tokens 0…V−1, or numbers, a list a step where there are several.</summary>
    public NumberList? Steps { get; init; }

    /// <summary>For a model of images: the image's components row by row, a pixel's channels side by side, each 0…levels−1.</summary>
    public NumberList? Image { get; init; }

    /// <summary>For a model of text: the text.</summary>
    public string? Text { get; init; }

    /// <summary>For a model of series: numbers as they were measured, a list a step where there are several; null for one that is missing.</summary>
    public NumberList? Series { get; init; }

    /// <summary>For a model of bytes: the file's bytes, in base64.</summary>
    public byte[]? Bytes { get; init; }
}

/// <summary>Several sequences to read.</summary>
public sealed record BatchRequest
{
    /// <summary>The sequences; at least one.</summary>
    public required IReadOnlyList<SequenceRequest> Sequences { get; init; }
}

/// <summary>A message over a WebSocket: more of the stream's sequence.</summary>
public sealed record SocketMessage : SequenceRequest
{
    /// <summary>After how many steps there is an answer, at least 1; absent: one answer, after the last step.</summary>
    public int? Every { get; init; }
}
