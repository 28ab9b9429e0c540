using Recollect.Randomness;
using Recollect.Sequences;

namespace Recollect.Data;

/// <summary>Copying memory (Hochreiter and Schmidhuber 1997; as in Arjovsky et al. 2016): ten symbols of eight, a delay of T steps whose last is a sign, and the ten symbols again.</summary>
/// <remarks>
/// T + 20 steps, as text: symbols a…h, T − 1 blanks '.', the sign '>'. Said as a language model says it, from step 11 on, blanks and sign cost nothing, and the last ten symbols
/// cost ln 8 each without memory: 10·ln 8 / (T + 10) a scored step, which is Arjovsky's 10·ln 8 / (T + 20) a step of the whole row. The label is the first symbol.
/// </remarks>
internal static class CopyingTask
{
    /// <summary>Symbols to remember.</summary>
    public const int Remembered = 10;

    private const string Symbols = "abcdefgh";
    private const byte Blank = (byte)'.', Sign = (byte)'>';

    /// <summary>The symbols.</summary>
    public static IReadOnlyList<string> Classes { get; } = [.. Symbols.Select(symbol => $"{symbol}")];

    /// <summary>A token for each symbol, the blank and the sign.</summary>
    public static TextPreprocessing Preprocessing { get; } = new() { Unit = TextUnit.Characters, Vocabulary = [.. Classes, ".", ">"] };

    /// <summary>A row with a delay of <paramref name="delay"/> steps, at least 1.</summary>
    public static Sample Row(Origin origin, int delay, RandomStream stream)
    {
        var text = new byte[delay + 2 * Remembered];
        var symbols = text.AsSpan(0, Remembered);
        for (var i = 0; i < Remembered; i++)
            symbols[i] = (byte)Symbols[stream.Next(Symbols.Length)];
        text.AsSpan(Remembered, delay).Fill(Blank);
        text[Remembered + delay - 1] = Sign;
        symbols.CopyTo(text.AsSpan(Remembered + delay));
        return new TextSample(origin, $"{(char)symbols[0]}", text);
    }
}
