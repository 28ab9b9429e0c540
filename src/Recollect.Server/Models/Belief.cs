using Recollect.Inference;

namespace Recollect.Server.Models;

/// <summary>What a model thinks of the steps that it has read.</summary>
public record Belief
{
    /// <summary>How many steps it has read.</summary>
    public required long Steps { get; init; }

    /// <summary>The class with the highest probability.</summary>
    public required string Label { get; init; }

    /// <summary>The probability of each class, in label order; their sum is 1.</summary>
    public required IReadOnlyDictionary<string, double> Probabilities { get; init; }

    /// <summary>The belief that a prediction is after <paramref name="steps"/> steps.</summary>
    internal static Belief Of(Prediction prediction, long steps) => new()
    {
        Steps = steps,
        Label = prediction.Label,
        Probabilities = prediction.Classes.Zip(prediction.Probabilities).ToDictionary(pair => pair.First, pair => pair.Second),
    };
}

/// <summary>What a model thinks of several sequences.</summary>
public sealed record BatchAnswer
{
    /// <summary>One belief a sequence, in the order in which they were sent.</summary>
    public required IReadOnlyList<Belief> Results { get; init; }
}

/// <summary>What a model thinks of a stream so far.</summary>
public sealed record StreamBelief : Belief
{
    /// <summary>The stream's name.</summary>
    public required string Id { get; init; }

    /// <summary>The belief of the stream called <paramref name="id"/>.</summary>
    internal static StreamBelief Of(string id, Belief belief) => new() { Id = id, Steps = belief.Steps, Label = belief.Label, Probabilities = belief.Probabilities };
}

/// <summary>What is said over a WebSocket: what a model thinks of the stream so far.</summary>
public sealed record SocketBelief : Belief
{
    /// <summary>The stream's name.</summary>
    public required string Id { get; init; }

    /// <summary>Whether the message is read to its end; of the first belief, which no message asked for, too.</summary>
    public required bool Done { get; init; }

    /// <summary>The belief of the stream called <paramref name="id"/>.</summary>
    internal static SocketBelief Of(string id, Belief belief, bool done) =>
        new() { Id = id, Done = done, Steps = belief.Steps, Label = belief.Label, Probabilities = belief.Probabilities };
}
