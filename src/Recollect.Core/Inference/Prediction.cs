namespace Recollect.Inference;

/// <summary>What a model says of a sequence.</summary>
public sealed class Prediction
{
    private readonly double[] _probabilities;
    private readonly float[] _logits;

    internal Prediction(IReadOnlyList<string> classes, ReadOnlySpan<float> logits)
    {
        RefuseInfinite(logits, "What the model says");
        Classes = classes;
        _logits = logits.ToArray();
        _probabilities = new double[logits.Length];
        Softmax(logits, _probabilities);
    }

    /// <summary>The class names, in label order.</summary>
    public IReadOnlyList<string> Classes { get; }

    /// <summary>The number of the most probable class; the first of equals.</summary>
    public int Index => Largest(_probabilities);

    /// <summary>The name of the most probable class.</summary>
    public string Label => Classes[Index];

    /// <summary>The probability of that class.</summary>
    public double Probability => _probabilities[Index];

    /// <summary>The probability of each class, in label order; their sum is 1. // [C]</summary>
    public IReadOnlyList<double> Probabilities => _probabilities;

    /// <summary>What the probabilities are the softmax of. // [C]</summary>
    public IReadOnlyList<float> Logits => _logits;

    /// <summary>The label and its probability.</summary>
    public override string ToString() => $"{Label} ({Probability:0.000})";

    // States are looked at as logits are: what becomes of a NaN is not left to the rectifiers between them.
    internal static void RefuseInfinite(ReadOnlySpan<float> numbers, string what)
    {
        foreach (var number in numbers)
        {
            if (!float.IsFinite(number))
                throw new DataException($"{what} holds the number {number}; expected finite ones. The steps or the model's weights are too large: look at the data, or train it anew.");
        }
    }

    // In double, so that probabilities of the printed precision sum to 1.
    internal static void Softmax(ReadOnlySpan<float> logits, Span<double> probabilities)
    {
        var largest = float.NegativeInfinity;
        foreach (var logit in logits)
            largest = Math.Max(largest, logit);
        var sum = 0.0;
        for (var c = 0; c < logits.Length; c++)
            sum += probabilities[c] = Math.Exp((double)logits[c] - largest);
        for (var c = 0; c < logits.Length; c++)
            probabilities[c] /= sum;
    }

    internal static int Largest(ReadOnlySpan<double> probabilities)
    {
        var best = 0;
        for (var c = 1; c < probabilities.Length; c++)
            best = probabilities[c] > probabilities[best] ? c : best;
        return best;
    }
}
