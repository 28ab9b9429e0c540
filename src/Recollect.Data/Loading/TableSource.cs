using System.Globalization;
using System.Numerics;
using Recollect.Sequences;

namespace Recollect.Data;

/// <summary>A user's own tables: the rows of CSV, JSON Lines, .ts or Parquet, their classes and their preprocessing.</summary>
internal static class TableSource
{
    /// <summary>The columns that a recipe names, every one resolved against the training file.</summary>
    public static InputColumns Columns(DataOptions data, string trainFile)
    {
        var columns = new InputColumns { Label = data.Label ?? InputColumns.DefaultLabel, Text = data.Text, Values = data.Values };
        if (data.Text is not null)
            return columns;
        return columns with
        {
            Values = data.Source switch
            {
                DataSources.Csv => CsvTableReader.ValueColumns(trainFile, columns),
                DataSources.Parquet => ParquetTableReader.ValueColumns(trainFile, columns, labelled: true),
                DataSources.Ts => null, // such a file names no columns
                _ => data.Values ?? [InputColumns.DefaultValues],
            },
        };
    }

    /// <summary>Streams the rows of a file, each with its label.</summary>
    public static IEnumerable<Sample> Read(DataOptions data, string file, InputColumns columns) =>
        data is { Text: null, Values: null } ? TableColumns.Explained(RowsOf(data, file, columns), "Or name the columns: data.label that of the classes, data.values those of numbers or data.text one of text.") : RowsOf(data, file, columns);

    private static IEnumerable<Sample> RowsOf(DataOptions data, string file, InputColumns columns) => data.Source switch
    {
        DataSources.Csv => CsvTableReader.Read(file, columns),
        DataSources.Parquet => ParquetTableReader.Read(file, columns),
        DataSources.Ts => TsReader.Read(file),
        _ => JsonLinesReader.Read(file, columns),
    };

    /// <summary>The different labels of the training rows, sorted: by value where all are whole numbers, else by their characters.</summary>
    public static IReadOnlyList<string> Classes(IEnumerable<string> labels)
    {
        var names = labels.Distinct().Order(StringComparer.Ordinal).ToList();
        return names.All(name => Whole(name) is not null) ? [.. names.OrderBy(name => Whole(name))] : names;
    }

    /// <summary>The preprocessing of rows of this kind, with the figures of the rows to train on where they are to be standardised.</summary>
    public static Preprocessing Preprocess(DataOptions data, IEnumerable<Sample> train, CancellationToken stop)
    {
        if (data.Text is not null)
            return TextSource.Preprocess(data, train, stop);
        var (components, missing) = (((SeriesSample)train.First()).Components, data.Missing ?? MissingValues.Error);
        var preprocessing = new SeriesPreprocessing { Components = components, Missing = missing };
        if (data.Standardize != true)
            return preprocessing;
        // Over the numbers that are trained on: those that fill gaps count as the others.
        var (mean, scale) = Standardization.Of(train.Select(preprocessing.Complete).Cast<SeriesSample>(), components);
        return new SeriesPreprocessing { Components = components, Missing = missing, Mean = mean, Scale = scale };
    }

    private static BigInteger? Whole(string name) =>
        BigInteger.TryParse(name, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) ? value : null;
}
