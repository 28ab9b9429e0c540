using ParquetSharp;
using ParquetSharp.IO;

namespace Recollect.Data.Tests;

/// <summary>Parquet files written by Apache's own C++ library.</summary>
internal static class ParquetFiles
{
    /// <summary>Every way of packing that is read.</summary>
    public static readonly Compression[] Codecs = [Compression.Uncompressed, Compression.Snappy, Compression.Gzip, Compression.Zstd, Compression.Brotli, Compression.Lz4];

    /// <summary>Writes a file.</summary>
    /// <param name="columns">Its columns.</param>
    /// <param name="settings">How; null for the library's defaults.</param>
    /// <param name="groups">Writes each row group, column by column.</param>
    public static byte[] Write(Column[] columns, Action<WriterPropertiesBuilder>? settings, params Action<RowGroupWriter>[] groups)
    {
        using var builder = new WriterPropertiesBuilder();
        settings?.Invoke(builder);
        using var properties = builder.Build();
        using var bytes = new MemoryStream();
        using (var output = new ManagedOutputStream(bytes, leaveOpen: true))
        using (var file = new ParquetFileWriter(output, columns, properties))
        {
            foreach (var group in groups)
            {
                using var writer = file.AppendRowGroup();
                group(writer);
            }
            file.Close();
        }
        return bytes.ToArray();
    }

    /// <summary>Writes the next column of a row group.</summary>
    public static void Next<T>(this RowGroupWriter group, params T[] values)
    {
        using var column = group.NextColumn().LogicalWriter<T>();
        column.WriteBatch(values);
    }

    /// <summary>A few rows of each form that is read.</summary>
    public static byte[] Scalars(Action<WriterPropertiesBuilder>? settings = null) => Write(
        [new Column<string>("label"), new Column<float>("a"), new Column<double?>("b"), new Column<int>("c")], settings,
        group =>
        {
            group.Next("x", "y", "x");
            group.Next(1.5f, -2, 3);
            group.Next<double?>(0.25, null, 8);
            group.Next(7, 8, -9);
        },
        group =>
        {
            group.Next("y");
            group.Next(0f);
            group.Next<double?>(1);
            group.Next(2);
        });

    /// <inheritdoc cref="Scalars"/>
    public static byte[] Lists(Action<WriterPropertiesBuilder>? settings = null) => Write(
        [new Column<float?[]>("values"), new Column<int>("label")], settings,
        group =>
        {
            group.Next<float?[]>([1, 2, null], [4]);
            group.Next(3, 4);
        });

    /// <inheritdoc cref="Scalars"/>
    public static byte[] Vectors(Action<WriterPropertiesBuilder>? settings = null) => Write(
        [new Column<double[][]>("values"), new Column<bool>("label")], settings,
        group =>
        {
            group.Next<double[][]>([[1, 2], [3, 4], [5, 6]], [[7, 8]]);
            group.Next(true, false);
        });

    /// <inheritdoc cref="Scalars"/>
    public static byte[] Truths(Action<WriterPropertiesBuilder>? settings = null) => Write(
        [new Column<bool?>("label"), new Column<float>("v")], settings,
        group =>
        {
            group.Next<bool?>([.. Enumerable.Repeat<bool?>(true, 20), false, null, true, false]);
            group.Next([.. Enumerable.Range(0, 24).Select(row => row / 2f)]);
        });

    /// <inheritdoc cref="Scalars"/>
    public static byte[] Texts(Action<WriterPropertiesBuilder>? settings = null) => Write(
        [new Column<string>("text"), new Column<long?>("label")], settings,
        group =>
        {
            group.Next("abc", "é", "abc", "");
            group.Next<long?>(1, 2, 1, null);
        });
}
