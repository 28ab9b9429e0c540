using Recollect.Sequences;

namespace Recollect.Data;

/// <summary>DBpedia's files in a data folder, as rows of text.</summary>
internal static class TextSource
{
    private const string Folder = "dbpedia_csv";

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
        return new SourceRows(
            SourceRows.Of(DbpediaReader.Read(files[0], classes), data.Limit, hold, stop, FileStamp.Of(files[0])),
            SourceRows.Of(DbpediaReader.Read(files[1], classes), data.TestLimit, hold, stop, FileStamp.Of(files[1])),
            classes, Columns, rows => Preprocess(data, rows, stop), ImageSource.HashFiles(files, stop));
    }

    /// <summary>The preprocessing of texts, with the vocabulary of the rows to train on where it needs one.</summary>
    public static TextPreprocessing Preprocess(DataOptions data, IEnumerable<Sample> train, CancellationToken stop)
    {
        var unit = data.Unit ?? TextUnit.Bytes;
        return new TextPreprocessing
        {
            Unit = unit,
            Vocabulary = unit == TextUnit.Bytes ? null : TextVocabulary.Of(train, unit, data.Vocabulary, data.MaxLength, stop),
            MaxLength = data.MaxLength,
        };
    }
}
