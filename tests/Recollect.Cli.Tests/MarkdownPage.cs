namespace Recollect.Tests.Cli;

/// <summary>A page of the documentation: its sections by heading, with their tables and fenced blocks.</summary>
internal sealed class MarkdownPage
{
    private const string Fence = "```";
    private readonly Dictionary<string, List<string>> _sections = [];

    private MarkdownPage(IEnumerable<string> lines)
    {
        var (section, fenced) = (_sections[""] = [], false);
        foreach (var line in lines)
        {
            fenced ^= line.StartsWith(Fence, StringComparison.Ordinal);
            if (!fenced && line.StartsWith('#'))
                _sections[line.TrimStart('#').Trim()] = section = [];
            else
                section.Add(line);
        }
    }

    /// <summary>A fenced block: what stands after its three ticks, and its lines.</summary>
    public sealed record Block(string Info, string Text);

    /// <summary>Reads a page by its path in the checkout.</summary>
    public static MarkdownPage Open(params string[] path) => new(File.ReadLines(Path.Combine([Checkout.Folder, .. path])));

    /// <summary>The headings, in order.</summary>
    public IEnumerable<string> Headings => _sections.Keys.Where(heading => heading.Length > 0);

    /// <summary>The cells of a section's tables, their heads left out.</summary>
    public IReadOnlyList<string[]> Rows(string heading) =>
    [
        .. _sections[heading].Where(line => line.StartsWith('|')).Select(line => line.Trim('|').Split('|').Select(cell => cell.Trim()).ToArray())
            .Where(cells => cells[0].StartsWith('`')),
    ];

    /// <summary>The fenced blocks of a section, in order.</summary>
    public IReadOnlyList<Block> Blocks(string heading)
    {
        var blocks = new List<Block>();
        List<string>? open = null;
        var info = "";
        foreach (var line in _sections[heading])
        {
            if (!line.StartsWith(Fence, StringComparison.Ordinal))
            {
                open?.Add(line + "\n");
            }
            else if (open is null)
            {
                (open, info) = ([], line[Fence.Length..].Trim());
            }
            else
            {
                blocks.Add(new Block(info, string.Concat(open)));
                open = null;
            }
        }
        return blocks;
    }
}
