namespace Recollect.Data;

/// <summary>A column that is read: numbers, lists of them or lists of lists, or texts and labels.</summary>
/// <param name="Name">The column's name.</param>
/// <param name="Index">Its place among the leaves, and so in a row group.</param>
/// <param name="Leaf">What its values are.</param>
/// <param name="Nullable">Whether each list, from the outermost on, and at last the value may be null.</param>
internal sealed record ParquetColumn(string Name, int Index, ParquetNode Leaf, IReadOnlyList<bool> Nullable)
{
    /// <summary>How deep values lie in lists, which is the largest repetition level.</summary>
    public int Lists => Nullable.Count - 1;

    /// <summary>The definition level of a value that is there.</summary>
    public int Defined { get; } = Nullable.Count - 1 + Nullable.Count(nullable => nullable);

    /// <summary>Whether the values are numbers that steps can be made of.</summary>
    public bool IsNumeric => (Leaf.Physical, Leaf.Meaning) is (ParquetPhysical.Int32 or ParquetPhysical.Int64, ParquetMeaning.None or ParquetMeaning.Unsigned)
        or (ParquetPhysical.Float or ParquetPhysical.Double, ParquetMeaning.None);

    /// <summary>Whether the values are whole numbers without a sign, which are stored as those with one.</summary>
    public bool IsUnsigned => Leaf.Meaning == ParquetMeaning.Unsigned;

    /// <summary>Whether the values are texts.</summary>
    public bool IsText => Lists == 0 && (Leaf.Physical, Leaf.Meaning) is (ParquetPhysical.Bytes, ParquetMeaning.None or ParquetMeaning.Text);

    /// <summary>Whether the values can name classes.</summary>
    public bool IsLabel => Lists == 0 && (IsText || (IsNumeric && Leaf.Physical is ParquetPhysical.Int32 or ParquetPhysical.Int64) || Leaf.Physical == ParquetPhysical.Boolean);

    /// <summary>The column that a child of the root is; null where its parts are not of this form: a struct, a map, lists in lists in lists.</summary>
    /// <param name="top">The child.</param>
    /// <param name="index">The place of its first leaf among all of the file.</param>
    public static ParquetColumn? Of(ParquetNode top, int index)
    {
        var nullable = new List<bool>();
        var (node, isNullable) = (top, false);
        while (true)
        {
            if (node.Repetition == 1 && isNullable)
                return null; // a struct that may be null around a value that may be null
            isNullable |= node.Repetition == 1;
            if (node.Repetition == 2)
            {
                nullable.Add(isNullable);
                isNullable = false;
            }
            if (node.Physical is not null)
                break;
            if (node.Children.Count != 1)
                return null;
            node = node.Children[0];
        }
        nullable.Add(isNullable);
        return nullable.Count <= 3 && (nullable.Count > 1 || ReferenceEquals(node, top)) ? new ParquetColumn(top.Name, index, node, nullable) : null;
    }

    /// <summary>What a definition level below <see cref="Defined"/> says is not there: "the list is null"; null where it is the value alone.</summary>
    public string? Absent(int definition)
    {
        var level = 0;
        for (var list = 0; list < Lists; list++)
        {
            var which = list == 0 ? "the list" : "a list in it";
            level += Nullable[list] ? 1 : 0;
            if (definition < level)
                return $"{which} is null";
            if (definition < ++level)
                return $"{which} is empty";
        }
        return null;
    }
}
