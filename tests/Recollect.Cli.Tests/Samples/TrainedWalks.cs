using System.Diagnostics;

namespace Recollect.Tests.Cli.Samples;

/// <summary>A model of what samples/accelerometer.awk makes up, trained once for all samples.</summary>
public sealed class TrainedWalks : IDisposable
{
    private readonly SmallRuns _runs = new();

    public TrainedWalks()
    {
        if (!IsPossible)
            return;
        Table = _runs.Write("walks.csv", Simulated("rows=400"));
        var ran = Ran.Command("train", "digits-lstm-full", "--out", Run, "--threads", "1", "--set", $$"""data={"source":"csv","train":"{{Table}}","standardize":true}""");
        Assert.True(ran.Code == 0, ran.Error);
    }

    public string Table { get; } = "";

    public string Run => _runs.In("run");

    public string Model => Path.Combine(Run, "model.safetensors");

    private static bool IsPossible => File.Exists("/usr/bin/awk");

    public static void SkipWhereImpossible() => Assert.SkipUnless(IsPossible, "There is no /usr/bin/awk.");

    public void Dispose() => _runs.Dispose();

    /// <summary>What the simulated sensor says, by one variable of its script.</summary>
    public static string Simulated(string variable)
    {
        using var awk = Process.Start(new ProcessStartInfo("awk", ["-v", variable, "-f", Path.Combine(Checkout.Folder, "samples", "accelerometer.awk")]) { RedirectStandardOutput = true })!;
        var output = awk.StandardOutput.ReadToEnd();
        awk.WaitForExit();
        Assert.Equal(0, awk.ExitCode);
        return output;
    }
}

/// <summary>Tests that share the trained model.</summary>
[CollectionDefinition(nameof(TrainedWalks))]
public sealed class TrainedWalksCollection : ICollectionFixture<TrainedWalks>;
