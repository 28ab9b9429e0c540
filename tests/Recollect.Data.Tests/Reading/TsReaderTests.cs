using System.Globalization;
using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Recollect.Data.Tests.Witnesses;
using Recollect.Sequences;

namespace Recollect.Data.Tests.Reading;

public sealed class TsReaderTests : IDisposable
{
    private const string Header = "@univariate false\n@equalLength false\n@classLabel true a B\n@data\n";
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private IEnumerable<Sample> Read(string content, bool labelled = true) => TsReader.Read(_folder.Write("a.ts", content), labelled);

    [Theory]
    [InlineData("Covid3Month_disc_TRAIN.ts", 3)]
    [InlineData("DodgerLoopDay_TRAIN.ts", 2)]
    [InlineData("JapaneseVowels_TRAIN.ts", 2)]
    [InlineData("JapaneseVowels_eq_TRAIN.ts", 1)]
    [InlineData("PickupGestureWiimoteZ_TRAIN.ts", 2)]
    [InlineData("Missing.ts", 3)]
    public void Files_of_the_archive_and_one_by_hand_are_read_as_aeon_reads_them_value_by_value(string file, int count)
    {
        var expected = JsonNode.Parse(File.ReadAllText(Fixture.Path("ts", "expected.json")))![file]!.AsArray();
        var samples = TsReader.Read(Fixture.Path("ts", file)).Cast<SeriesSample>().ToList();
        Assert.Equal((count, count), (expected.Count, samples.Count));
        Assert.All(samples.Zip(expected), pair =>
        {
            var (sample, row) = pair;
            Assert.Equal(row!["label"]!.GetValue<string>(), sample.Label, ignoreCase: true); // aeon's are in lower case
            var dimensions = row["dimensions"]!.AsArray().Select(dimension => dimension!.AsArray().Select(value => (float?)value?.GetValue<double>() ?? float.NaN).ToArray()).ToArray();
            Assert.Equal((dimensions.Length, dimensions[0].Length), (sample.Components, sample.Values.Length / sample.Components));
            for (var i = 0; i < sample.Values.Length; i++)
                Assert.Equal(dimensions[i % dimensions.Length][i / dimensions.Length], sample.Values[i]);
        });
    }

    [Fact]
    public void Time_stamps_are_refused_once_and_in_clear_words() => Refusal.Of<DataException>(
        () => TsReader.Read(Fixture.Path("ts", "UnitTestTimeStamps_TRAIN.ts")), "UnitTestTimeStamps_TRAIN.ts, line 5", "(time, value) pairs", "Export the file without its time stamps");

    [Fact]
    public void Rows_have_the_numbers_of_their_lines_and_the_header_s_spelling_of_their_classes()
    {
        var samples = Read("\n# c\n" + Header + "1,2 : 3,4 : A\n% c\n\n5:6:b\n").Cast<SeriesSample>().ToList();
        Assert.Equal([7L, 10], samples.Select(sample => sample.Origin.Number));
        Assert.Equal(["a", "B"], samples.Select(sample => sample.Label));
        Assert.Equal([1f, 3, 2, 4], samples[0].Values); // step by step
        Assert.Equal([5f, 6], samples[1].Values);
        var both = Read("@classLabel true a A\n@data\n1:A\n1:a\n");
        Assert.Equal(["A", "a"], both.Select(sample => sample.Label));
    }

    [Fact]
    public void Gzip_and_carriage_returns_are_read() => Assert.Equal(
        [1f, 2], ((SeriesSample)Assert.Single(TsReader.Read(_folder.WriteGzip("a.ts.gz", "@classLabel true a\r\n@data\r\n1,2:a\r\n"u8.ToArray())))).Values);

    [Fact]
    public void Rows_may_lack_classes_only_where_that_is_allowed()
    {
        const string without = "@classLabel false\n@data\n1,2:3,4\n";
        var sample = (SeriesSample)Assert.Single(Read(without, labelled: false));
        Assert.Equal((null, 2), (sample.Label, sample.Components));
        Refusal.Of<DataException>(() => Read(without), "a.ts: its rows have no classes", "'@classLabel true'");
        Assert.Null(Assert.Single(Read(Header + "1:?\n", labelled: false)).Label);
        Refusal.Of<DataException>(() => Read(Header + "1:?\n"), "line 5", "the class '?'");
    }

