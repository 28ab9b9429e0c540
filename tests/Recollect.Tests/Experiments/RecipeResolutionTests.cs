using System.Text.Json.Nodes;
using Recollect.Data;
using Recollect.Experiments;
using Recollect.Losses;

namespace Recollect.Tests.Experiments;

public class RecipeResolutionTests
{
    public static TheoryData<string> Recipes =>
    [
        .. RecipeBook.Names.Select(name => RecipeBook.TextOf(name)),
        "{}",
        """{"model": {"cell": "gru"}, "training": {"schedule": {"kind": "cosine"}}}""",
        """{"training": {"schedule": {"kind": "step", "every": 2, "factor": 0.5}}}""",
        """{"data": {"source": "csv", "train": "a.csv"}}""",
        """{"data": {"source": "csv", "train": "a.csv", "test": "b.csv", "text": "words"}}""",
        """{"data": {"source": "csv", "train": "a.csv", "text": "words", "unit": "words", "vocabulary": 100, "maxLength": 50}, "training": {"batching": "byLength"}}""",
        """{"data": {"source": "dbpedia", "unit": "characters"}}""",
        """{"data": {"source": "packed", "train": "a.packed"}}""",
        """{"data": {"source": "jsonl", "train": "a.jsonl", "values": "signal", "validation": 0.1}}""",
        """{"data": {"source": "ts", "train": "a_TRAIN.ts", "test": "a_TEST.ts", "standardize": true}}""",
        """{"data": {"source": "parquet", "train": "a.parquet", "values": ["x", "y"], "missing": "previous"}}""",
        """{"data": {"source": "parquet", "train": "a.parquet", "text": "body"}}""",
        """{"data": {"source": "images", "train": "pets", "size": 32, "grey": true, "flip": true}}""",
        """{"data": {"source": "images", "train": "pets", "test": "more", "size": 32}}""",
        """{"data": {"source": "bytes", "train": "files"}}""",
        """{"data": {"source": "copying", "splitSeed": 3}}""",
        """{"data": {"source": "adding", "steps": 7, "limit": 5}}""",
        """{"data": {"source": "stanford-dogs", "size": 8, "box": true, "validation": 0.1}}""",
        """{"auxiliary": [{"kind": "reconstruction", "bptt": 0}, {"kind": "prediction", "segments": 0, "bptt": 4}]}""",
        """{"auxiliary": [{"kind": "reconstruction", "input": "scheduled"}, {"kind": "prediction", "length": [4, 5], "bptt": 7}], "training": {"pretrainEpochs": 2}}""",
    ];

    [Theory]
    [MemberData(nameof(Recipes))]
    public void A_resolved_recipe_is_written_read_and_resolved_again_without_a_change(string json)
    {
        var resolved = RecipeReader.Read(json, "first").Resolve();
        var written = RecipeJson.Write(resolved);
        var read = RecipeReader.Read(written, "second");
        Assert.Equal(written, RecipeJson.Write(read));
        Assert.Equal(written, RecipeJson.Write(read.Resolve()));
    }

    [Theory]
    [MemberData(nameof(Recipes))]
    public void Every_key_is_written_unread_or_an_absence(string json)
    {
        var resolved = RecipeReader.Read(json, "mine").Resolve();
        var written = RecipeJson.Node(resolved);
        var unread = UnreadKeys.Of(resolved).Select(key => key.Path).ToHashSet();
        // These alone mean something by being absent: no limit, no permutation, every column, the published size.
        HashSet<string> absences = ["name", "description", "data.limit", "data.testLimit", "data.permutationSeed", "data.size", "data.test", "data.text", "data.values", "data.vocabulary", "data.maxLength"];
        var all = RecipeShape.Paths(RecipeJson.Options.GetTypeInfo(typeof(Recipe)), "")
            .Where(path => !path.StartsWith("auxiliary.", StringComparison.Ordinal) || resolved.Auxiliary.Count > 0)
            .Where(path => !unread.Any(key => path == key || path.StartsWith(key + ".", StringComparison.Ordinal)));
        foreach (var path in all.Except(absences))
        {
            var found = path.Split('.').Aggregate((JsonNode?)written, (node, part) => node is JsonArray list ? list[int.Parse(part)] : node?[part]);
            Assert.True(found is not null || path.Contains("pretrainSchedule.", StringComparison.Ordinal), $"'{path}' is read and was not resolved");
        }
    }

    [Fact]
    public void Windows_and_phases_inherit_what_they_leave_unset()
    {
        var recipe = RecipeReader.Read("""
            {
              "auxiliary": [{"kind": "reconstruction"}, {"kind": "reconstruction", "bptt": 9, "length": [3, 4]}, {"kind": "prediction"}],
              "bptt": {"auxiliary": 24},
              "training": {"pretrainEpochs": 1, "learningRate": 0.5, "schedule": {"kind": "cosine", "warmup": 3}}
            }
            """, "mine").Resolve();
        Assert.Equal(24, recipe.Auxiliary[0].Bptt!.Value.Steps);
        Assert.Equal(24, recipe.Auxiliary[0].Decoder.Bptt!.Value.Steps);
        Assert.Equal(9, recipe.Auxiliary[1].Decoder.Bptt!.Value.Steps);
        Assert.Equal(2, recipe.Auxiliary[1].Segments);
        Assert.Equal(DecoderInputMode.Teacher, recipe.Auxiliary[0].Input);
        Assert.Null(recipe.Auxiliary[2].Decoder.Bptt);
        Assert.Equal(0.5, recipe.Training.PretrainLearningRate);
        Assert.Equal(3, recipe.Training.PretrainSchedule!.Warmup);
        Assert.Equal(0, recipe.Training.Schedule.Minimum);
    }

    [Fact]
    public void A_decoder_on_a_constant_state_is_trained_over_its_whole_length()
    {
        var recipe = RecipeReader.Read("""{"auxiliary": [{"kind": "reconstruction", "bptt": 0}]}""", "mine").Resolve();
        Assert.Equal((0, true), (recipe.Auxiliary[0].Bptt!.Value.Steps, recipe.Auxiliary[0].Decoder.Bptt!.Value.IsFull));
    }

    [Theory]
    [InlineData("digits", StepEncoding.Tokens, 17)]
    [InlineData("mnist", StepEncoding.Tokens, 256)]
    [InlineData("cifar-10", StepEncoding.Reals, null)]
    public void Images_take_their_sources_own_encoding_and_levels(string source, StepEncoding encoding, int? levels)
    {
        var data = RecipeReader.Read($$$"""{"data": {"source": "{{{source}}}"}}""", "mine").Resolve().Data;
        Assert.Equal(encoding, data.Encoding);
        Assert.Equal(levels, data.Levels);
        Assert.Equal(1, data.Downscale);
    }
}
