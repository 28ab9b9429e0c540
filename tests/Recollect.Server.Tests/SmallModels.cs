using System.Text.Json;
using Recollect.Inference;
using Recollect.Runs;
using Recollect.Sequences;

namespace Recollect.Tests.Server;

/// <summary>Models of a few hundred numbers, which nobody trained: a server does not mind what they say.</summary>
internal static class SmallModels
{
    /// <summary>Images as the embedded digits are: 8×8 pixels of 17 levels, ten classes.</summary>
    public static ImagePreprocessing Digits { get; } = new() { Shape = new ImageShape(8, 8, 1, 17), Downscale = 1, Encoding = StepKind.Tokens, Levels = 17 };

    /// <summary>The shape of a sample of <see cref="Digits"/>.</summary>
    public const int DigitPixels = 64;

    /// <summary>Writes a model whose answers follow its steps.</summary>
    public static void Write(string path, Preprocessing preprocessing) => Write(path, preprocessing, Ten, hidden: 4, (name, values) =>
    {
        var random = new Random(name.Length + values.Length); // any numbers, the same every time
        for (var i = 0; i < values.Length; i++)
            values[i] = 2 * random.NextSingle() - 1;
    });

    /// <summary>Writes a model that takes microseconds a step.</summary>
    public static void WriteSlow(string path, Preprocessing preprocessing) => Write(path, preprocessing, Ten, hidden: 192, (_, _) => { });

    /// <summary>Writes a model that says the same of all steps: three classes of probability 1/8, 2/8 and 5/8, as the softmax of ln 1, ln 2 and ln 5 is.</summary>
    public static void WriteConstant(string path, Preprocessing preprocessing) => Write(path, preprocessing, ["low", "middle", "high"], hidden: 4, (name, values) =>
    {
        if (name == "classifier.5.bias")
            (values[0], values[1], values[2]) = (0, MathF.Log(2), MathF.Log(5));
    });

    /// <summary>Writes a model that has no finite belief once it has read a byte other than 0.</summary>
    public static void WriteOverflowing(string path, Preprocessing preprocessing) => Write(path, preprocessing, Ten, hidden: 4, (name, values) =>
    {
        // Of 0 the embedding is 0, and so is h: each bias is 0.
        if (!name.Contains("bias", StringComparison.Ordinal))
            Array.Fill(values, name == "classifier.5.weight" ? 3e38f : 1);
        if (name == "embedding.weight")
            values.AsSpan(0, 3).Clear();
    });

    private static string[] Ten { get; } = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"];

    private static void Write(string path, Preprocessing preprocessing, string[] classes, int hidden, Action<string, float[]> fill)
    {
        var metadata = new Dictionary<string, string>
        {
            ["kind"] = "recollect-model",
            ["version"] = "1",
            ["program"] = "test",
            ["architecture"] = $$"""{"cell":"lstm","embedding":3,"hidden":{{hidden}},"layers":1,"headUnits":5,"dropout":0.5,"forgetBias":1}""",
            ["activation"] = "relu",
            ["preprocessing"] = preprocessing.ToJson(),
            ["classes"] = JsonSerializer.Serialize(classes),
            ["auxiliary"] = "[]",
        };
        var tensors = new List<StoredTensor>();
        foreach (var (name, shape) in new ModelArchitecture(RecurrentCell.Lstm, 3, hidden, 1, 5).Shapes(preprocessing.Format, classes.Length))
        {
            var values = new float[shape.Aggregate(1L, (product, size) => product * size)];
            fill(name, values);
            tensors.Add(StoredTensor.Of(name, shape, values));
        }
        Safetensors.Write(path, metadata, tensors);
    }
}
