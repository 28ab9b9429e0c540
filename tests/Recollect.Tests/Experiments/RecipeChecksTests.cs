using System.Text.Json;
using System.Text.Json.Nodes;
using Recollect.Data;
using Recollect.Experiments;

namespace Recollect.Tests.Experiments;

public class RecipeChecksTests
{
    private static string? Refusal(string json)
    {
        try
        {
            RecipeReader.Read(json, "mine.json");
            return null;
        }
        catch (RecipeException refusal)
        {
            return refusal.Message;
        }
    }

    [Theory]
    [InlineData("""{"model": {"dropout": 1}}""", "'model.dropout' is 1; it must be in [0, 1)")]
    [InlineData("""{"model": {"layers": 0}}""", "'model.layers' is 0; it must be at least 1")]
    [InlineData("""{"training": {"learningRate": 0}}""", "'training.learningRate' is 0; it must be above 0")]
    [InlineData("""{"training": {"batch": 4, "accumulate": 5}}""", "from 1 to the batch, 4")]
    [InlineData("""{"training": {"epochs": 0}}""", "at least 1, as there is no pretraining either")]
    [InlineData("""{"training": {"schedule": {"kind": "step", "every": 3}}}""", "'training.schedule.factor' is missing")]
    [InlineData("""{"data": {"source": "minst"}}""", "'data.source' is \"minst\"; it must be one of digits, mnist, fashion-mnist, cifar-10, dbpedia, stanford-dogs, images, bytes, csv, jsonl, ts, parquet, copying, adding, packed. Nearest: mnist")]
    [InlineData("""{"data": {"source": "mnist", "downscale": 3}}""", "1, 2, 4, 7, 14, 28")]
    [InlineData("""{"data": {"levels": 18}}""", "from 2 to 17")]
    [InlineData("""{"data": {"source": "csv"}}""", "'data.train' is missing")]
    [InlineData("""{"auxiliary": [{"kind": "prediction", "length": [3, 4], "segments": 3}]}""", "'auxiliary.0.segments' is 3; it must be 2")]
    [InlineData("""{"auxiliary": [{"kind": "prediction", "length": [3, 0]}]}""", "'auxiliary.0.length.1' is 0")]
    [InlineData("""{"auxiliary": [{"kind": "prediction", "weight": 0}]}""", "above 0")]
    [InlineData("""{"training": {"pretrainEpochs": 2}}""", "the list 'auxiliary' is empty and there is nothing to pretrain on")]
    [InlineData("""{"auxiliary": [{"kind": "prediction"}], "training": {"joint": false}}""", "the auxiliary losses would never be used")]
    [InlineData("""{"auxiliary": [{"kind": "prediction", "segments": -1}]}""", "'auxiliary.0.segments' is -1; it must be 0 or more")]
    [InlineData("""{"auxiliary": [{"kind": "reconstruction", "segments": 0}], "training": {"pretrainEpochs": 2}}""", "has 0 segments and there is nothing to pretrain on")]
    [InlineData("""{"auxiliary": [{"kind": "prediction", "bptt": 0}]}""", "'auxiliary.0.bptt' is 0; it must be at least 1")]
    [InlineData("""{"auxiliary": [{"kind": "prediction"}], "bptt": {"auxiliary": 0}}""", "'bptt.auxiliary' is 0; it must be at least 1")]
    [InlineData("""{"auxiliary": [{"kind": "languageModel", "bptt": 0}]}""", "as 'auxiliary.0' is a languageModel")]
    [InlineData("""{"auxiliary": [{"kind": "languageModel", "from": 1}]}""", "'auxiliary.0.from' is 1; it must be at least 2")]
    [InlineData("""{"auxiliary": [{"kind": "masked", "maskFraction": 1}]}""", "'auxiliary.0.maskFraction' is 1; it must be in (0, 1)")]
    [InlineData("""{"data": {"source": "bytes", "train": "a"}, "model": {"input": "raw"}}""", "'model.input' is raw; it must be embedded, as the steps are tokens")]
    [InlineData("""{"data": {"source": "dbpedia"}, "model": {"input": "raw"}}""", "'model.input' is raw; it must be embedded, as the steps are tokens")]
    [InlineData("""{"model": {"engine": "kernels"}, "auxiliary": [{"kind": "languageModel"}]}""", "'model.engine' is kernels; it must be auto or libtorch, as libtorch computes an LSTM with auxiliary losses of kind languageModel")]
    [InlineData("""{"model": {"input": "raw"}}""", "'model.input' is raw; it must be embedded, as the steps are tokens")]
    [InlineData("""{"model": {"cell": "transformer", "hidden": 10, "heads": 4}}""", "'model.heads' is 4; it must be a number of at least 1 that divides 'model.hidden', 10")]
    [InlineData("""{"model": {"cell": "transformer", "positions": "learned"}}""", "'model.maxSteps' is missing")]
    [InlineData("""{"model": {"cell": "transformer"}, "auxiliary": [{"kind": "prediction"}]}""", "'auxiliary' is a list of 1; it must be empty, as cell = transformer has no states at anchors")]
    [InlineData("""{"name": "a/b"}""", "a name that a folder can have")]
    public void A_number_or_word_out_of_range_is_refused(string json, string expected) => Assert.Contains(expected, Refusal(json));

