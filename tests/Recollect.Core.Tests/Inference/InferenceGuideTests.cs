using Recollect.Inference;
using Recollect.Tests;

namespace Recollect.Core.Tests.Inference;

/// <summary>The code of docs/inference.md, compiled and run: every line of it stands here, in its order.</summary>
public sealed class InferenceGuideTests : IDisposable
{
    private readonly string _before = Directory.GetCurrentDirectory();
    private readonly string _folder = Directory.CreateTempSubdirectory("recollect-guide-").FullName;

    public InferenceGuideTests()
    {
        Directory.SetCurrentDirectory(_folder);
        Directory.CreateDirectory("runs/mail-0");
    }

    public void Dispose()
    {
        Directory.SetCurrentDirectory(_before);
        Directory.Delete(_folder, recursive: true);
    }

    private static string Guide { get; } = Path.Combine(Checkout.Folder, "docs", "inference.md");

    private static string Code { get; } = Path.Combine(Checkout.Folder, "tests", "Recollect.Core.Tests", "Inference", "InferenceGuideTests.cs");

    [Fact]
    public void Whole_sequences()
    {
        File.WriteAllBytes("runs/mail-0/model.safetensors", SmallModel.File(SmallModel.Lstm, SmallModel.Text));
        var model = SequenceModel.Load("runs/mail-0/model.safetensors");
        var prediction = model.Classify("Win, win, win");
        Console.WriteLine($"{prediction.Label}, {prediction.Probability:0.00}");
        var predictions = model.ClassifyBatch([model.SampleOf("Dinner on Saturday?"), model.SampleOf("Cheap, cheap, cheap")]);
        Assert.Contains(prediction.Label, model.Classes);
        Assert.Equal(2, predictions.Length);
    }

    [Fact]
    public void A_stream_that_is_saved()
    {
        var model = SmallModel.Of(SmallModel.Lstm, SmallModel.Text);
        string[] pieces = ["Win, ", "win, ", "win"];
        using var stream = model.OpenStream();
        foreach (var piece in pieces)
        {
            stream.Push(piece);
            Console.WriteLine($"after {stream.Steps} steps: {stream.Label}, {stream.Current[stream.Index]:0.00}");
        }
        File.WriteAllBytes("stream.state", stream.Save());
        using var later = model.OpenStream(File.ReadAllBytes("stream.state"));
        Assert.Equal(model.Classify("Win, win, win").Logits, later.Logits.ToArray());
    }

    [Fact]
    public void Prepared_steps()
    {
        var model = SmallModel.Of(SmallModel.Lstm, SmallModel.Permuted);
        byte[] pixels = [1, 2, 3, 4];
        var beliefs = new List<double[]>();
        using var stream = model.OpenStream();
        foreach (var token in model.TokensOf(model.SampleOf(pixels)))
        {
            stream.PushStep(token);
            beliefs.Add(stream.Current.ToArray());
        }
        Assert.Equal(pixels.Length, beliefs.Count);
    }

    [Fact]
    public void Every_line_of_the_guides_code_stands_in_this_file_in_its_order()
    {
        string[] code = [.. File.ReadLines(Code).Select(line => line.Trim())];
        var blocks = 0;
        var at = -1; // of the line before; −1 at the beginning of a block
        var inside = false;
        foreach (var line in File.ReadLines(Guide).Select(line => line.Trim()))
        {
            if (line.StartsWith("```", StringComparison.Ordinal))
            {
                (inside, at) = (!inside && line == "```csharp", -1);
                blocks += inside ? 1 : 0;
            }
            else if (inside)
            {
                at = at < 0 ? Array.IndexOf(code, line) : code.ElementAtOrDefault(at + 1) == line ? at + 1 : -1;
                Assert.True(at >= 0, $"docs/inference.md has a line that this file has not, or not here: {line}");
            }
        }
        Assert.Equal(6, blocks);
    }
}
