using System.Diagnostics;
using Recollect.Cli;
using Recollect.Experiments;
using Recollect.Runs;
using YamlDotNet.RepresentationModel;

namespace Recollect.Tests.Cli.Parallel;

/// <summary>The files of deploy/, with launchers that only say what they were asked to start: each word is one that the program knows.</summary>
public sealed class DeploymentTests : IDisposable
{
    private readonly SmallRuns _runs = new();

    public DeploymentTests() => Assert.SkipWhen(OperatingSystem.IsWindows(), "The files are for a POSIX shell.");

    public void Dispose() => _runs.Dispose();

    [Fact]
    public void Slurms_file_starts_a_process_a_machine_and_goes_on_after_its_time_was_up()
    {
        var file = Path.Combine(Checkout.Folder, "deploy", "recollect.slurm");
        var (code, words) = Start([file, "digits", "--set", "training.batch=128"], "srun", 143);
        Assert.Equal(143, code);
        Assert.Equal(["--mpi=pmix", "--kill-on-bad-exit=1", "--cpus-per-task=8", "recollect"], words[..4]);
        var request = Request(words[4..]);
        Assert.Equal(("digits", 128, "runs/slurm-7", 8, false), (request.Recipe.Name, request.Recipe.Training.Batch, request.Folder, request.Workplace.Threads, request.Resume));
        Assert.Equal("requeue 7", File.ReadAllText(_runs.In("scontrol.txt")).Trim());
        File.Delete(_runs.In("scontrol.txt"));
        Start([file, "digits"], "srun", 143, state: "COMPLETING");
        Assert.False(File.Exists(_runs.In("scontrol.txt")), "A cancelled job was queued anew.");

        LeaveCheckpoint("runs/slurm-7", request.Recipe);
        (code, words) = Start([file, "digits", "--set", "training.batch=128"], "srun", 0);
        Assert.Equal((0, false), (code, File.Exists(_runs.In("scontrol.txt"))));
        var resumed = Request(words[4..]);
        Assert.Equal(("runs/slurm-7", 128, true), (resumed.Folder, resumed.Recipe.Training.Batch, resumed.Resume));
    }

    [Fact]
    public void Kubernetes_file_asks_for_as_many_processes_as_it_has_workers()
    {
        var yaml = new YamlStream();
        yaml.Load(new StringReader(File.ReadAllText(Path.Combine(Checkout.Folder, "deploy", "mpijob.yaml"))));
        var job = yaml.Documents.Single().RootNode;
        Assert.Equal(("kubeflow.org/v2beta1", "MPIJob"), (Text(job, "apiVersion"), Text(job, "kind")));
        var (launcher, worker) = (At(job, "spec", "mpiReplicaSpecs", "Launcher"), At(job, "spec", "mpiReplicaSpecs", "Worker"));
        var (speaking, computing) = (Container(launcher), Container(worker));
        Assert.Equal(Text(speaking, "image"), Text(computing, "image"));
        Assert.Equal("1", Text(launcher, "replicas"));
        foreach (var replica in new[] { launcher, worker })
            Assert.Equal(Names(At(replica, "template", "spec", "volumes")), Names(At(Container(replica), "volumeMounts")));

        var script = _runs.Write("launch", Assert.Single(At<YamlSequenceNode>(speaking, "args").Children.Select(line => ((YamlScalarNode)line).Value!)));
        var (code, words) = Start([script], "mpirun", 0);
        Assert.Equal(0, code);
        var processes = int.Parse(Text(worker, "replicas")) * int.Parse(Text(job, "spec", "slotsPerWorker"));
        Assert.Equal(["-np", $"{processes}"], words[..2]);
        var request = Request(words[(Array.IndexOf(words, "recollect") + 1)..]);
        Assert.Equal(("mnist-r-lstm-300", "runs/mnist", false), (request.Recipe.Name, request.Folder, request.Resume));
        Assert.Equal(Text(computing, "resources", "limits", "cpu"), $"{request.Workplace.Threads}");

        LeaveCheckpoint("runs/mnist", request.Recipe);
        words = Start([script], "mpirun", 0).Words;
        Assert.True(Request(words[(Array.IndexOf(words, "recollect") + 1)..]).Resume);
    }

    /// <summary>Runs a script beside a <paramref name="launcher"/> that writes down its words and ends with <paramref name="code"/>.</summary>
    private (int Code, string[] Words) Start(string[] script, string launcher, int code, string state = "RUNNING")
    {
        foreach (var (name, end) in new[] { (launcher, code), ("scontrol", 0), ("squeue", 0) })
        {
            var file = _runs.Write($"bin-{name}", name == "squeue" ? $"#!/bin/sh\necho {state}\n" : $"#!/bin/sh\nprintf '%s\\n' \"$@\" | {(name == "scontrol" ? "tr '\\n' ' '" : "cat")} > '{_runs.In(name)}.txt'\nexit {end}\n");
            Directory.CreateDirectory(_runs.In("bin"));
            File.Move(file, _runs.In("bin", name), overwrite: true);
            if (!OperatingSystem.IsWindows()) // for the compiler, which does not know that the test is skipped there
                File.SetUnixFileMode(_runs.In("bin", name), UnixFileMode.UserRead | UnixFileMode.UserExecute);
        }
        var information = new ProcessStartInfo("bash", script) { WorkingDirectory = _runs.Folder };
        foreach (var (name, value) in new[] { ("PATH", $"{_runs.In("bin")}:{Environment.GetEnvironmentVariable("PATH")}"), ("SLURM_JOB_ID", "7"), ("SLURM_CPUS_PER_TASK", "8") })
            information.Environment[name] = value;
        using var process = Process.Start(information)!;
        process.WaitForExit();
        return (process.ExitCode, File.ReadAllLines(_runs.In($"{launcher}.txt")));
    }

    /// <summary>What the program makes of the words, in the script's folder.</summary>
    private TrainRequest Request(string[] words)
    {
        TrainRequest? request = null;
        var engine = new Engine
        {
            Train = (asked, _, _) =>
            {
                request = asked;
                return new Summary { Parameters = 1, TrainSeconds = 1, Updates = 1, Epochs = 1, Complete = true };
            },
        };
        var here = Directory.GetCurrentDirectory();
        Directory.SetCurrentDirectory(_runs.Folder);
        try
        {
            var ran = Ran.Command(engine, words);
            Assert.True(ran.Code == 0, ran.Error);
            return request!;
        }
        finally
        {
            Directory.SetCurrentDirectory(here);
        }
    }

    private void LeaveCheckpoint(string run, Recipe recipe)
    {
        Directory.CreateDirectory(_runs.In(run, "checkpoint"));
        File.WriteAllText(_runs.In(run, "recipe.json"), RecipeJson.Write(recipe.Resolve()));
    }

    private static YamlNode Container(YamlNode replica) => Assert.Single(At<YamlSequenceNode>(replica, "template", "spec", "containers").Children);

    private static string[] Names(YamlNode list) => [.. ((YamlSequenceNode)list).Children.Select(entry => Text(entry, "name"))];

    private static string Text(YamlNode node, params string[] keys) => At<YamlScalarNode>(node, keys).Value!;

    private static YamlNode At(YamlNode node, params string[] keys) => At<YamlNode>(node, keys);

    private static T At<T>(YamlNode node, params string[] keys)
        where T : YamlNode => Assert.IsType<T>(keys.Aggregate(node, (at, key) => at[key]), exactMatch: false);
}
