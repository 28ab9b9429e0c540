using System.Runtime.InteropServices;
using Recollect.Data;
using Recollect.Experiments;
using Recollect.Losses;
using Recollect.Networks;
using Recollect.Randomness;
using Recollect.Training;
using TorchSharp;

namespace Recollect.Tests.Training;

/// <summary>Processes of mpirun against one: the recipe of the digits in float64, where nothing but rounding is between them.</summary>
[Trait("Tier", "mpi")]
public sealed class MpiTrainingTests : IDisposable
{
    private const string FolderVariable = "RECOLLECT_TEST_RANKS", EngineVariable = "RECOLLECT_TEST_ENGINE";
    private const int Updates = 50;

    private readonly string _folder = Directory.CreateTempSubdirectory("recollect-ranks-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(2, EngineKind.Kernels)]
    [InlineData(4, EngineKind.Kernels)]
    [InlineData(2, EngineKind.Libtorch)]
    public void Fifty_updates_on_digits_are_those_of_one_process_to_a_billionth(int processes, EngineKind engine)
    {
        MpiRun.SkipWhereMissing();
        string[] rank = ["dotnet", typeof(MpiTrainingTests).Assembly.Location, "--explicit", "only", "--filter-method", $"*.{nameof(Trains_as_one_of_several)}", "--progress", "off"];
        var ran = MpiRun.ToItsEnd(MpiRun.Start(MpiRun.Words(processes, rank), (FolderVariable, _folder), (EngineVariable, $"{engine}")));
        Assert.True(ran.Code == 0, ran.Out + ran.Error);

        var expected = Train(Peers.Alone, engine);
        for (var process = 0; process < processes; process++)
        {
            var found = MemoryMarshal.Cast<byte, double>(File.ReadAllBytes(Path.Combine(_folder, $"{process}"))).ToArray();
            Assert.Equal(expected.Length, found.Length);
            Assert.All(expected.Zip(found), pair => Assert.Equal(pair.First, pair.Second, 1e-9));
        }
    }

    /// <summary>No test of its own: what each process of mpirun does for the test above.</summary>
    [Fact(Explicit = true)]
    public void Trains_as_one_of_several()
    {
        var folder = Environment.GetEnvironmentVariable(FolderVariable);
        Assert.SkipWhen(folder is null, "Another test starts it.");
        using var peers = Peers.Join();
        Assert.True(peers.Count > 1);
        var numbers = Train(peers, Enum.Parse<EngineKind>(Environment.GetEnvironmentVariable(EngineVariable)!));
        File.WriteAllBytes(Path.Combine(folder!, $"{peers.Rank}"), MemoryMarshal.AsBytes<double>(numbers).ToArray());
    }

    /// <summary>The loss of each update, and then every weight.</summary>
    /// <remarks>611 rows in batches of 32: the last one of an epoch has 3. The 50 updates are an epoch of pretraining and one and a half of training.</remarks>
    private static double[] Train(Peers peers, EngineKind engine)
    {
        torch.set_num_threads(1);
        var recipe = RecipeBook.Open("digits", ["data.limit=643", "data.validation=0.05", "training.pretrainEpochs=1", "training.epochs=3", $"model.engine={engine.ToString().ToLowerInvariant()}"]).Resolve();
        var seed = new Seed(recipe.Seed);
        using var data = DataSetLoader.Load(recipe.Data, DataFolder.Resolve(null));
        using var network = new RecurrentClassifier(data.Train.Format, data.Classes.Count, recipe.Model, seed);
        network.to(torch.float64);
        AuxiliaryLoss[] losses = [.. recipe.Auxiliary.Select((options, place) => AuxiliaryLoss.Of(options, place, recipe.Bptt.Auxiliary, network, seed))];
        Array.ForEach(losses, loss => loss.MoveTo(network.Like));
        var task = new TrainingTask(network, losses, recipe.Bptt.Supervised, data.Train, data.Validation, []);
        var observer = new RecordingObserver { StopBefore = Updates };
        using var trainer = new Trainer(task, recipe.Training, seed, observer, peers);
        trainer.JoinFirst();
        trainer.Run();
        Assert.Equal(Updates, observer.Steps.Count);
        return [.. observer.Steps.Select(step => step.Step.Loss), .. SmallTask.Values(task).OrderBy(entry => entry.Key, StringComparer.Ordinal).SelectMany(entry => entry.Value)];
    }
}
