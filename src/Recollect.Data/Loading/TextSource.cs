using Recollect.Runs;
using Recollect.Sequences;

namespace Recollect.Data;

/// <summary>DBpedia's files in a data folder, as rows of text.</summary>
internal static class TextSource
{
    private const string Folder = "dbpedia_csv";

    // A tenth of the longest header is left to tensors, classes and all else that stands in it.
    private const int MostBytes = Safetensors.LongestHeader / 10 * 9;

    private static readonly string[] FileNames = ["train.csv", "test.csv", "classes.txt"];

    /// <summary>What another text may lie in, so that a model of this set labels a user's own rows: a column "text", or a line.</summary>
    private static readonly InputColumns Columns = new() { Text = TableColumns.DefaultText };

    /// <summary>The rows of the set.</summary>
    /// <param name="data">The recipe's section.</param>
    /// <param name="dataFolder">Where published sets lie.</param>
    /// <param name="hold">As in <see cref="SourceRows.Of(DataOptions, string, bool, CancellationToken)"/>.</param>
    /// <param name="stop">Likewise.</param>
    /// <exception cref="DataException">A file is missing.</exception>
    public static SourceRows Rows(DataOptions data, string dataFolder, bool hold, CancellationToken stop)
    {
        string[] files = [.. FileNames.Select(file => DataFolder.Published(dataFolder, data.Source, Folder, file))];
        var classes = ClassNames.Read(files[2], DbpediaReader.Classes);
        var (train, test) = (FileStamp.Of(files[0]), FileStamp.Of(files[1]));
        var hashes = ImageSource.HashFiles(files, stop);
        return new SourceRows(
            SourceRows.Of(DbpediaReader.Read(train.File, classes), data.Limit, hold, stop, train),
            SourceRows.Of(DbpediaReader.Read(test.File, classes), data.TestLimit, hold, stop, test),
            classes, Columns, rows => Preprocess(data, rows, stop), hashes);
    }

    /// <summary>The preprocessing of texts, with the vocabulary of the rows to train on where it needs one.</summary>
    /// <exception cref="RecipeException">No model file could hold the vocabulary.</exception>
    public static TextPreprocessing Preprocess(DataOptions data, IEnumerable<Sample> train, CancellationToken stop)
    {
        var unit = data.Unit ?? TextUnit.Bytes;
        var text = new TextPreprocessing
        {
            Unit = unit,
            Vocabulary = unit == TextUnit.Bytes ? null : TextVocabulary.Of(train, unit, data.Vocabulary, data.MaxLength, stop),
            MaxLength = data.MaxLength,
        };
        RefuseTooLarge(text);
        return text;
    }

    /// <summary>Refuses a vocabulary that no model file could hold, before anything is packed or trained with it.</summary>
    /// <exception cref="RecipeException">It would take more bytes of the file's header than there is room for.</exception>
    internal static void RefuseTooLarge(TextPreprocessing text)
    {
        var bytes = text.Vocabulary is null ? 0 : SafetensorsHeader.BytesOf(text.ToJson());
        if (bytes > MostBytes)
            throw new RecipeException($"data.vocabulary: the {text.Vocabulary!.Count:N0} units that have a token of their own take {bytes:N0} bytes; expected at most {MostBytes:N0}, for which a model file has room. Lower it.");
    }
}
