using System.Text;
using Recollect.Data.Tests.Packing;
using Recollect.Data.Tests.Witnesses;
using Recollect.Sequences;

namespace Recollect.Data.Tests.Reading;

/// <summary>Damaged copies of every kind of file that the tests beside this one do not damage: an error with a place or a right answer, in bounded time and memory.</summary>
public sealed class DamagedFilesTests : IDisposable
{
    private const long MiB = 1 << 20;

    private static readonly string[] Tenfold = [.. Enumerable.Range(0, 10).Select(name => $"c{name}")];
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    public static TheoryData<string> Kinds =>
        new("IDX images", "IDX labels", "CIFAR-10", "CSV of text", "CSV of numbers", "DBpedia", "JSON Lines of values", "JSON Lines of text", "text", "bytes", "bytes cut", "lists of dogs");

    public static TheoryData<string> Described =>
        new("text.csv", "numbers", "a.jsonl", "images-idx", "labels-idx", "cifar.bin", "a.ts", "a.parquet", "a.mat", "a.png", "a.jpg", "a.txt", "a.packed", "text.csv.gz");

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Damaged_files_are_refused_with_a_place_or_read(string kind) => Fuzz(kind, 300);

    [Theory]
    [MemberData(nameof(Kinds))]
    [Trait("Tier", "slow")]
    public void Ten_thousand_damaged_files_are_refused_with_a_place_or_read(string kind) => Fuzz(kind, 10_000);

    [Theory]
    [MemberData(nameof(Described))]
    public void Damaged_files_are_refused_with_a_place_or_described(string kind) => Describe(kind, 60);

    [Theory]
    [MemberData(nameof(Described))]
    [Trait("Tier", "slow")]
    public void Two_thousand_damaged_files_of_each_kind_are_refused_with_a_place_or_described(string kind) => Describe(kind, 2_000);

    private void Fuzz(string kind, int count)
    {
        var (name, whole, read, witness) = Of(kind);
        foreach (var file in whole)
        {
            var rows = read(_folder.Write(name, file)).ToList();
            Assert.NotEmpty(rows);
            Judge(rows, file);
        }
        // An image of an IDX file may have 4,096 × 4,096 pixels, of which room is made for one.
        var most = kind.StartsWith("IDX", StringComparison.Ordinal) ? 17 * MiB : MiB;
        var (refused, accepted) = Mutations.Try(whole, count, most, bytes => read(_folder.Write(name, bytes)).ToList(), Judge);
        // Any bytes are bytes, but none are none.
        Assert.True(refused > (kind.StartsWith("bytes", StringComparison.Ordinal) ? 0 : count / 5) && accepted > 0, $"{refused} refused, {accepted} read");

        void Judge(List<object> rows, byte[] bytes)
        {
            if (witness is not null)
                WitnessRow.AgreeOn(rows.Cast<Sample>(), witness(bytes));
        }
    }

    private void Describe(string kind, int count)
    {
        var (name, whole) = kind switch
        {
            "text.csv" => ("fuzz.csv", Utf8("label,text\nx,abc\ny,\"a\nb\"\n")),
            "numbers" => ("fuzz", Utf8("label,a,b\nx,1,2\ny,3,4\n")),
            "a.jsonl" => ("fuzz.jsonl", Utf8("{\"values\":[[1,2],[3,4]],\"label\":1}\n{\"values\":[[1,2]]}\n")),
            "images-idx" => ("fuzz", IdxReaderTests.Idx([1, 1, 0, 1, 2, 3], 1, 2, 3)),
            "labels-idx" => ("fuzz", IdxReaderTests.Idx([1, 1, 0], 3)),
            "cifar.bin" => ("fuzz.bin", new byte[2 * 3073]),
            "a.ts" => ("fuzz.ts", File.ReadAllBytes(Fixture.Path("ts", "Missing.ts"))),
            "a.parquet" => ("fuzz.parquet", ParquetFiles.Scalars()),
            "a.mat" => ("fuzz.mat", Fixture.Bytes("kinds_packed.mat")),
            "a.png" => ("fuzz.png", Fixture.Bytes("rgb.png")),
            "a.jpg" => ("fuzz.jpg", Fixture.Bytes("exif6.jpg")),
            "a.txt" => ("fuzz.txt", Utf8("a\nb\n")),
            "a.packed" => ("fuzz.packed", HandLaidFile.Bytes()),
            _ => ("fuzz.csv.gz", TemporaryFolder.Gzip(Utf8("label,text\nx,abc\ny,ab\n"))),
        };
        var most = kind == "a.parquet" ? ParquetTableReaderTests.Most : 4 * MiB;
        var (refused, _) = Mutations.Try([whole], count, most, bytes => DataInfo.Of(_folder.Write(name, bytes), ""), info => Assert.NotEmpty(info.Parts));
        Assert.True(refused > 0, "Nothing was refused; the mutations change nothing.");
    }

