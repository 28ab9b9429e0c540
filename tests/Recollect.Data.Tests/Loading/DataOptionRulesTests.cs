using Recollect.Sequences;

namespace Recollect.Data.Tests.Loading;

public sealed class DataOptionRulesTests
{
    private static readonly DataOptions Csv = new() { Source = "csv", Train = "a.csv" };
    private static readonly DataOptions Ts = new() { Source = "ts", Train = "a.ts" };
    private static readonly DataOptions Parquet = new() { Source = "parquet", Train = "a.parquet" };
    private static readonly DataOptions Mnist = new() { Source = "mnist" };
    private static readonly DataOptions Dbpedia = new() { Source = "dbpedia" };
    private static readonly DataOptions Packed = new() { Source = "packed", Train = "a.packed" };
    private static readonly DataOptions Images = new() { Source = "images", Train = "x", Size = 8 };

    public static TheoryData<DataOptions, string> Unread => new()
    {
        { Csv with { Downscale = 2 }, "data.downscale" },
        { Csv with { Levels = 2 }, "data.levels" },
        { Csv with { Encoding = StepEncoding.Reals }, "data.encoding" },
        { Csv with { PermutationSeed = 2 }, "data.permutationSeed" },
        { Csv with { Test = "t.csv", TestFraction = 0.1 }, "data.testFraction" },
        { Csv with { Text = "t", Values = ["v"] }, "data.values" },
        { Csv with { Text = "t", Standardize = true }, "data.standardize" },
        { Csv with { Missing = MissingValues.Zero }, "data.missing" },
        { Csv with { Source = "jsonl", Missing = MissingValues.Error }, "data.missing" },
        { Ts with { Label = "label" }, "data.label" },
        { Ts with { Text = "text" }, "data.text" },
        { Ts with { Values = ["v"] }, "data.values" },
        { Ts with { Levels = 2 }, "data.levels" },
        { Parquet with { Text = "t", Missing = MissingValues.Zero }, "data.missing" },
        { Parquet with { Encoding = StepEncoding.Tokens }, "data.encoding" },
        { Mnist with { Missing = MissingValues.Zero }, "data.missing" },
        { Mnist with { Text = "t" }, "data.text" },
        { Mnist with { Values = ["t"] }, "data.values" },
        { Mnist with { Label = "t" }, "data.label" },
        { Mnist with { Train = "t" }, "data.train" },
        { Mnist with { Test = "t" }, "data.test" },
        { Mnist with { TestFraction = 0.5 }, "data.testFraction" },
        { Mnist with { Standardize = false }, "data.standardize" },
        { Mnist with { Encoding = StepEncoding.Reals, Levels = 16 }, "data.levels" },
        { new DataOptions { Source = "cifar-10", Levels = 16 }, "data.levels" },
        { Csv with { Unit = TextUnit.Bytes }, "data.unit" },
        { Csv with { MaxLength = 5 }, "data.maxLength" },
        { Csv with { Text = "t", Vocabulary = 5 }, "data.vocabulary" },
        { Mnist with { MaxLength = 5 }, "data.maxLength" },
        { Dbpedia with { Vocabulary = 5 }, "data.vocabulary" },
        { Dbpedia with { Text = "t" }, "data.text" },
        { Dbpedia with { Train = "t" }, "data.train" },
        { Dbpedia with { Downscale = 2 }, "data.downscale" },
        { Packed with { Test = "t" }, "data.test" },
        { Packed with { Unit = TextUnit.Words }, "data.unit" },
        { Packed with { Validation = 0.1 }, "data.validation" },
        { Packed with { Encoding = StepEncoding.Reals }, "data.encoding" },
        { Csv with { Flip = false }, "data.flip" },
        { Csv with { CropPadding = 1 }, "data.cropPadding" },
        { Mnist with { Source = "dbpedia", Size = 8 }, "data.size" },
        { Mnist with { Grey = true }, "data.grey" },
        { Images with { Box = true }, "data.box" },
        { Images with { MaxLength = 3 }, "data.maxLength" },
        { Images with { Label = "t" }, "data.label" },
        { Images with { Test = "t", TestFraction = 0.1 }, "data.testFraction" },
        { Images with { Levels = 4 }, "data.levels" },
        { new DataOptions { Source = "bytes", Train = "x", Flip = true }, "data.flip" },
        { new DataOptions { Source = "bytes", Train = "x", Encoding = StepEncoding.Tokens }, "data.encoding" },
        { new DataOptions { Source = "stanford-dogs", Size = 8, Train = "x" }, "data.train" },
    };

