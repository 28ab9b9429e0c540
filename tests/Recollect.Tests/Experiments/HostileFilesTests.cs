using System.Text;
using Recollect.Data.Tests;
using Recollect.Experiments;
using Recollect.Networks;
using Recollect.Randomness;
using Recollect.Runs;
using Recollect.Sequences;
using Recollect.Tests.Training;
using Recollect.Training;

namespace Recollect.Tests.Experiments;

/// <summary>Models, checkpoints and recipes from somebody who means no good: an error with the file's name or a right answer, in bounded time and memory.</summary>
/// <remarks>Metadata are changed under a right checksum too, as whoever writes a file can make one.</remarks>
public sealed class HostileFilesTests : IDisposable
{
    private const long MostAllocated = 8 << 20; // for files of some ten thousand bytes
    private static readonly string[] FourRecipes = ["digits", "mnist-r-lstm-300", "dbpedia-sa-lstm-100", "cifar10-transformer"];
    private readonly string _folder = Directory.CreateTempSubdirectory("recollect-fuzz-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Damaged_models_are_refused() => Models(300);

    [Fact]
    public void Damaged_checkpoints_are_refused() => Checkpoints(300);

    [Fact]
    public void Damaged_recipes_are_refused_or_read() => Recipes(300);

    [Fact]
    [Trait("Tier", "slow")]
    public void Ten_thousand_damaged_models_are_refused() => Models(10_000);

    [Fact]
    [Trait("Tier", "slow")]
    public void Ten_thousand_damaged_checkpoints_are_refused() => Checkpoints(10_000);

    [Fact]
    [Trait("Tier", "slow")]
    public void Ten_thousand_damaged_recipes_are_refused_or_read() => Recipes(10_000);

    private void Models(int count)
    {
        var path = Path.Combine(_folder, "fuzz.safetensors");
        var preprocessing = Preprocessing.FromJson("""{"kind":"text"}""", "test");
        var options = new NetworkOptions { Embedding = 2, Hidden = 3, HeadUnits = 4 };
        using var network = new RecurrentClassifier(preprocessing.Format, 2, options, new Seed(1));
        var task = new TrainingTask(network, [], new Truncation(0), new InMemorySequences(preprocessing.Format, ["a", "b"]), null, []);
        new TrainedModel(network, preprocessing, null, ["a", "b"]).Save(path, task, new Recipe());
        Fuzz(path, count, () =>
        {
            using var read = TrainedModel.Load(path).Network;
            Assert.Equal(3, read.Options.Hidden); // tensors of another width are not in the file
        });
    }

    private void Checkpoints(int count)
    {
        var path = Path.Combine(_folder, "fuzz.safetensors");
        var training = new TrainingOptions { Batch = 8, PretrainEpochs = 1, Epochs = 2 };
        var task = SmallTask.Task([SmallTask.Reconstruction]);
        using (var trainer = new Trainer(task, training, SmallTask.Seed, new RecordingObserver { StopBefore = 4 }))
        {
            trainer.Run();
            Checkpoint.Write(path, task, trainer, new Dictionary<string, string>());
        }
        Fuzz(path, count, () =>
        {
            using var trainer = new Trainer(task, training, SmallTask.Seed, new RecordingObserver());
            Checkpoint.Read(path).Restore(task, trainer);
            Assert.InRange(trainer.Progress.Update, 0, trainer.Plan.Updates);
        });
    }

    // Every byte under the checksum that was; then the metadata alone, under a new one.
    private static void Fuzz(string path, int count, Action read)
    {
        var whole = File.ReadAllBytes(path);
        Mutations.Try([whole], count / 2, MostAllocated, bytes => Read(bytes, () => File.WriteAllBytes(path, bytes)), bytes => Assert.Equal(whole, bytes), placed: false); // some damage changes nothing
        File.WriteAllBytes(path, whole);
        var file = Safetensors.Read(path);
        (string Key, string Value)[] metadata = [.. file.Metadata.Where(entry => entry.Key is not ("kind" or "version")).Select(entry => (entry.Key, entry.Value))];
        var place = 0;
        Mutations.Try([.. metadata.Select(entry => Encoding.UTF8.GetBytes(entry.Value))], count / 2, MostAllocated, bytes =>
        {
            var changed = file.Metadata.ToDictionary();
            changed[metadata[place++ % metadata.Length].Key] = Encoding.UTF8.GetString(bytes);
            return Read(bytes, () => Safetensors.Write(path, changed, file.Tensors));
        }, _ => { }, placed: false);

        byte[] Read(byte[] bytes, Action write)
        {
            write();
            read();
            return bytes;
        }
    }

    private static void Recipes(int count)
    {
        byte[][] whole = [.. FourRecipes.Select(name => Encoding.UTF8.GetBytes(RecipeBook.TextOf(name)))];
        Mutations.Try(whole, count, MostAllocated, bytes =>
        {
            try
            {
                return RecipeReader.Read(Encoding.UTF8.GetString(bytes), "fuzz.json");
            }
            catch (RecipeException error)
            {
                throw new DataException(error.Message, error);
            }
        }, recipe => Assert.InRange(recipe.Training.Batch, 1, int.MaxValue), placed: false);
    }
}
