namespace Recollect.Data;

/// <summary>Tells of which set files are that were taken for another's.</summary>
internal static class ForeignFiles
{
    /// <summary>The set, other than the one that was asked for, whose files lie at <paramref name="from"/>; null where that cannot be told.</summary>
    /// <remarks>A published content decides. Names do where no other set shares them: those of MNIST and of Fashion-MNIST are the same.</remarks>
    /// <param name="from">A file, an archive, or a folder that is searched as for the set that was asked for.</param>
    /// <param name="asked">The set that was asked for.</param>
    /// <param name="sets">All sets.</param>
    /// <param name="stop">Ends it.</param>
    public static CatalogEntry? SetOf(string from, CatalogEntry asked, IEnumerable<CatalogEntry> sets, CancellationToken stop)
    {
        var named = new List<CatalogEntry>();
        var shared = NamesOf(asked);
        foreach (var set in sets.Where(set => set != asked))
        {
            var kinds = DataFetcher.Candidates(set, from).Select(candidate => KindOf(candidate, set, shared, stop)).ToList();
            if (kinds.Contains(Kind.Content))
                return set;
            if (kinds.Contains(Kind.Name))
                named.Add(set);
        }
        return named is [var only] ? only : null;
    }

    private enum Kind
    {
        None,
        Name,
        Content,
    }

    private static HashSet<string> NamesOf(CatalogEntry set) => [.. set.Files.Select(file => file.Name), .. set.Archives.Select(archive => archive.Name)];

    private static Kind KindOf(string path, CatalogEntry set, HashSet<string> shared, CancellationToken stop)
    {
        var name = Path.GetFileName(path);
        var kind = NamesOf(set).Contains(name) && !shared.Contains(name) ? Kind.Name : Kind.None;
        try
        {
            foreach (var entry in ArchiveEntries.Of(path, name))
            {
                if (set.Files.FirstOrDefault(file => file.Name == entry.Name) is not { } file)
                    continue;
                kind = shared.Contains(file.Name) ? kind : Kind.Name;
                if (Unpacker.Fault(entry.Content, name, file, stop: stop) is null)
                    return Kind.Content;
            }
        }
        catch (DataException)
        {
            // Damaged: what was seen before has to do.
        }
        return kind;
    }
}