    [Theory]
    [MemberData(nameof(Unread), DisableDiscoveryEnumeration = true)]
    public void A_key_that_the_source_does_not_read_is_refused_by_name(DataOptions options, string key) =>
        Refusal.Of<RecipeException>(() => DataOptionRules.Check(options), $"{key}:", options.Source, "does not read");

    public static TheoryData<DataOptions, string> OutOfRange => new()
    {
        { Mnist with { Validation = 1 }, "'data.validation' is 1; it must be in [0, 1)" },
        { Mnist with { Validation = double.NaN }, "'data.validation' is NaN" },
        { Mnist with { Downscale = 0 }, "'data.downscale' is 0; it must be a factor that divides 28" },
        { Dbpedia with { Unit = TextUnit.Words }, "'data.vocabulary' is missing: unit = words needs the number of words" },
        { Csv with { Text = "t", Unit = TextUnit.Characters, Vocabulary = 0 }, "'data.vocabulary' is 0; it must be at least 1" },
        { Dbpedia with { MaxLength = 0 }, "'data.maxLength' is 0; it must be at least 1" },
        { new DataOptions { Source = "packed" }, "'data.train' is missing: source = packed needs the file to train on, such as \"mine.packed\"" },
        { Mnist with { Limit = 0 }, "'data.limit' is 0; it must be at least 1" },
        { Mnist with { TestLimit = -1 }, "'data.testLimit' is -1" },
        { Csv with { TestFraction = 1 }, "'data.testFraction' is 1; it must be in (0, 1)" },
        { Csv with { Train = null }, "'data.train' is missing: source = csv needs the file to train on" },
        { Images with { Size = null }, "'data.size' is missing: source = images needs the side" },
        { Images with { Size = 0 }, "'data.size' is 0; it must be from 1 to 4096" },
        { Images with { Size = 4097 }, "'data.size' is 4097" },
        { Images with { Train = null }, "'data.train' is missing: source = images needs the folder" },
        { Images with { Downscale = 3 }, "'data.downscale' is 3; it must be a factor that divides 8, the side of images: 1, 2, 4, 8" },
        { Images with { CropPadding = 8 }, "'data.cropPadding' is 8; it must be from 0 to 7" },
        { Mnist with { CropPadding = -1 }, "'data.cropPadding' is -1" },
        { new DataOptions { Source = "bytes", Train = "x", MaxLength = 0 }, "'data.maxLength' is 0; it must be at least 1" },
        { new DataOptions { Source = "stanford-dogs" }, "'data.size' is missing" },
        { Csv with { Values = [] }, "'data.values' is a list of 0; it must be at least one column" },
        { Csv with { Text = "label" }, "'data.text' is \"label\"; it must be another column than the label's" },
        { Parquet with { Text = "state", Label = "state" }, "'data.text' is \"state\"; it must be another column" },
        { Csv with { Label = "y", Values = ["y", "a"] }, "'data.values' is a list with \"y\" in it; it must be other columns than the label's" },
        { Csv with { Values = ["a", "b", "a"] }, "'data.values' is a list with \"a\" twice; it must be different columns" },
        { Parquet with { Values = [] }, "'data.values' is a list of 0; it must be at least one column" },
        { Ts with { Train = null }, "source = ts needs the file to train on, such as \"mine.ts\"" },
        { Csv with { Source = "jsonl", Values = ["a", "b"] }, "'data.values' is a list of 2; it must be the one property" },
    };

    [Theory]
    [MemberData(nameof(OutOfRange), DisableDiscoveryEnumeration = true)]
    public void A_value_out_of_range_is_refused_by_its_key(DataOptions options, string says) =>
        Refusal.Of<RecipeException>(() => DataOptionRules.Check(options), says);

    [Fact]
    public void An_unknown_source_is_refused_with_the_nearest() =>
        Refusal.Of<RecipeException>(() => DataOptionRules.Check(new DataOptions { Source = "mnits" }), "'data.source' is \"mnits\"", "Nearest: mnist", "cifar-10");

    [Theory]
    [InlineData(3, null, "'data.downscale' is 3")]
    [InlineData(null, 18, "'data.levels' is 18; it must be from 2 to 17")]
    [InlineData(null, 1, "'data.levels' is 1;")]
    public void Sizes_that_the_images_do_not_allow_are_refused(int? downscale, int? levels, string says) =>
        Refusal.Of<RecipeException>(() => DataSetLoader.Load(new DataOptions { Downscale = downscale, Levels = levels }, ""), says, "digits");
}
