using Recollect.Runs;

namespace Recollect.Imports;

/// <summary>The tensors of a file by the names that their weights have here.</summary>
internal static class WeightNames
{
    /// <summary>Gives each tensor its name: parts are renamed, and a prefix that the recurrent layers have, such as <c>module.</c>, is left out.</summary>
    /// <param name="entries">The tensors.</param>
    /// <param name="names">Parts of names that are others here.</param>
    /// <param name="anchor">The weight by which a prefix is known.</param>
    /// <param name="file">The file, for messages.</param>
    /// <exception cref="RecipeException">A part that is to be renamed is in no name.</exception>
    /// <exception cref="DataException">Two tensors come to one name, or several prefixes could be meant.</exception>
    public static Dictionary<string, SafetensorsHeader.Entry> Of(
        IReadOnlyList<SafetensorsHeader.Entry> entries, IReadOnlyDictionary<string, string> names, string anchor, string file)
    {
        string[] parts = [.. names.Keys.OrderByDescending(part => part.Length)];
        var (used, renamed) = (new HashSet<string>(), new string[entries.Count]);
        foreach (var (at, entry) in entries.Index())
        {
            var part = parts.FirstOrDefault(part => PlaceOf(part, entry.Name) >= 0);
            renamed[at] = part is null ? entry.Name : Renamed(entry.Name, part, names[part]);
            if (part is not null)
                used.Add(part);
        }
        if (parts.FirstOrDefault(part => !used.Contains(part)) is { } unused)
            throw new RecipeException($"--rename {unused}={names[unused]}: no tensor of '{file}' has '{unused}' as a part of its name; it has {WeightList.Of(entries.Select(entry => entry.Name))}.");
        var prefix = PrefixOf(renamed, anchor, file);
        var own = new Dictionary<string, SafetensorsHeader.Entry>(StringComparer.Ordinal);
        foreach (var (at, entry) in entries.Index())
        {
            var name = renamed[at].StartsWith(prefix, StringComparison.Ordinal) ? renamed[at][prefix.Length..] : renamed[at];
            if (!own.TryAdd(name, entry))
                throw new DataException($"'{file}': the tensors '{own[name].Name}' and '{entry.Name}' both come to the name '{name}'; expected one of them. Save one network alone, or rename them by --rename OLD=NEW.");
        }
        return own;
    }

    private static string Renamed(string name, string part, string to)
    {
        var place = PlaceOf(part, name);
        return string.Concat(name.AsSpan(0, place), to, name.AsSpan(place + part.Length));
    }

    // Where a part stands whole, between the ends and points of a name; −1: nowhere.
    private static int PlaceOf(string part, string name)
    {
        for (var place = name.IndexOf(part, StringComparison.Ordinal); place >= 0; place = name.IndexOf(part, place + 1, StringComparison.Ordinal))
        {
            var end = place + part.Length;
            if ((place == 0 || name[place - 1] == '.') && (end == name.Length || name[end] == '.'))
                return place;
        }
        return -1;
    }

    private static string PrefixOf(IEnumerable<string> names, string anchor, string file)
    {
        string[] prefixes = [.. names.Where(name => name == anchor || name.EndsWith($".{anchor}", StringComparison.Ordinal)).Select(name => name[..^anchor.Length]).Distinct()];
        return prefixes.Length <= 1
            ? prefixes.FirstOrDefault("")
            : throw new DataException($"'{file}' holds several networks, by the beginnings of their names: {WeightList.Of(prefixes.Select(prefix => $"'{prefix}'"))}; expected one. Save one alone: its own state_dict().");
    }
}
