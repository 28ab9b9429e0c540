using System.IO.Compression;
using System.Text;
using Recollect.Data.Tests;
using Recollect.Inference;
using Recollect.Runs;

namespace Recollect.Core.Tests.Inference;

/// <summary>Model files, honest and hostile.</summary>
public sealed class ModelFileTests : IDisposable
{
    private const long MostAllocated = 2 << 20; // for files of some thousand bytes
    private readonly string _folder = Directory.CreateTempSubdirectory("recollect-models-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static string Refusal(byte[] file) => Assert.Throws<DataException>(() => SequenceModel.Load(file, "the file")).Message;

    private static string Refusal(string architecture, string preprocessing = SmallModel.Bytes) =>
        Refusal(SmallModel.File(SmallModel.Lstm, preprocessing, change: metadata => metadata["architecture"] = architecture));

    private static string RefusalOf(string key, string value) => Refusal(SmallModel.File(SmallModel.Lstm, SmallModel.Bytes, change: metadata => metadata[key] = value));

    [Fact]
    public void A_file_a_stream_and_bytes_give_the_same_model()
    {
        var bytes = SmallModel.File(SmallModel.Lstm, SmallModel.Bytes);
        var path = Path.Combine(_folder, "model.safetensors");
        File.WriteAllBytes(path, bytes);
        SequenceModel file = SequenceModel.Load(path), stream = SequenceModel.Load(new MemoryStream(bytes)), whole = SequenceModel.Load(bytes);
        Assert.Equal(path, file.Name);
        Assert.Equal(file.Classify("abc"u8).Logits, stream.Classify("abc"u8).Logits);
        Assert.Equal(file.Classify("abc"u8).Logits, whole.Classify("abc"u8).Logits);
        Assert.Equal((file.Fingerprint, 64), (whole.Fingerprint, file.Fingerprint.Length));
    }

    [Fact]
    public void A_file_says_what_it_holds()
    {
        var file = ModelFile.Read(new MemoryStream(SmallModel.File(SmallModel.Gru, SmallModel.Pair)), "small");
        Assert.Equal(new ModelArchitecture(RecurrentCell.Gru, 3, 5, 2, 4), file.Architecture);
        Assert.Equal(["red", "green", "blue"], file.Classes);
        Assert.Equal([15, 5], file.Weight("gru.weight_ih_l1").Shape);
        Assert.Contains("'lstm.weight_ih_l0'", Assert.Throws<DataException>(() => file.Weight("lstm.weight_ih_l0")).Message);
    }

    [Fact]
    public void Decoders_are_checked_and_not_kept()
    {
        var decoder = StoredTensor.Of("auxiliary.0.weight", [70_000], new float[70_000]);
        var bytes = SmallModel.File(SmallModel.Lstm, SmallModel.Bytes, more: [decoder]);
        var file = ModelFile.Read(new MemoryStream(bytes), "small");
        Assert.Throws<DataException>(() => file.Weight(decoder.Name));
        bytes[^5] ^= 1;
        Assert.Contains("damaged", Refusal(bytes));
    }

    [Theory]
    [InlineData("irnn", "an iRNN")]
    [InlineData("urnn", "a uRNN")]
    [InlineData("transformer", "a Transformer")]
    public void Cells_that_are_not_carried_are_refused_by_name_with_what_to_do(string cell, string found)
    {
        var message = Refusal($$"""{"cell":"{{cell}}","hidden":5}""");
        Assert.Contains($"holds {found}; inference without libtorch computes LSTM, UR-LSTM and GRU", message);
        Assert.Contains("recollect predict", message);
    }

    [Theory]
    [InlineData("""{"cell":"elman"}""", "cell 'elman'; expected lstm or gru")]
    [InlineData("""{"cell":null}""", "cell ''; expected lstm or gru")]
    [InlineData("""{"cell":"lstm","gates":"round"}""", "gates 'round'")]
    [InlineData("""{"input":"raw"}""", "the steps are tokens")]
    [InlineData("""{"hidden":0}""", "impossible size")]
    [InlineData("""{"layers":-1}""", "impossible size")]
    [InlineData("""{"layers":1000000000}""", "1,000,000,000 layers")]
    [InlineData("""{"hidden":2000000000}""", "'embedding.weight'")]
    [InlineData("""{"embedding":3,"hidden":2000000000}""", "'lstm.weight_ih_l0'")]
    [InlineData("""{"embedding":3,"hidden":5,"headUnits":2000000000}""", "'classifier.0.weight'")]
    [InlineData("""{"hidden":5,"cellar":1}""", "'architecture' cannot be read")]
    [InlineData("null", "'architecture' cannot be read")]
    public void An_architecture_that_cannot_be_is_refused(string architecture, string reason) => Assert.Contains(reason, Refusal(architecture));

    [Theory]
    [InlineData("kind", "another", "no model of Recollect's")]
    [InlineData("version", "2", "version 2; this program reads version 1")]
    [InlineData("activation", "gelu", "'activation' is 'gelu'; expected relu")]
    [InlineData("preprocessing", """{"kind":"smell"}""", "the preprocessing cannot be read")]
    [InlineData("classes", "[]", "has no class")]
    [InlineData("classes", """["a",null,"b"]""", "one without a name")]
    [InlineData("classes", """["a","a","b"]""", "names the class \"a\" 2 times")]
    [InlineData("classes", """["a","b"]""", "'classifier.5.weight'")]
    [InlineData("columns", "[]", "'columns' cannot be read")]
    [InlineData("columns", """{"label":null}""", "'columns' cannot be read")]
    [InlineData("columns", """{"label":"a","values":[null]}""", "a column without a name")]
    [InlineData("preprocessing", """{"kind":"image","shape":{"height":1,"width":1,"channels":1,"levels":2},"downscale":1,"encoding":7}""", "unknown encoding 7")]
    [InlineData("preprocessing", """{"kind":"text","unit":7,"vocabulary":["a"]}""", "unknown unit 7")]
    [InlineData("preprocessing", """{"kind":"image","shape":{"height":1,"width":1,"channels":1,"levels":2},"downscale":1,"encoding":"reals","permutation":{"generator":null,"seed":1}}""", "the preprocessing cannot be read")]
    public void Metadata_that_do_not_say_what_a_model_needs_are_refused(string key, string value, string reason) => Assert.Contains(reason, RefusalOf(key, value));

    [Fact]
    public void A_file_that_is_no_model_is_refused_by_its_header_and_not_read()
    {
        const int length = 64 << 20;
        var path = Path.Combine(_folder, "foreign.safetensors");
        var header = Encoding.UTF8.GetBytes($$$"""{"a":{"dtype":"U8","shape":[{{{length}}}],"data_offsets":[0,{{{length}}}]}}""");
        using (var file = File.Create(path))
        {
            file.Write(BitConverter.GetBytes((long)header.Length));
            file.Write(header);
            file.SetLength(sizeof(long) + header.Length + length); // a hole: no disk is used
        }
        var before = GC.GetAllocatedBytesForCurrentThread();
        var error = Assert.Throws<DataException>(() => SequenceModel.Load(path));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, MostAllocated);
        Assert.Contains("no model of Recollect's", error.Message);
    }

