namespace Recollect.Data;

/// <summary>The published data sets that <c>recollect data get</c> knows.</summary>
/// <remarks>
/// SHA-256 is of the unpacked files, computed from copies that agree with sums published before: the MD5 sums of
/// MNIST's unpacked files and of Fashion-MNIST's archives, and the SHA-1 sums of CIFAR-10's batches in Apache MXNet's loader. Of DBpedia's two tables the
/// lengths alone are published; gzip's own CRC-32 finds what a transfer damages.
/// </remarks>
public static class DataCatalog
{
    private const string TrainImages = "train-images-idx3-ubyte", TrainLabels = "train-labels-idx1-ubyte";
    private const string TestImages = "t10k-images-idx3-ubyte", TestLabels = "t10k-labels-idx1-ubyte";
    private const long TrainImagesLength = 47_040_016, TrainLabelsLength = 60_008, TestImagesLength = 7_840_016, TestLabelsLength = 10_008;

    /// <summary>All sets.</summary>
    public static IReadOnlyList<CatalogEntry> Entries { get; } = [Mnist(), FashionMnist(), Cifar10(), Dbpedia()];

    /// <summary>The set of a name.</summary>
    /// <exception cref="RecipeException">There is none; the nearest name is in the message.</exception>
    public static CatalogEntry Find(string name)
    {
        if (Entries.FirstOrDefault(entry => entry.Name == name) is { } found)
            return found;
        if (name == DataSources.Digits)
            throw new RecipeException("digits: nothing is to be fetched; the set is embedded in the program.");
        if (name == DataSources.StanfordDogs)
            throw new RecipeException($"stanford-dogs: the set has to be got by hand, as no checksums of its files are published. {StanfordDogs.Where} into the folder '{StanfordDogs.Folder}' of the data folder.");
        var names = Entries.Select(entry => entry.Name).ToList();
        var nearest = Spelling.Hint(name, names);
        throw new RecipeException($"data get: there is no set '{name}'; expected one of {string.Join(", ", names)}.{nearest}");
    }

    private static CatalogEntry Mnist()
    {
        const string publisher = "http://yann.lecun.com/exdb/mnist/", mirror = "https://ossci-datasets.s3.amazonaws.com/mnist/";
        return new(DataSources.Mnist, "Handwritten digits, 28×28 grey, 60,000 + 10,000", "LeCun, Cortes and Burges; free for research",
            new Uri(publisher), "mnist",
            [
                Idx(publisher, mirror, 9_912_422, TrainImages, TrainImagesLength, "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db"),
                Idx(publisher, mirror, 28_881, TrainLabels, TrainLabelsLength, "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5"),
                Idx(publisher, mirror, 1_648_877, TestImages, TestImagesLength, "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7"),
                Idx(publisher, mirror, 4_542, TestLabels, TestLabelsLength, "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2"),
            ]);
    }

    private static CatalogEntry FashionMnist()
    {
        const string publisher = "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/";
        const string mirror = "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/";
        return new(DataSources.FashionMnist, "Articles of clothing, 28×28 grey, 60,000 + 10,000", "Zalando SE; MIT licence",
            new Uri("https://github.com/zalandoresearch/fashion-mnist"), "fashion-mnist",
            [
                Idx(publisher, mirror, 26_421_880, TrainImages, TrainImagesLength, "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888"),
                Idx(publisher, mirror, 29_515, TrainLabels, TrainLabelsLength, "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9"),
                Idx(publisher, mirror, 4_422_102, TestImages, TestImagesLength, "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b"),
                Idx(publisher, mirror, 5_148, TestLabels, TestLabelsLength, "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34"),
            ]);
    }

    private static CatalogArchive Idx(string publisher, string mirror, long packed, string file, long length, string sha256) => new(
        $"{file}.gz",
        [new(new Uri($"{publisher}{file}.gz"), packed), new(new Uri($"{mirror}{file}.gz"), packed)],
        [new(file, length, sha256)]);

    private static CatalogEntry Cifar10() => new(
        DataSources.Cifar10, "Photographs of ten kinds of object, 32×32 colour, 50,000 + 10,000", "Krizhevsky 2009; cite \"Learning Multiple Layers of Features from Tiny Images\"",
        new Uri("https://www.cs.toronto.edu/~kriz/cifar.html"), "cifar-10-batches-bin",
        [
            new(
                "cifar-10-binary.tar.gz",
                [
                    new(new Uri("https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz"), 170_052_171),
                    new(new Uri("https://apache-mxnet.s3-accelerate.dualstack.amazonaws.com/gluon/dataset/cifar10/cifar-10-binary.tar.gz"), 169_570_669),
                ],
                [
                    Batch("data_batch_1.bin", "cee916563c9f80d84e3cc88e17fdc0941787f1244f00a67874d45b261883ada5"),
                    Batch("data_batch_2.bin", "a591ca11fa1708a91ee40f54b3da4784ccd871ecf2137de63f51ada8b3fa57ed"),
                    Batch("data_batch_3.bin", "bbe8596564c0f86427f876058170b84dac6670ddf06d79402899d93ceea26f67"),
                    Batch("data_batch_4.bin", "014e562d6e23c72197cc727519169a60359f5eccd8945ad5a09d710285ff4e48"),
                    Batch("data_batch_5.bin", "755304fc0b379caeae8c14f0dac912fbc7d6cd469eb67a1029a08a39453a9add"),
                    Batch("test_batch.bin", "8e2eb146ae340b09e24670f29cabc6326dba54da8789dab6768acf480273f65b"),
                ]),
        ]);

    // Its authors publish it on Google Drive, which hands files to browsers alone; both addresses are copies. The lengths unpacked are those that users list.
    private static CatalogEntry Dbpedia() => new(
        DataSources.Dbpedia, "Titles and abstracts of articles in 14 classes, 560,000 + 70,000", "DBpedia, by Zhang, Zhao and LeCun 2015; CC BY-SA 3.0 and GFDL",
        new Uri("https://github.com/zhangxiangxiao/Crepe"), "dbpedia_csv",
        [
            new(
                "dbpedia_csv.tar.gz",
                [
                    new(new Uri("https://github.com/le-scientifique/torchDatasets/raw/master/dbpedia_csv.tar.gz"), 68_341_698),
                    new(new Uri("https://s3.amazonaws.com/fast-ai-nlp/dbpedia_csv.tgz"), 68_341_743),
                ],
                [
                    new("train.csv", 174_148_970, null),
                    new("test.csv", 21_775_285, null),
                    new("classes.txt", 146, "3390a11cf615554211a10dfcc4f807d25bc0293cbb6e62e913c16c2281e7a02c"),
                ]),
        ]);

    private static CatalogFile Batch(string name, string sha256) => new(name, 30_730_000, sha256);
}