    /// <summary>A uRNN's steps are on kernels whatever the loss.</summary>
    [Theory]
    [InlineData("""{"model": {"cell": "urnn", "engine": "kernels"}, "auxiliary": [{"kind": "languageModel"}]}""")]
    [InlineData("""{"model": {"cell": "urnn", "engine": "kernels"}, "auxiliary": [{"kind": "masked"}]}""")]
    [InlineData("""{"model": {"engine": "kernels"}, "auxiliary": [{"kind": "autoencoder"}]}""")]
    public void Kernels_may_be_asked_for_where_they_compute(string json) => Assert.Null(Refusal(json));

    [Theory]
    [InlineData("""{"data": {"limit": 0}}""")]
    [InlineData("""{"data": {"validation": 1}}""")]
    [InlineData("""{"data": {"source": "mnits"}}""")]
    [InlineData("""{"data": {"source": "jsonl", "train": "a", "values": ["b", "c"]}}""")]
    public void A_recipe_and_a_loader_refuse_data_in_the_same_words(string json)
    {
        var options = JsonNode.Parse(json)!["data"].Deserialize<DataOptions>(RecipeJson.Options)!;
        var loader = Assert.Throws<RecipeException>(() => DataSetLoader.Load(options, "")).Message;
        Assert.Equal($"mine.json, line 1: {loader}", Refusal(json));
    }

