namespace Recollect.Data;

/// <summary>A column, or a part of one, in the tree that a Parquet file's schema is.</summary>
/// <param name="Name">Its name within its parent.</param>
/// <param name="Repetition">0: once; 1: once or not at all (null); 2: any number of times.</param>
/// <param name="Physical">Leaves: how values are stored, by the number in parquet.thrift; null for a group.</param>
/// <param name="Meaning">What values stand for beyond how they are stored.</param>
/// <param name="Children">Groups: the parts.</param>
internal sealed record ParquetNode(string Name, int Repetition, ParquetPhysical? Physical, ParquetMeaning Meaning, IReadOnlyList<ParquetNode> Children)
{
    private const int Deepest = 32;

    /// <summary>Its leaves, itself where it is one, in the order in which row groups list columns.</summary>
    public IEnumerable<ParquetNode> Leaves() => Physical is not null ? [this] : Children.SelectMany(child => child.Leaves());

    /// <summary>What it is, for messages.</summary>
    public string Describe() => this switch
    {
        { Physical: null } => $"a group of {string.Join(", ", Children.Take(4).Select(child => child.Name))}",
        { Meaning: ParquetMeaning.Text } => "texts",
        { Meaning: ParquetMeaning.Decimal } => "decimal numbers",
        { Meaning: ParquetMeaning.Date } => "dates",
        { Meaning: ParquetMeaning.Time } => "times of day",
        { Meaning: ParquetMeaning.Timestamp } => "points in time",
        { Meaning: ParquetMeaning.Float16 } => "numbers of 16 bits",
        { Meaning: ParquetMeaning.Other } => "values of a kind that is not read",
        { Physical: ParquetPhysical.Boolean } => "truth values",
        { Physical: ParquetPhysical.Int32 or ParquetPhysical.Int64 or ParquetPhysical.Int96 } => "whole numbers",
        { Physical: ParquetPhysical.Float or ParquetPhysical.Double } => "numbers with fractions",
        _ => "bytes",
    };

    /// <summary>Reads a schema: its elements in the order of a walk through the tree, each before its children.</summary>
    internal static ParquetNode Tree(ref ThriftReader thrift, ThriftType type)
    {
        var elements = new Queue<(ParquetNode Node, int Children)>();
        for (var left = thrift.List(type, ThriftType.Struct); left > 0; left--)
            elements.Enqueue(Element(ref thrift));
        if (elements.Count == 0)
            throw new InvalidDataException("the schema is empty");
        var root = Next(elements, 0);
        return elements.Count == 0 && root.Physical is null
            ? root
            : throw new InvalidDataException("the schema is no tree: its parts do not have as many children as they say");
    }

    private static ParquetNode Next(Queue<(ParquetNode Node, int Children)> elements, int depth)
    {
        if (depth > Deepest)
            throw new InvalidDataException($"the schema is more than {Deepest} levels deep");
        if (!elements.TryDequeue(out var element))
            throw new InvalidDataException("the schema ends before all of its parts");
        var children = new List<ParquetNode>();
        for (var left = element.Children; left > 0; left--)
            children.Add(Next(elements, depth + 1));
        return element.Node with { Children = children };
    }

    private static (ParquetNode Node, int Children) Element(ref ThriftReader thrift)
    {
        var (id, children, converted) = (0, 0, -1);
        ParquetMeaning? logical = null;
        string? name = null;
        var node = new ParquetNode("", 0, null, ParquetMeaning.None, []);
        for (var type = thrift.Field(ref id); type != ThriftType.Stop; type = thrift.Field(ref id))
        {
            switch (id)
            {
                case 1:
                    node = node with { Physical = (ParquetPhysical)thrift.Int32(type) };
                    break;
                case 3:
                    node = node with { Repetition = thrift.Int32(type) };
                    break;
                case 4:
                    name = ParquetFooter.Text(thrift.Binary(type));
                    break;
                case 5:
                    children = thrift.Int32(type);
                    break;
                case 6:
                    converted = thrift.Int32(type);
                    break;
                case 10:
                    logical = Logical(ref thrift, type);
                    break;
                default:
                    thrift.Skip(type);
                    break;
            }
        }
        if (name is null || node.Repetition is < 0 or > 2 || children < 0 || (node.Physical is { } physical && (children > 0 || !Enum.IsDefined(physical))))
            throw new InvalidDataException($"the schema's part '{name}' has a name, repetition, type or number of children that there is not");
        return (node with { Name = name, Meaning = logical ?? Converted(converted) }, children);
    }

    // ConvertedType of parquet.thrift, which older writers alone have.
    private static ParquetMeaning Converted(int converted) => converted switch
    {
        -1 or 1 or 2 or 3 or (>= 15 and <= 18) => ParquetMeaning.None,
        >= 11 and <= 14 => ParquetMeaning.Unsigned,
        0 or 4 or 19 => ParquetMeaning.Text,
        5 => ParquetMeaning.Decimal,
        6 => ParquetMeaning.Date,
        7 or 8 => ParquetMeaning.Time,
        9 or 10 => ParquetMeaning.Timestamp,
        _ => ParquetMeaning.Other,
    };

    // A union: one field, whose number says which. INTEGER (10) alone has something in it that matters here.
    private static ParquetMeaning Logical(ref ThriftReader thrift, ThriftType whole)
    {
        thrift.Struct(whole);
        var (id, meaning) = (0, ParquetMeaning.None);
        for (var type = thrift.Field(ref id); type != ThriftType.Stop; type = thrift.Field(ref id))
        {
            meaning = id switch
            {
                2 or 3 or 11 => ParquetMeaning.None,
                1 or 4 or 12 => ParquetMeaning.Text,
                5 => ParquetMeaning.Decimal,
                6 => ParquetMeaning.Date,
                7 => ParquetMeaning.Time,
                8 => ParquetMeaning.Timestamp,
                10 => ParquetMeaning.Unsigned,
                15 => ParquetMeaning.Float16,
                _ => ParquetMeaning.Other,
            };
            if (id == 10 && IsSigned(ref thrift, type))
                meaning = ParquetMeaning.None;
            else if (id != 10)
                thrift.Skip(type);
        }
        return meaning;
    }

    private static bool IsSigned(ref ThriftReader thrift, ThriftType whole)
    {
        thrift.Struct(whole);
        var (id, signed) = (0, true);
        for (var type = thrift.Field(ref id); type != ThriftType.Stop; type = thrift.Field(ref id))
        {
            if (id == 2)
                signed = thrift.Flag(type);
            else
                thrift.Skip(type);
        }
        return signed;
    }
}

/// <summary>How a column's values are stored: Type of parquet.thrift.</summary>
internal enum ParquetPhysical
{
    Boolean = 0,
    Int32 = 1,
    Int64 = 2,
    Int96 = 3,
    Float = 4,
    Double = 5,
    Bytes = 6,
    FixedBytes = 7,
}

/// <summary>What a column's values stand for, as far as it decides whether and how they are read.</summary>
internal enum ParquetMeaning
{
    None,
    Unsigned,
    Text,
    Decimal,
    Date,
    Time,
    Timestamp,
    Float16,
    Other,
}
