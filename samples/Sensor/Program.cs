// Watches a sensor with a trained model: sensor-sample MODEL < READINGS
// A line of standard input is a step: its number, or its numbers with commas between them; nothing stands where one is missing.
// A line on standard output whenever the model believes something else: steps so far, label, probability.
using System.Globalization;
using Recollect;
using Recollect.Inference;

if (args is not [var path])
{
    Console.Error.WriteLine("usage: sensor-sample MODEL < READINGS");
    return 2;
}
try
{
    using var stream = SequenceModel.Load(path).OpenStream();
    string? believed = null;
    while (Console.ReadLine() is { } line)
    {
        var number = stream.Steps + 1;
        if (stream.Push(Array.ConvertAll(line.Split(','), text => NumberOf(text, number))) != 1)
            throw new DataException($"Line {number}: '{line}' is more than a step; expected {stream.Model.Format.Width} number(s).");
        if (stream.Label == believed)
            continue;
        believed = stream.Label;
        Console.WriteLine($"{stream.Steps}\t{believed}\t{stream.Current[stream.Index]:0.00}");
    }
    return 0;
}
catch (RecollectException error)
{
    Console.Error.WriteLine(error.Message);
    return error.ExitCode;
}

static float NumberOf(string text, long line) =>
    text.Length == 0 ? float.NaN // missing: the model says what becomes of it
    : float.TryParse(text, CultureInfo.InvariantCulture, out var number) ? number
    : throw new DataException($"Line {line}: found '{text}'; expected a number, or nothing where one is missing.");
