using Recollect.Core.Tests.Kernels;
using Recollect.Inference;
using Recollect.Runs;
using Recollect.Sequences;

namespace Recollect.Core.Tests.Inference;

/// <summary>Model files of a few random numbers, as <c>train</c> writes them.</summary>
internal static class SmallModel
{
    public const string Lstm = """{"cell":"lstm","embedding":3,"hidden":5,"layers":2,"headUnits":4,"dropout":0.5,"forgetBias":1,"engine":"auto"}""";
    public const string Gru = """{"cell":"gru","embedding":3,"hidden":5,"layers":2,"headUnits":4,"dropout":0.5,"forgetBias":1,"engine":"auto"}""";

    public const string Refined = """{"cell":"lstm","gates":"refined","embedding":3,"hidden":5,"layers":2,"headUnits":4,"dropout":0.5,"forgetBias":1,"engine":"auto"}""";

    public const string Bytes = """{"kind":"bytes"}""";
    public const string Text = """{"kind":"text"}""";
    public const string Characters = """{"kind":"text","unit":"characters","vocabulary":["a","b","é","🙂"]}""";
    public const string Words = """{"kind":"text","unit":"words","vocabulary":["good","bad","."]}""";
    public const string Pair = """{"kind":"series","components":2,"mean":[0.5,9.7],"scale":[1.25,0.5]}""";
    public const string Grey = """{"kind":"image","shape":{"height":3,"width":2,"channels":1,"levels":17},"downscale":1,"encoding":"tokens","levels":4}""";
    public const string Colour = """{"kind":"image","shape":{"height":2,"width":2,"channels":3,"levels":256},"downscale":1,"encoding":"reals"}""";
    public const string Permuted =
        """{"kind":"image","shape":{"height":2,"width":2,"channels":1,"levels":17},"downscale":1,"encoding":"tokens","levels":17,"permutation":{"generator":"philox4x32-10/fisher-yates","seed":1}}""";
    public const string Shrunk = """{"kind":"image","shape":{"height":4,"width":4,"channels":1,"levels":256},"downscale":2,"encoding":"reals"}""";

    /// <summary>The bytes of a model file with three classes.</summary>
    public static byte[] File(string architecture, string preprocessing, long seed = 1, Action<Dictionary<string, string>>? change = null, IEnumerable<StoredTensor>? more = null)
    {
        var metadata = new Dictionary<string, string>
        {
            ["kind"] = "recollect-model",
            ["version"] = "1",
            ["program"] = "test",
            ["architecture"] = architecture,
            ["activation"] = "relu",
            ["preprocessing"] = preprocessing,
            ["classes"] = """["red","green","blue"]""",
            ["auxiliary"] = "[]",
        };
        var numbers = new Numbers(seed);
        var format = Preprocessing.FromJson(preprocessing, "test").Format;
        StoredTensor[] tensors =
        [
            .. ModelArchitecture.Of(architecture, "test", format).Shapes(format, 3).Select(weight => StoredTensor.Of(
                weight.Name, weight.Shape, Array.ConvertAll(numbers.Normals((int)weight.Shape.Aggregate((a, b) => a * b), 0.5), number => (float)number))),
        ];
        change?.Invoke(metadata);
        return Written(metadata, [.. tensors, .. more ?? []]);
    }

    /// <summary>The bytes of a model file of bytes, some of whose numbers are others.</summary>
    public static byte[] With(string architecture, params (string Tensor, Func<int, float> Number)[] changes)
    {
        var file = Safetensors.Read(new MemoryStream(File(architecture, Bytes)), "small");
        return Written(file.Metadata.ToDictionary(), [.. file.Tensors.Select(tensor => changes.FirstOrDefault(change => change.Tensor == tensor.Name) is { Number: { } number }
            ? StoredTensor.Of(tensor.Name, tensor.Shape, [.. Enumerable.Range(0, (int)tensor.Count).Select(number)])
            : tensor)]);
    }

    /// <summary>A file under a right checksum.</summary>
    public static byte[] Written(IReadOnlyDictionary<string, string> metadata, IReadOnlyList<StoredTensor> tensors)
    {
        var folder = Directory.CreateTempSubdirectory("recollect-model-");
        var path = Path.Combine(folder.FullName, "model.safetensors");
        Safetensors.Write(path, metadata, tensors);
        var bytes = System.IO.File.ReadAllBytes(path);
        folder.Delete(recursive: true);
        return bytes;
    }

    /// <summary>A model with three classes.</summary>
    public static SequenceModel Of(string architecture, string preprocessing, long seed = 1) => SequenceModel.Load(File(architecture, preprocessing, seed), "small");
}
