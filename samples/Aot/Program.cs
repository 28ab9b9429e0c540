// Labels a stream with a model file, and nothing of libtorch: aot-sample MODEL < STREAM
// What is read are bytes (of files, texts, or an image's pixels); lines, of a model of characters or words; or of a model of series a line a step, its numbers
// with commas between them and nothing where one is missing.
// A line on standard output as soon as there are 1, 2, 4, 8 … steps, and after the last: steps, label, probability.
// Published by: dotnet publish samples/Aot -c Release -r linux-x64 (docs/inference.md)
using System.Globalization;
using System.Numerics;
using Recollect;
using Recollect.Inference;
using Recollect.Sequences;

if (args is not [var path])
{
    Console.Error.WriteLine("usage: aot-sample MODEL < STREAM");
    return 2;
}
try
{
    using var stream = SequenceModel.Load(path).OpenStream();
    using var input = Console.OpenStandardInput();
    var (shown, next) = (-1L, 1L);
    foreach (var _ in Pushes(input, stream))
    {
        if (stream.Steps >= next)
            (shown, next) = (Show(stream), (long)BitOperations.RoundUpToPowerOf2((ulong)stream.Steps + 1));
    }
    if (stream.Steps > shown)
        Show(stream);
    return 0;
}
catch (RecollectException error)
{
    Console.Error.WriteLine(error.Message);
    return error.ExitCode;
}

// Pushes one piece after the other, and says of each how many steps it was.
static IEnumerable<int> Pushes(Stream input, SequenceStream stream) => stream.Model.Preprocessing switch
{
    SeriesPreprocessing => Lines(input).Select((line, at) => stream.Push(StepOf(line, at + 1, stream.Model.Format.Width))),
    TextPreprocessing { Unit: not TextUnit.Bytes } => Lines(input).Select(line => stream.Push(line + "\n")),
    _ => Bytes(input).Select(value => stream.Push(value)),
};

static IEnumerable<byte> Bytes(Stream input)
{
    var buffer = new byte[1 << 16];
    for (int count; (count = input.Read(buffer)) > 0;)
    {
        for (var at = 0; at < count; at++)
            yield return buffer[at];
    }
}

static IEnumerable<string> Lines(Stream input)
{
    using var lines = new StreamReader(input);
    while (lines.ReadLine() is { } line)
        yield return line;
}

static float[] StepOf(string line, int number, int width)
{
    var step = Array.ConvertAll(line.Split(','), text =>
        text.Length == 0 ? float.NaN // missing: the model says what becomes of it
        : float.TryParse(text, CultureInfo.InvariantCulture, out var value) ? value
        : throw new DataException($"Line {number}: found '{text}'; expected a number, or nothing where one is missing."));
    return step.Length == width ? step : throw new DataException($"Line {number}: found {step.Length} number(s); expected {width}.");
}

static long Show(SequenceStream stream)
{
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{stream.Steps}\t{stream.Label}\t{stream.Current[stream.Index]:0.0000}"));
    return stream.Steps;
}
