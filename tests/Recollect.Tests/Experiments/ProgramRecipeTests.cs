using Recollect.Experiments;
using Recollect.Networks;
using Recollect.Runs;

namespace Recollect.Tests.Experiments;

/// <summary>Recipes that a program has put together or changed itself, without the command's checks.</summary>
public sealed class ProgramRecipeTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("recollect-program-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private TrainRequest Request(params string[] edits) => new()
    {
        Recipe = RecipeBook.Open("digits", ["data.limit=40", "data.testLimit=10", "training.batch=8", "training.pretrainEpochs=1", "training.epochs=1", .. edits]),
        Folder = Path.Combine(_folder, "run"),
        Workplace = new Workplace(_folder, DeviceChoice.Cpu, 1),
        MaxSteps = 2,
    };

    private static Summary Train(TrainRequest request) => Experiment.Train(request, new Progress<TrainNews>(), new StopSignal());

    [Fact]
    public void One_that_no_file_could_hold_is_refused_before_there_is_a_folder()
    {
        var recipe = Request().Recipe;
        foreach (var wrong in (Recipe[])[recipe with { Auxiliary = [] }, recipe with { Training = recipe.Training with { Batch = 0 } },
            recipe with { Training = recipe.Training with { LearningRate = double.NaN } }, recipe with { Model = recipe.Model with { Cell = (CellKind)99 } }, recipe with { Model = recipe.Model with { Cell = CellKind.Transformer } }])
        {
            Assert.DoesNotContain("Json", Assert.Throws<RecipeException>(() => Train(Request() with { Recipe = wrong })).Message);
            Assert.False(Directory.Exists(Request().Folder));
        }
    }

    [Theory]
    [InlineData("training.learningRate=0.5")]
    [InlineData("data.validation=0.25")]
    [InlineData("seed=9")]
    public void A_run_goes_on_with_its_own(string edit)
    {
        Train(Request());
        var before = File.ReadAllText(Path.Combine(_folder, "run", "recipe.json"));
        var error = Assert.Throws<RecipeException>(() => Train(Request(edit) with { Resume = true, MaxSteps = null }));
        Assert.Contains($"was begun with another recipe: '{edit.Split('=')[0]}' is ", error.Message);
        Assert.Equal(before, File.ReadAllText(Path.Combine(_folder, "run", "recipe.json")));
        Assert.Equal(3, Train(Request("training.epochs=2") with { Resume = true, MaxSteps = 3 }).Updates); // its length may change
    }
}
