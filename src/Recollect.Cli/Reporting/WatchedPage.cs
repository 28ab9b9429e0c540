using System.IO.Hashing;
using System.Text;
using Recollect.Reports;
using Recollect.Reports.Pages;
using Recollect.Reports.Reading;

namespace Recollect.Cli.Reporting;

/// <summary>The page of a folder, made anew when a file that it rests on has changed, though never so often that it takes more than a fifth of a core from the runs.</summary>
/// <param name="folder">The folder.</param>
/// <param name="clock">Times the looking and the making.</param>
internal sealed class WatchedPage(string folder, TimeProvider clock)
{
    private const int Rest = 4; // times as long as the look and the making took, before the next look

    private static readonly string[] Names = ["*.json", "metrics.jsonl"];
    private static readonly EnumerationOptions Below = new() { RecurseSubdirectories = true, MaxRecursionDepth = 6, IgnoreInaccessible = true };

    private readonly Lock _lock = new();
    private readonly PageScript _script = new(ReadScript(), MayConnect: true);
    private ulong _seen;
    private long _next;
    private (string Tag, byte[] Html) _page = ("", []);

    /// <summary>The page as its files are now, or were a moment ago, and a tag that is another when it is another.</summary>
    public (string Tag, byte[] Html) Now()
    {
        lock (_lock)
        {
            var begun = clock.GetTimestamp();
            if (begun < _next)
                return _page;
            var seen = Fingerprint();
            if (_page.Html.Length == 0 || seen != _seen)
            {
                var html = Encoding.UTF8.GetBytes(Html());
                _page = ($"\"{XxHash128.HashToUInt128(html):x}\"", html);
                _seen = seen;
            }
            var ended = clock.GetTimestamp();
            _next = ended + Rest * (ended - begun);
            return _page;
        }
    }

    // What is wrong now may be right in a second: the page says it and goes on asking.
    private string Html()
    {
        try
        {
            return HtmlPage.Of(ReportBuilder.Of(ReportInput.Read([folder])), _script);
        }
        catch (Exception fault) // whatever it is: a page that is open shows no refusal of the server
        {
            return HtmlPage.Of(new Report(Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder))), [new Section("waiting", "Nothing to show yet", [new TextBlock(Failure.Of(fault, Failure.LessBeside).Message)])]), _script);
        }
    }

    // Names, lengths and times of all that a report may read: cheaper by far than to read it.
    private ulong Fingerprint()
    {
        var hash = new XxHash64();
        if (!Directory.Exists(folder))
            return 0; // what was removed while it was watched
        foreach (var file in Names.SelectMany(name => Directory.EnumerateFiles(folder, name, Below)).Order(StringComparer.Ordinal))
        {
            var facts = new FileInfo(file);
            hash.Append(Encoding.UTF8.GetBytes($"{file}\n{(facts.Exists ? facts.Length : 0)} {facts.LastWriteTimeUtc.Ticks}\n"));
        }
        return hash.GetCurrentHashAsUInt64();
    }

    private static string ReadScript()
    {
        using var stream = typeof(WatchedPage).Assembly.GetManifestResourceStream("watch.js")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