    // The lists of dogs, of MATLAB, have no second reader here: that what is read of them is whole is Matlab5ReaderTests' to say, and of undamaged ones scipy.
    private (string Name, byte[][] Whole, Func<string, IEnumerable<object>> Read, Func<byte[], IEnumerable<WitnessRow>>? Witness) Of(string kind)
    {
        switch (kind)
        {
            case "IDX images":
                var labels = _folder.Write("labels", Labels);
                return ("fuzz", [Images, TemporaryFolder.Gzip(Images)], path => IdxReader.Read(path, labels, Tenfold), bytes => ImageWitnesses.Idx(bytes, Labels, Tenfold));
            case "IDX labels":
                var images = _folder.Write("images", Images);
                return ("fuzz", [Labels, TemporaryFolder.Gzip(Labels)], path => IdxReader.Read(images, path, Tenfold[..3]), bytes => ImageWitnesses.Idx(Images, bytes, Tenfold[..3]));
            case "CIFAR-10":
                byte[] records = [.. Enumerable.Range(0, 3 * 3073).Select(i => (byte)(i % 3073 == 0 ? i / 3073 : i % 251))];
                return ("fuzz.bin", [records, TemporaryFolder.Gzip(records)], path => CifarReader.Read(path, Tenfold), bytes => ImageWitnesses.Cifar(bytes, Tenfold));
            case "CSV of text":
                byte[] quoted = Utf8("label,text\r\na,plain\r\n b ,\"one, \"\"two\"\"\nthree\"\r\n\r\nc,é\r\n"),
                    marked = Utf8("\uFEFFtext,label\n\"x\ny\",b\nc,d\n" + string.Concat(Enumerable.Range(0, 40).Select(row => $"wörd {row},k{row % 3}\n")));
                return ("fuzz.csv", [quoted, marked, TemporaryFolder.Gzip(marked)], path => CsvTableReader.Read(path, new InputColumns { Text = "text" }), bytes => CsvWitness.Table(bytes, "text"));
            case "CSV of numbers":
                return ("fuzz.csv", [Utf8("label,a,b\nx,1,2\ny,-1e3,.5\n" + string.Concat(Enumerable.Range(0, 30).Select(row => $"z,{row},{row}.37\n")))],
                    path => CsvTableReader.Read(path, new InputColumns()), bytes => CsvWitness.Table(bytes, null));
            case "DBpedia":
                string[] classes = [.. Enumerable.Range(1, DbpediaReader.Classes).Select(number => $"c{number}")];
                return ("fuzz.csv", [Utf8(string.Concat(Enumerable.Range(0, 30).Select(row => $"{row % 14 + 1},\"Tïtle {row}\",\" The \"\"content\"\" of {row}, and more.\"\n")))],
                    path => DbpediaReader.Read(path, classes), bytes => CsvWitness.Dbpedia(bytes, classes));
            case "JSON Lines of values":
                byte[] vectors = Utf8(string.Concat(Enumerable.Range(0, 20).Select(row => $"{{\"values\":[[{row},2.5],[3,-4e2]],\"label\":{row % 3}}}\n"))),
                    numbers = Utf8("{\"values\":[1,2,3],\"label\":\"x\"}\r\n\r\n{\"label\":\"y\",\"values\":[1.5e-3]}");
                return ("fuzz.jsonl", [vectors, numbers], path => JsonLinesReader.Read(path, new InputColumns()), bytes => TextWitnesses.JsonLines(bytes, "values"));
            case "JSON Lines of text":
                var texts = Utf8(string.Concat(Enumerable.Range(0, 20).Select(row => $"{{\"text\":\"a\\u00e9\\n{row} é\",\"label\":\"k{row % 3}\",\"o\":{{\"p\":[1,{{}}]}}}}\n")));
                return ("fuzz.jsonl", [texts, TemporaryFolder.Gzip(texts)], path => JsonLinesReader.Read(path, new InputColumns { Text = "text" }), bytes => TextWitnesses.JsonLines(bytes, "text"));
            case "text":
                return ("fuzz.txt", [Utf8(string.Concat(Enumerable.Range(0, 40).Select(row => $"a line é {row}\r\n"))), Utf8("\uFEFFx\ny\n")], TextLinesReader.Read, TextWitnesses.Lines);
            case "bytes":
                return ("fuzz", [[7], [0x1f, 0x8b, 8], [.. Enumerable.Range(0, 300).Select(i => (byte)i)]], path => [BytesFile.Read(path, null, null)], bytes => TextWitnesses.Whole(bytes, int.MaxValue));
            case "bytes cut":
                return ("fuzz", [[7], [0x1f, 0x8b, 8], [.. Enumerable.Range(0, 300).Select(i => (byte)i)]], path => [BytesFile.Read(path, null, 5)], bytes => TextWitnesses.Whole(bytes, 6)); // one more, which shows that it is cut
            default:
                return ("fuzz.mat", [Fixture.Bytes("list_plain.mat"), Fixture.Bytes("list_packed.mat")], path => StanfordDogs.List(Path.GetDirectoryName(path)!, Path.GetFileName(path)), null);
        }
    }

    private static byte[] Labels => IdxReaderTests.Idx([.. Enumerable.Range(0, 12).Select(row => (byte)(row % 3))], 12);

    private static byte[] Images => IdxReaderTests.Idx([.. Enumerable.Range(0, 12 * 30).Select(i => (byte)(i * 7))], 12, 5, 6);

    private static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);
}