    [Theory]
    [InlineData("""{"auxiliary": [{"kind": "prediction", "distance": "adjacent"}]}""", "auxiliary.0.distance")]
    [InlineData("""{"auxiliary": [{"kind": "prediction", "direction": "forward"}]}""", "auxiliary.0.direction")]
    [InlineData("""{"auxiliary": [{"kind": "prediction", "input": "teacher"}]}""", "auxiliary.0.input")]
    [InlineData("""{"auxiliary": [{"kind": "prediction", "decoder": {"bptt": 3}}]}""", "auxiliary.0.decoder.bptt")]
    [InlineData("""{"auxiliary": [{"kind": "reconstruction", "scheduledMaximum": 0.5}]}""", "auxiliary.0.scheduledMaximum")]
    [InlineData("""{"auxiliary": [{"kind": "prediction", "side": "past"}]}""", "auxiliary.0.side")]
    [InlineData("""{"auxiliary": [{"kind": "autoencoder", "distance": "distant"}]}""", "auxiliary.0.distance")]
    [InlineData("""{"auxiliary": [{"kind": "autoencoder", "length": 3}]}""", "auxiliary.0.length")]
    [InlineData("""{"auxiliary": [{"kind": "languageModel", "segments": 1}]}""", "auxiliary.0.segments")]
    [InlineData("""{"auxiliary": [{"kind": "languageModel", "decoder": {"layers": 1}}]}""", "auxiliary.0.decoder.layers")]
    [InlineData("""{"auxiliary": [{"kind": "masked", "anchors": "row"}]}""", "auxiliary.0.anchors")]
    [InlineData("""{"auxiliary": [{"kind": "masked", "input": "teacher"}]}""", "auxiliary.0.input")]
    [InlineData("""{"auxiliary": [{"kind": "reconstruction", "maskFraction": 0.2}]}""", "auxiliary.0.maskFraction")]
    [InlineData("""{"model": {"cell": "gru", "gates": "standard"}}""", "model.gates")]
    [InlineData("""{"model": {"gates": "refined", "forgetBias": 1}}""", "model.forgetBias")]
    [InlineData("""{"model": {"heads": 4}}""", "model.heads")]
    [InlineData("""{"model": {"cell": "transformer", "embedding": 4}}""", "model.embedding")]
    [InlineData("""{"model": {"cell": "transformer", "engine": "auto"}}""", "model.engine")]
    [InlineData("""{"model": {"cell": "transformer", "maxSteps": 4}}""", "model.maxSteps")]
    [InlineData("""{"model": {"cell": "transformer"}, "bptt": {"supervised": 4}}""", "bptt.supervised")]
    [InlineData("""{"model": {"cell": "transformer"}, "bptt": {"recompute": "auto"}}""", "bptt.recompute")]
    [InlineData("""{"data": {"encoding": "reals"}, "model": {"input": "raw", "embedding": 4}}""", "model.embedding")]
    [InlineData("""{"training": {"schedule": {"every": 3}}}""", "training.schedule.every")]
    [InlineData("""{"training": {"schedule": {"kind": "step", "every": 3, "factor": 0.5, "minimum": 0}}}""", "training.schedule.minimum")]
    [InlineData("""{"auxiliary": [{"kind": "prediction"}], "training": {"pretrainLearningRate": 1e-3}}""", "training.pretrainLearningRate")]
    [InlineData("""{"auxiliary": [{"kind": "prediction"}], "training": {"carryOptimizer": true}}""", "training.carryOptimizer")]
    [InlineData("""{"auxiliary": [{"kind": "prediction"}], "training": {"pretrainSchedule": {}}}""", "training.pretrainSchedule")]
    [InlineData("""{"bptt": {"auxiliary": 300}}""", "bptt.auxiliary")]
    [InlineData("""{"auxiliary": [{"kind": "prediction", "bptt": 3}], "bptt": {"auxiliary": 300}}""", "bptt.auxiliary")]
    [InlineData("""{"training": {"joint": true}}""", "training.joint")]
    [InlineData("""{"model": {"cell": "gru", "forgetBias": 1}}""", "model.forgetBias")]
    [InlineData("""{"data": {"train": "a.csv"}}""", "data.train")]
    [InlineData("""{"data": {"encoding": "reals", "levels": 4}}""", "data.levels")]
    [InlineData("""{"data": {"source": "csv", "train": "a.csv", "encoding": "reals"}}""", "data.encoding")]
    [InlineData("""{"data": {"splitSeed": 4}}""", "data.splitSeed")]
    [InlineData("""{"data": {"source": "csv", "train": "a", "downscale": 2}}""", "data.downscale")]
    [InlineData("""{"data": {"source": "csv", "train": "a", "test": "b", "testFraction": 0.1}}""", "data.testFraction")]
    [InlineData("""{"data": {"source": "csv", "train": "a", "text": "b", "values": ["c"]}}""", "data.values")]
    [InlineData("""{"data": {"source": "csv", "train": "a", "missing": "error"}}""", "data.missing")]
    [InlineData("""{"data": {"source": "ts", "train": "a", "label": "label"}}""", "data.label")]
    [InlineData("""{"data": {"source": "parquet", "train": "a", "text": "b", "missing": "zero"}}""", "data.missing")]
    public void A_key_that_nothing_reads_is_refused_though_its_value_be_the_default(string json, string path)
    {
        var message = Refusal(json);
        Assert.Contains($"nothing would read '{path}'", message);
    }

    [Fact]
    public void Every_key_that_nothing_reads_is_named_at_once()
    {
        var message = Refusal("""{"model": {"cell": "gru", "forgetBias": 1}, "training": {"joint": true}}""");
        Assert.Contains("nothing would read 'model.forgetBias': only cell = lstm with gates = standard reads it; ", message);
        Assert.Contains("nothing would read 'training.joint': the list 'auxiliary' is empty. Remove them, or set them to null.", message);
    }

    [Theory]
    [InlineData("""{"data": {"validation": 0.1, "splitSeed": 4}}""")]
    [InlineData("""{"data": {"source": "csv", "train": "a.csv", "splitSeed": 4}}""")]
    [InlineData("""{"auxiliary": [{"kind": "reconstruction", "input": "scheduled", "scheduledMaximum": 1, "distance": "distant"}]}""")]
    [InlineData("""{"auxiliary": [{"kind": "prediction"}], "training": {"pretrainEpochs": 1, "joint": false, "carryOptimizer": false}}""")]
    [InlineData("""{"auxiliary": [], "training": {"pretrainEpochs": 0}}""")]
    [InlineData("""{"auxiliary": [{"kind": "reconstruction", "segments": 0}]}""")]
    [InlineData("""{"auxiliary": [{"kind": "reconstruction", "segments": 0}, {"kind": "prediction"}], "training": {"pretrainEpochs": 1}}""")]
    [InlineData("""{"auxiliary": [{"kind": "reconstruction"}, {"kind": "prediction", "bptt": 3}], "bptt": {"auxiliary": 0}}""")]
    [InlineData("""{"data": {"source": "cifar-10", "encoding": "tokens", "levels": 16}}""")]
    public void The_same_key_is_allowed_where_something_reads_it(string json) => Assert.Null(Refusal(json));
}
