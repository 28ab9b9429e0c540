using System.Text.Json.Nodes;

namespace Recollect.Tests.Reports;

/// <summary>A folder for one test, with runs as `recollect train` leaves them, written by hand.</summary>
internal sealed class RunFolders : IDisposable
{
    public string Folder { get; } = Directory.CreateTempSubdirectory("recollect-reports-").FullName;

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    public string In(params string[] names) => Path.Combine([Folder, .. names]);

    /// <summary>Writes a file, and the folders above it.</summary>
    public string Write(string name, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(In(name))!);
        File.WriteAllText(In(name), text);
        return In(name);
    }

    /// <summary>A finished run of four updates over two epochs.</summary>
    /// <param name="name">The folder.</param>
    /// <param name="accuracy">Of the test split, a fraction.</param>
    /// <param name="seed">The seed.</param>
    /// <param name="recipe">A name that sets its recipe apart from others'.</param>
    public string Finished(string name, double accuracy, int seed = 1, string recipe = "digits")
    {
        Begun(name, seed, recipe);
        Write($"{name}/summary.json", $$"""
            {"test":{"accuracy":{{accuracy}},"loss":{{1 - accuracy}},"examples":20},"parameters":300,"auxiliaryParameters":50,"trainSeconds":8.0,"updates":4,"epochs":2,"complete":true,"peakMemory":{{200000000 + seed}}}
            """);
        Write($"{name}/evaluation.json", $$"""
            {"split":"test","accuracy":{{accuracy}},"loss":1.0,"macroF1":0.5,"examples":20,"classes":["cat","dog"],"confusion":[[7,3],[4,6]],"perClass":[]}
            """);
        return In(name);
    }

    /// <summary>Makes a finished run one that `--max-steps` stopped.</summary>
    public void Stop(string name) => File.WriteAllText(In(name, "summary.json"), File.ReadAllText(In(name, "summary.json")).Replace("\"complete\":true", "\"complete\":false,\"stoppedBy\":\"--max-steps\""));

    /// <summary>A run that has no summary yet.</summary>
    public string Begun(string name, int seed = 1, string recipe = "digits")
    {
        Write($"{name}/recipe.json", $$"""{"format":1,"name":"{{recipe}}","model":{"cell":"lstm","hidden":8},"auxiliary":[],"seed":{{seed}}}""");
        Write($"{name}/manifest.json", Manifest(seed));
        Write($"{name}/metrics.jsonl", string.Concat(Enumerable.Range(1, 2).Select(epoch => $$"""
            {"phase":"train","epoch":{{epoch}},"step":{{2 * epoch}},"split":"train","wholeEpoch":true,"loss":{{3.0 / epoch + seed}},"supervised":{{2.0 / epoch + seed}},"auxiliary":1.0,"accuracy":{{0.25 * epoch}},"seconds":{{4 * epoch}}}
            {"phase":"train","epoch":{{epoch}},"step":{{2 * epoch}},"split":"test","loss":{{2.5 / epoch}},"accuracy":{{0.2 * epoch}}}

            """)));
        return In(name);
    }

    /// <summary>Adds a line to a run's log: what was reached on the test split after so many updates.</summary>
    public void Log(string name, int step, double accuracy) => File.AppendAllText(In(name, "metrics.jsonl"),
        $$"""{"phase":"train","epoch":{{step / 2}},"step":{{step}},"split":"test","loss":1.0,"accuracy":{{accuracy}}}""" + "\n");

    /// <summary>Adds both probes to a run.</summary>
    public void Probe(string name)
    {
        Write($"{name}/probes/gradient.json", """{"format":2,"split":"test","rows":2,"distances":[0,1,3,7],"norms":[0.5,0.25,0.04,0.001]}""");
        Write($"{name}/probes/memory.json", Memory().ToJsonString());
    }

    /// <summary>A memory probe of 2×3 grey pixels: one image, decoded at two anchors.</summary>
    public static JsonObject Memory() => JsonNode.Parse("""
        {"format":1,"height":2,"width":3,"channels":1,"losses":[{"index":0,"kind":"reconstruction","rows":[
          {"row":0,"label":"7","image":[0,50,100,150,200,250],"anchors":[{"anchor":3,"start":1,"decoded":[9,19]},{"anchor":6,"start":4,"decoded":[29,39]}]}]}]}
        """)!.AsObject();

    /// <summary>Every kind of exhibit, with runs that are finished and one that has begun.</summary>
    public void Example()
    {
        Write("exhibits.json", Reading.ReportInputTests.Example);
        Finished("runs/lstm-s1", 0.125, 1, "lstm");
        Finished("runs/r-300-s1", 0.7, 1, "r-300");
        Finished("runs/lstm-full-s1", 0.5, 1, "lstm-full");
        Begun("runs/r-s1", 1, "r");
        Finished("runs/r-1600", 0.1, 1, "r-1600");
    }

    private static string Manifest(int seed) => $$"""
        {"program":"0.1.0","runtime":".NET 10.0.0","machine":{"processor":"A Processor","cores":2,"memory":8000000000,"operatingSystem":"An OS","architecture":"X64"},
         "libraries":{"libtorch":"2.10"},"device":"cpu","threads":1,"engine":"kernels","seed":{{seed}},"data":[],"command":["recollect","train","digits"],"started":"2026-01-01T00:00:00+00:00"}
        """;
}