    [Theory]
    [InlineData("", "the file is empty")]
    [InlineData("1,2:a\n", "line 1: found '1,2:a' before '@data'")]
    [InlineData("@classLabel true a\n", "no line '@data'")]
    [InlineData("@classLabel true a\n@dta\n", "Nearest: dta")]
    [InlineData("@data\n1:a\n", "no line '@classLabel'")]
    [InlineData("@classLabel true a\n@classlabel true b\n@data\n", "line 2: the header has '@classlabel' a second time (first on line 1)")]
    [InlineData("@classLabel true\n@data\n", "line 1: '@classLabel true' names no class")]
    [InlineData("@classLabel true a a\n@data\n", "the class 'a' is there twice")]
    [InlineData("@classLabel maybe\n@data\n", "'@classLabel' is 'maybe'; it must be true or false")]
    [InlineData("@targetLabel true\n@data\n1:2.5\n", "line 1: '@targetLabel true' makes it a regression problem, which is out of scope")]
    [InlineData("@classLabel true a\n@dimensions 1\0\n@data\n1:a\n", "line 2: '@dimensions' is '1")]
    [InlineData("@classLabel true a\n@dimensions 0\n@data\n1:a\n", "line 2: '@dimensions' is '0'; it must be a whole number from 1")]
    [InlineData("@classLabel true a\n@dimensions two\n@data\n", "line 2: '@dimensions' is 'two'; it must be a whole number")]
    [InlineData("@classLabel true a\n@missing maybe\n@data\n", "line 2: '@missing' is 'maybe'; it must be true or false")]
    [InlineData("@classLabel true a\n@univariate true\n@dimensions 2\n@data\n", "'@univariate true' and 2 dimensions contradict")]
    [InlineData("@classLabel true a\n@data\n", "no row after '@data'")]
    [InlineData("@classLabel true a\n@data\n1:b\n", "line 3: found the class 'b'; expected one of the header's at the end of the row: a")]
    [InlineData("@classLabel true a\n@data\n1,2\n", "line 3: found no ':' before a class")]
    [InlineData("@classLabel true a\n@data\n1,two:a\n", "line 3, dimension 1, step 2: found 'two'; expected a finite number")]
    [InlineData("@classLabel true a\n@data\n1\0:a\n", "line 3, dimension 1, step 1: found '1\0'; expected a finite number")]
    [InlineData("@classLabel true a\n@data\n1:2,,3:a\n", "line 3, dimension 2, step 2: found ''")]
    [InlineData("@classLabel true a\n@data\n1e99:a\n", "step 1: found '1e99'")]
    [InlineData("@classLabel true a\n@data\n(0,1.5),(1,2.5):a\n", "Time stamps are not read; export values alone")]
    [InlineData("@classLabel true a\n@data\n1,2:3:a\n", "line 3: dimension 2 has 1 value(s), and dimension 1 has 2")]
    [InlineData("@classLabel true a\n@data\n1:a\n1:2:a\n", "line 4: found 2 dimension(s); expected 1, as in the first row")]
    [InlineData("@classLabel true a\n@univariate true\n@data\n1:2:a\n", "line 4: found 2 dimension(s); expected 1, as the header says")]
    [InlineData("@classLabel true a\n@dimensions 3\n@data\n1:2:a\n", "found 2 dimension(s); expected 3, as the header says")]
    [InlineData("@classLabel true a\n@equalLength true\n@seriesLength 3\n@data\n1,2:a\n", "line 5: found 2 step(s); expected 3, as the header says")]
    [InlineData("@classLabel true a\n@equalLength true\n@data\n1,2:a\n1:a\n", "line 5: found 1 step(s); expected 2, as in the first row")]
    public void What_is_wrong_is_refused_with_its_place(string content, string what) => Refusal.Of<DataException>(() => Read(content), "a.ts", what);

    [Fact]
    public void A_length_in_the_header_binds_no_rows_of_unequal_length() =>
        Assert.Equal(2, Read("@classLabel true a\n@equalLength false\n@seriesLength 3\n@data\n1,2:a\n1:a\n").Count());

    [Fact]
    public void Bytes_that_are_not_utf_8_are_refused_with_line_and_offset() => Refusal.Of<DataException>(
        () => TsReader.Read(_folder.Write("a.ts", [.. "# c\n"u8, 0xff])), "a.ts, line 2", "0xFF", "offset 4");

    [Property]
    public Property Any_series_come_back_as_they_were_written() => Prop.ForAll(
        ArbMap.Default.ArbFor<(float[] Values, byte Dimensions)[]>(),
        rows =>
        {
            var clean = rows.Select(row => (row.Values ?? []).Where(float.IsFinite).Append(0.1f).ToArray()).ToList();
            var dimensions = rows.Length == 0 ? 1 : rows[0].Dimensions % 4 + 1;
            string Cell(float value, int dimension) => dimension % 2 == 1 && value < 0 ? "?" : (dimension + value).ToString("R", CultureInfo.InvariantCulture);
            float Value(float value, int dimension) => dimension % 2 == 1 && value < 0 ? float.NaN : dimension + value;
            var lines = clean.Select(row => string.Join(':', Enumerable.Range(0, dimensions).Select(dimension => string.Join(',', row.Select(value => Cell(value, dimension))))) + ":a\n");
            var read = Read(Header + string.Concat(lines) + string.Concat(Enumerable.Repeat("1:", dimensions)) + "b\n").Cast<SeriesSample>().ToList();
            return read.Count == clean.Count + 1 && read[..^1].Zip(clean).All(pair =>
                pair.First.Values.SequenceEqual(pair.Second.SelectMany(value => Enumerable.Range(0, dimensions).Select(dimension => Value(value, dimension)))));
        });

    // Reading a line takes some dozen times its bytes, and never what a header announces.
    private const long MostPerByte = 200, Most = 1 << 20;

    [Fact]
    public void Damaged_files_are_refused_or_read_as_what_they_are() => Fuzz(500);

    [Fact]
    [Trait("Tier", "slow")]
    public void Ten_thousand_damaged_files_are_refused_or_read_as_what_they_are() => Fuzz(10_000);

    private void Fuzz(int count)
    {
        var files = Directory.GetFiles(Fixture.Path("ts"), "*.ts").Where(file => !Path.GetFileName(file).Contains("TimeStamps", StringComparison.Ordinal)).Order(StringComparer.Ordinal);
        var whole = files.Select(File.ReadAllBytes).ToList();
        Assert.All(whole, file => WitnessRow.AgreeOn(TsReader.Read(_folder.Write("fuzz.ts", file)), TextWitnesses.Ts(file)));
        var (refused, _) = Mutations.Try(whole, count, Most + MostPerByte * whole.Max(file => file.Length), bytes => TsReader.Read(_folder.Write("fuzz.ts", bytes)).ToList(),
            (samples, bytes) => WitnessRow.AgreeOn(samples, TextWitnesses.Ts(bytes)));
        Assert.InRange(refused, count / 5, count - count / 20); // many are only other numbers
    }
}
