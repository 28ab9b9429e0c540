using System.Text;
using System.Text.RegularExpressions;
using Recollect.Data;
using Recollect.Experiments;
using Recollect.Networks;
using Recollect.Sequences;

namespace Recollect.Tests.Experiments;

public sealed class RecipeBookTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("recollect-recipes-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    public static TheoryData<string> Names => [.. RecipeBook.Names];

    [Fact]
    public void Every_row_of_the_papers_table_that_is_an_lstm_has_its_recipe()
    {
        var rows = from set in "mnist pmnist cifar10".Split(' ')
                   from model in "lstm r-lstm p-lstm".Split(' ')
                   from cut in "300 full".Split(' ')
                   select $"{set}-{model}-{cut}";
        Assert.Subset(RecipeBook.Names.ToHashSet(), rows.ToHashSet());
        Assert.Contains(RecipeBook.Default, RecipeBook.Names);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_shipped_recipe_passes_its_checks_and_opens_with_the_command_that_runs_it(string name)
    {
        var recipe = RecipeBook.Open(name);
        Assert.Equal(name, recipe.Name);
        Assert.False(string.IsNullOrWhiteSpace(recipe.Description));
        var opening = RecipeBook.TextOf(name).Split('\n').TakeWhile(line => line.StartsWith("//", StringComparison.Ordinal));
        Assert.Contains($"// recollect train {name}", opening);
    }

    [Theory]
    [InlineData("mnist-r-lstm-300", 128, 300, 300)]
    [InlineData("cifar10-p-lstm-300", 128, 300, 300)]
    [InlineData("pmnist-r-lstm-full", 128, int.MaxValue, int.MaxValue)]
    public void The_papers_recipes_hold_the_papers_numbers(string name, int cells, int supervised, int auxiliary)
    {
        var recipe = RecipeBook.Open(name).Resolve();
        Assert.Equal((cells, cells, 256, 0.5), (recipe.Model.Hidden, recipe.Model.Embedding, recipe.Model.HeadUnits, recipe.Model.Dropout));
        Assert.Equal((supervised, auxiliary), (recipe.Bptt.Supervised.Steps, recipe.Auxiliary[0].Bptt!.Value.Steps));
        Assert.Equal((1, 600), (recipe.Auxiliary[0].Segments!.Value, recipe.Auxiliary[0].Length[0]));
    }

    [Theory]
    [InlineData("digits", "digits-lstm")]
    [InlineData("mnist14-r-lstm", "mnist14-lstm")]
    public void A_plain_twin_differs_by_its_auxiliary_losses_alone_and_takes_as_many_updates(string name, string twin)
    {
        var (with, plain) = (RecipeBook.Open(name).Resolve(), RecipeBook.Open(twin).Resolve());
        Assert.Equal(with.Training.PretrainEpochs + with.Training.Epochs, plain.Training.Epochs);
        Assert.NotEmpty(with.Auxiliary);
        var alike = with with
        {
            Name = plain.Name,
            Description = plain.Description,
            Auxiliary = [],
            Training = with.Training with { PretrainEpochs = 0, Epochs = plain.Training.Epochs, PretrainLearningRate = null, PretrainSchedule = null },
        };
        Assert.Equal(RecipeJson.Write(plain), RecipeJson.Write(alike));
    }

    public static TheoryData<string> Transformers => [.. RecipeBook.Names.Where(name => RecipeBook.Open(name).Model.Cell == CellKind.Transformer)];

    [Theory]
    [MemberData(nameof(Transformers))]
    public void A_transformer_states_its_parameters_and_its_lstms_and_has_as_many_within_a_quarter(string name)
    {
        var stated = Regex.Match(RecipeBook.TextOf(name), "^// Parameters: ([0-9,]+); ([a-z0-9-]+) has ([0-9,]+)\\.$", RegexOptions.Multiline);
        Assert.True(stated.Success, $"{name} states no counts.");
        var (own, twin) = (RecipeBook.Open(name).Resolve(), RecipeBook.Open(stated.Groups[2].Value).Resolve());
        Assert.Equal(CellKind.Lstm, twin.Model.Cell);
        Assert.StartsWith($"{name[..^"-transformer".Length]}-lstm", twin.Name, StringComparison.Ordinal);
        Assert.Equal(own.Data with { Validation = 0 }, twin.Data with { Validation = 0 });
        var (count, lstm) = (Parameters(own), Parameters(twin));
        Assert.Equal((stated.Groups[1].Value, stated.Groups[3].Value), ($"{count:N0}", $"{lstm:N0}"));
        Assert.InRange((double)count / lstm, 0.75, 1.25);
    }

    // Without the data: what their steps are, and how many classes they have.
    private static long Parameters(Recipe recipe)
    {
        var data = recipe.Data;
        var classes = data.Source switch { "dbpedia" => 14, "stanford-dogs" => 120, _ => 10 };
        var format = data.Encoding == StepEncoding.Reals ? StepFormat.Reals(3) : StepFormat.Tokens(data.Unit == TextUnit.Bytes ? 256 : data.Levels!.Value);
        return RecurrentClassifier.Shapes(format, classes, recipe.Model).Sum(weight => weight.Shape.Aggregate(1L, (product, side) => product * side));
    }

    [Theory]
    [InlineData("didgits", "Nearest: digits")]
    [InlineData("mnist14-rlstm", "mnist14-r-lstm")]
    [InlineData("mnist-r-lstm-30", "mnist-r-lstm-300")]
    public void A_misspelt_name_is_refused_with_the_nearest(string name, string nearest)
    {
        var message = Assert.Throws<RecipeException>(() => RecipeBook.Open(name)).Message;
        Assert.Contains($"There is no recipe '{name}'", message);
        Assert.Contains(nearest, message);
    }

    [Fact]
    public void A_file_is_opened_by_its_path_and_gives_its_name()
    {
        var path = Path.Combine(_folder, "mine.json");
        File.WriteAllText(path, """{"seed": 4}""", new UTF8Encoding(encoderShouldEmitUTF8Identifier: true));
        var recipe = RecipeBook.Open(path, ["model.hidden=3"]);
        Assert.Equal(("mine", 4, 3), (recipe.Name, recipe.Seed, recipe.Model.Hidden));
        File.WriteAllBytes(path, [(byte)'{', 0xff, (byte)'}']);
        Assert.Contains("byte 1 is not UTF-8", Assert.Throws<RecipeException>(() => RecipeBook.Open(path)).Message);
        Assert.Contains("There is no recipe file", Assert.Throws<RecipeException>(() => RecipeBook.Open(path + ".json")).Message);
    }
}
