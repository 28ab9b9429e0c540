using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace Recollect.Tests.Cli;

/// <summary>A folder for one test, and command lines that train a network of a few hundred numbers on a few of the embedded digits.</summary>
internal sealed class SmallRuns : IDisposable
{
    private const string Auxiliary = """
        auxiliary=[{"kind":"reconstruction","segments":2,"length":8,"bptt":6,"decoder":{"headUnits":7}},
          {"kind":"prediction","length":10,"bptt":5,"decoder":{"headUnits":7}}]
        """;

    // 48 rows to train on in batches of 16: three updates an epoch, of about ten milliseconds each.
    private static readonly string[] FewDigits =
    [
        "data.limit=60", "data.testLimit=30", "data.validation=0.2",
        "training.batch=16", "training.epochs=2", "training.logEvery=1", "training.checkpointEvery=2",
    ];

    private static readonly string[] Network = ["model.hidden=8", "model.embedding=6", "model.headUnits=9"];

    public string Folder { get; } = Directory.CreateTempSubdirectory("recollect-small-").FullName;

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    public string In(params string[] names) => Path.Combine([Folder, .. names]);

    /// <summary>Writes a file into the folder.</summary>
    public string Write(string name, string text)
    {
        File.WriteAllText(In(name), text);
        return In(name);
    }

    /// <summary>The words of a training on digits: <paramref name="more"/> options, and <paramref name="edits"/> of the recipe.</summary>
    public static string[] Digits(string run, string[] edits, params string[] more) => Words("digits-lstm", run, [.. FewDigits, .. edits], more);

    /// <summary>The words of a training of any recipe at this size.</summary>
    public static string[] Words(string recipe, string run, string[] edits, params string[] more) =>
        ["train", recipe, "--out", run, "--threads", "1", .. more, .. Network.Concat(edits).SelectMany(edit => new[] { "--set", edit })];

    /// <summary>Trains on digits to the end, or as far as <paramref name="more"/> says; anything but success fails.</summary>
    public string Train(string name, string[] edits, params string[] more)
    {
        var ran = Ran.Command(Digits(In(name), edits, more));
        Assert.True(ran.Code == 0, ran.Error);
        return In(name);
    }

    /// <summary>Edits that add a reconstruction and a prediction, and an epoch of pretraining.</summary>
    public static string[] WithAuxiliaries { get; } = [Auxiliary, "training.pretrainEpochs=1"];

    /// <summary>Goes on with a run.</summary>
    public static Ran Resume(string run, params string[] more) => Ran.Command(["train", "--resume", run, "--threads", "1", .. more]);

    /// <summary>The checkpoints of a run, the newest first.</summary>
    public static string[] Checkpoints(string run) =>
        [.. Directory.GetFiles(Path.Combine(run, "checkpoint")).OrderDescending(StringComparer.Ordinal)];

    /// <summary>Every file under a folder with its content's hash, to tell that nothing was lost, changed or left behind.</summary>
    public static SortedDictionary<string, string> Contents(string folder) => new(
        Directory.GetFiles(folder, "*", SearchOption.AllDirectories).ToDictionary(
            file => Path.GetRelativePath(folder, file), file => Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(file)))),
        StringComparer.Ordinal);

    /// <summary>One key of a JSON file.</summary>
    public static JsonNode? Key(string run, string file, string key) => JsonNode.Parse(File.ReadAllText(Path.Combine(run, file)))![key];
}

/// <summary>What every refusal promises.</summary>
internal static class Refusal
{
    /// <summary>One message with each of <paramref name="parts"/>, this exit code, no result and no stack trace.</summary>
    public static void Refused(this Ran ran, int code, params string[] parts)
    {
        Assert.True(ran.Code == code, $"Exit code {ran.Code}, expected {code}: {ran.Error}");
        Assert.Empty(ran.Out);
        Assert.StartsWith("recollect: ", ran.Error.Split('\n')[^2]);
        Assert.All(parts, part => Assert.Contains(part, ran.Error));
        Assert.DoesNotContain("   at ", ran.Error);
        Assert.DoesNotContain("Exception", ran.Error);
        Assert.DoesNotContain("a defect of the program", ran.Error);
    }
}
