namespace Recollect.Data;

/// <summary>The header of a page, by which a column's data is cut into pieces.</summary>
/// <param name="Kind">0: data; 1: an index; 2: a dictionary; 3: data of version 2.</param>
/// <param name="Unpacked">Bytes of the page when it is unpacked.</param>
/// <param name="Packed">Bytes of the page in the file, after the header.</param>
/// <param name="Values">Values, nulls and empty lists among them.</param>
/// <param name="Encoding">How values are written, by the number in parquet.thrift.</param>
/// <param name="Levels">Data: how the levels before the values are written.</param>
/// <param name="Nulls">Version 2: how many of the values are null; not read, as writers err in it: they are counted.</param>
/// <param name="Rows">Version 2: rows.</param>
/// <param name="DefinitionBytes">Version 2: bytes of the definition levels.</param>
/// <param name="RepetitionBytes">Version 2: bytes of the repetition levels.</param>
/// <param name="IsPacked">Version 2: whether values are packed.</param>
/// <param name="Checksum">The CRC-32 of the bytes after the header; null where the file has none.</param>
internal sealed record ParquetPage(
    int Kind, int Unpacked, int Packed, int Values, int Encoding, int Levels, int Nulls, int Rows, int DefinitionBytes, int RepetitionBytes, bool IsPacked, int? Checksum = null)
{
    /// <summary>The values of <see cref="Kind"/>.</summary>
    public const int Data = 0, Index = 1, Dictionary = 2, DataOfVersion2 = 3;

    /// <summary>The one way in which levels are still written, by the number in parquet.thrift.</summary>
    public const int RunLengths = 3;

    /// <summary>Reads a header.</summary>
    /// <exception cref="InvalidDataException">It is damaged.</exception>
    public static ParquetPage Read(ref ThriftReader thrift)
    {
        var page = new ParquetPage(-1, -1, -1, -1, -1, RunLengths, 0, 0, 0, 0, true);
        var id = 0;
        for (var type = thrift.Field(ref id); type != ThriftType.Stop; type = thrift.Field(ref id))
        {
            switch (id)
            {
                case 1:
                    page = page with { Kind = thrift.Int32(type) };
                    break;
                case 2:
                    page = page with { Unpacked = thrift.Int32(type) };
                    break;
                case 3:
                    page = page with { Packed = thrift.Int32(type) };
                    break;
                case 4:
                    page = page with { Checksum = thrift.Int32(type) };
                    break;
                case 5 or 7 or 8:
                    page = Inner(ref thrift, type, page, id);
                    break;
                default:
                    thrift.Skip(type);
                    break;
            }
        }
        var levels = (long)page.DefinitionBytes + page.RepetitionBytes;
        return page is { Kind: >= Data and <= DataOfVersion2, Unpacked: >= 0, Packed: >= 0, DefinitionBytes: >= 0, RepetitionBytes: >= 0 }
            && (page.Kind == Index || page is { Values: >= 0, Encoding: >= 0 }) && levels <= page.Packed && levels <= page.Unpacked
            ? page
            : throw new InvalidDataException("its sizes and counts do not fit together");
    }

    private static ParquetPage Inner(ref ThriftReader thrift, ThriftType whole, ParquetPage page, int outer)
    {
        thrift.Struct(whole);
        var id = 0;
        for (var type = thrift.Field(ref id); type != ThriftType.Stop; type = thrift.Field(ref id))
        {
            page = (outer, id) switch
            {
                (_, 1) => page with { Values = thrift.Int32(type) },
                (5 or 7, 2) or (8, 4) => page with { Encoding = thrift.Int32(type) },
                (5, 3) => page with { Levels = thrift.Int32(type) },
                (8, 3) => page with { Rows = thrift.Int32(type) },
                (8, 5) => page with { DefinitionBytes = thrift.Int32(type) },
                (8, 6) => page with { RepetitionBytes = thrift.Int32(type) },
                (8, 7) => page with { IsPacked = thrift.Flag(type) },
                _ => Skipped(ref thrift, type, page),
            };
        }
        return page;
    }

    private static ParquetPage Skipped(ref ThriftReader thrift, ThriftType type, ParquetPage page)
    {
        thrift.Skip(type);
        return page;
    }

    /// <summary>Writes the header anew, with nothing in it but what is named here.</summary>
    public void Write(Stream output)
    {
        var thrift = new ThriftWriter(output).Begin().Int(1, Kind).Int(2, Unpacked).Int(3, Packed);
        _ = Kind switch
        {
            Data => thrift.Begin(5).Int(1, Values).Int(2, Encoding).Int(3, RunLengths).Int(4, RunLengths),
            Dictionary => thrift.Begin(7).Int(1, Values).Int(2, Encoding),
            _ => thrift.Begin(8).Int(1, Values).Int(2, Nulls).Int(3, Rows).Int(4, Encoding).Int(5, DefinitionBytes).Int(6, RepetitionBytes).Flag(7, IsPacked),
        };
        thrift.End().End();
    }
}
