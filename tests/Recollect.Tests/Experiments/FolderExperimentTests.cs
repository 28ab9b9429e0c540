using Recollect.Experiments;
using Recollect.Runs;
using SkiaSharp;

namespace Recollect.Tests.Experiments;

/// <summary>Class folders of images and of files: from a recipe to a model file that alone labels more of them.</summary>
public sealed class FolderExperimentTests : IDisposable
{
    private static readonly string[] Small =
    [
        "auxiliary=[]", "training.pretrainEpochs=0", "model.embedding=8", "model.hidden=12", "model.headUnits=9", "model.dropout=0",
        "training.batch=8", "training.epochs=40", "training.learningRate=0.01", "bptt.supervised=full",
    ];

    private readonly string _folder = Directory.CreateTempSubdirectory("recollect-folders-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string Write(string name, byte[] content)
    {
        var path = Path.Combine(_folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, content);
        return path;
    }

    private Summary Train(string data) => Experiment.Train(
        new TrainRequest
        {
            Recipe = RecipeBook.Open("digits-lstm", [.. Small, $"data={data}"]),
            Folder = Path.Combine(_folder, "run"),
            Workplace = new Workplace(_folder, DeviceChoice.Cpu, 1),
        },
        new Progress<TrainNews>(), new StopSignal());

    // The data are gone by then: what is needed is in the model file.
    private List<PredictedRow> Predict(string input)
    {
        var model = Path.Combine(_folder, "model.safetensors");
        File.Copy(Path.Combine(_folder, "run", "model.safetensors"), model);
        Directory.Delete(Path.Combine(_folder, "run"), recursive: true);
        Directory.Delete(Path.Combine(_folder, "train"), recursive: true);
        return [.. Experiment.Predict(new PredictRequest(model, input, () => Stream.Null, new Workplace(_folder, DeviceChoice.Cpu, 1)))];
    }

    // Light above dark, or dark above light, at any size.
    private static byte[] Halves(int width, int height, bool lightAbove)
    {
        using var bitmap = new SKBitmap(width, height);
        for (var y = 0; y < height; y++)
        {
            for (var x = 0; x < width; x++)
                bitmap.SetPixel(x, y, y < height / 2 == lightAbove ? new SKColor(220, 200, 210) : new SKColor(20, 30, 40));
        }
        using var png = bitmap.Encode(SKEncodedImageFormat.Png, 100);
        return png.ToArray();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_model_of_images_labels_a_folder_of_others_by_its_file_alone(bool grey)
    {
        for (var i = 0; i < 10; i++)
        {
            Write($"train/above/{i}.png", Halves(10 + i, 12 + 2 * i, true));
            Write($"train/below/{i}.png", Halves(12 + 3 * i, 10 + 2 * i, false));
        }
        var summary = Train($$"""{"source":"images","train":"train","size":4,"grey":{{(grey ? "true" : "false")}},"flip":true,"validation":0.2}""");
        Assert.Equal((1, 4), (summary.Test!.Accuracy, summary.Test.Examples));
        string[] files = [Write("new/1.png", Halves(30, 40, false)), Write("new/2.png", Halves(50, 20, true))];
        var rows = Predict(Path.Combine(_folder, "new"));
        Assert.Equal(["below", "above"], rows.Select(row => row.Label));
        Assert.Equal(files, rows.Select(row => row.File));
    }

    [Fact]
    public void A_model_of_bytes_labels_a_file_by_its_file_alone()
    {
        for (var i = 0; i < 20; i++)
        {
            Write($"train/low/{i}", [.. Enumerable.Range(0, 5 + i % 3).Select(n => (byte)((n + i) % 4))]);
            Write($"train/high/{i}", [.. Enumerable.Range(0, 4 + i % 4).Select(n => (byte)(250 + (n + i) % 4))]);
        }
        Train("""{"source":"bytes","train":"train","maxLength":6}""");
        var row = Assert.Single(Predict(Write("new.csv", [251, 252, 253, 250, 251, 9, 9, 9, 9]))); // cut to 6, whatever its name
        Assert.Equal(("high", null), (row.Label, row.File));
    }
}
