// Labels a stream with a model file, and nothing of libtorch: aot-sample MODEL < STREAM
// What is read are bytes (of files, texts, or an image's pixels); lines, of a model of characters or words; or of a model of series a line a step, its numbers
// apart by commas.
// A line on standard output after 1, 2, 4, 8 … steps and after the last: steps, label, probability.
// Published by: dotnet publish samples/Aot -c Release -r linux-x64 (docs/inference.md)
using System.Globalization;
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
    var model = SequenceModel.Load(path);
    using var stream = model.OpenStream();
    using var input = Console.OpenStandardInput();
    switch (model.Preprocessing)
    {
        case SeriesPreprocessing:
            ReadLines(input, stream, line => stream.Push(line.Split(',').Select(NumberOf).ToArray()));
            break;
        case TextPreprocessing { Unit: not TextUnit.Bytes }:
            ReadLines(input, stream, line => stream.Push(line + "\n"));
            break;
        default:
            ReadBytes(input, stream);
            break;
    }
    Show(stream);
    return 0;
}
catch (RecollectException error)
{
    Console.Error.WriteLine(error.Message);
    return error.ExitCode;
}

static void ReadBytes(Stream input, SequenceStream stream)
{
    var buffer = new byte[1 << 16];
    for (int count; (count = input.Read(buffer)) > 0;)
    {
        foreach (var value in buffer.AsSpan(0, count))
        {
            stream.Push(value);
            ShowNowAndThen(stream);
        }
    }
}

static void ReadLines(Stream input, SequenceStream stream, Func<string, int> push)
{
    using var lines = new StreamReader(input);
    while (lines.ReadLine() is { } line)
    {
        push(line);
        ShowNowAndThen(stream);
    }
}

// A number that is missing is NaN: the model says what becomes of it.
static float NumberOf(string text) => float.TryParse(text, CultureInfo.InvariantCulture, out var number) ? number : float.NaN;

static void ShowNowAndThen(SequenceStream stream)
{
    if (long.IsPow2(stream.Steps))
        Show(stream);
}

static void Show(SequenceStream stream) =>
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{stream.Steps}\t{stream.Label}\t{stream.Current[stream.Index]:0.0000}"));