    [Fact]
    public void A_projection_that_would_unfold_to_gigabytes_is_refused_before_it_does()
    {
        const int components = 600_000; // · 4 gates · 128 units · 4 bytes
        var message = Refusal(SmallModel.File(
            """{"cell":"lstm","embedding":1,"hidden":128,"layers":1,"headUnits":1}""", $$"""{"kind":"series","components":{{components}}}"""));
        Assert.Contains("steps of 600,000 components", message);
    }

    [Theory]
    [InlineData("embedding.weight", float.NaN)]
    [InlineData("lstm.bias_hh_l1", float.PositiveInfinity)]
    [InlineData("classifier.5.bias", float.NegativeInfinity)]
    public void A_weight_that_is_not_finite_is_refused_by_its_tensor(string tensor, float number)
    {
        var message = Refusal(SmallModel.With(SmallModel.Lstm, (tensor, place => place == 2 ? number : 0)));
        Assert.Contains($"the tensor '{tensor}' holds the number {number}", message);
    }

    [Fact]
    public void A_missing_file_and_a_pipe_are_refused()
    {
        Assert.Contains("does not exist", Assert.Throws<DataException>(() => SequenceModel.Load(Path.Combine(_folder, "none"))).Message);
        Assert.Contains("is a folder", Assert.Throws<DataException>(() => SequenceModel.Load(_folder)).Message);
        using var pipe = new GZipStream(new MemoryStream(SmallModel.File(SmallModel.Lstm, SmallModel.Bytes)), CompressionMode.Decompress);
        Assert.Contains("not a plain file", Assert.Throws<DataException>(() => SequenceModel.Load(pipe)).Message);
    }

    [Fact]
    public void Damaged_models_are_refused() => Fuzz(600);

    [Fact]
    [Trait("Tier", "slow")]
    public void Twenty_thousand_damaged_models_are_refused() => Fuzz(20_000);

    // Every byte under the checksum that was; then the metadata alone, under a new one.
    private static void Fuzz(int count)
    {
        var whole = SmallModel.File(SmallModel.Gru, SmallModel.Pair);
        Mutations.Try([whole], count / 2, MostAllocated, bytes => (bytes, SequenceModel.Load(bytes, "fuzz")), read => Assert.Equal(whole, read.bytes), placed: false); // some damage changes nothing
        var file = Safetensors.Read(new MemoryStream(whole), "fuzz");
        (string Key, string Value)[] metadata = [.. file.Metadata.Where(entry => entry.Key is "architecture" or "preprocessing" or "classes").Select(entry => (entry.Key, entry.Value))];
        var place = 0;
        Mutations.Try([.. metadata.Select(entry => Encoding.UTF8.GetBytes(entry.Value))], count / 2, MostAllocated, bytes =>
        {
            var changed = file.Metadata.ToDictionary();
            changed[metadata[place++ % metadata.Length].Key] = Encoding.UTF8.GetString(bytes);
            return SequenceModel.Load(SmallModel.Written(changed, file.Tensors), "fuzz");
        }, model => Assert.Equal(1, model.ClassifySteps(new float[2 * model.Format.Width]).Probabilities.Sum(), 9), placed: false);
    }
}
