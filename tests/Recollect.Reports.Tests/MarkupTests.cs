using System.Xml.Linq;
using FsCheck.Xunit;
using Recollect.Reports;

namespace Recollect.Tests.Reports;

public class MarkupTests
{
    [Fact]
    public void Texts_and_attributes_are_escaped() => Assert.Equal(
        "<a href=\"&quot;&gt;&lt;script&gt;\" title=\"it&#39;s\">&lt;b&gt;&amp;amp;</a>",
        new Markup().Leaf("a", "<b>&amp;", ("href", "\"><script>"), ("class", null), ("title", "it's")).ToString());

    [Fact]
    public void What_XML_cannot_hold_becomes_a_sign_for_it() => Assert.Equal("<p>a\ufffdb\ufffdc\ufffd\n</p>", new Markup().Leaf("p", "a\0b\ud800c\u0085\n").ToString());

    /// <summary>An XML parser is the witness: it reads what was written, whatever it was.</summary>
    [Property]
    public bool Any_text_is_read_back_as_it_was(string? text)
    {
        var written = text ?? "";
        var element = XElement.Parse(new Markup().Leaf("p", written, ("title", written)).ToString(), LoadOptions.PreserveWhitespace);
        var readable = string.Concat(written.EnumerateRunes().Select(rune => rune.Value is < ' ' and not ('\t' or '\n' or '\r') or (>= 0x7f and < 0xa0) or 0xfffe or 0xffff ? "\ufffd" : $"{rune}"));
        return element.Value == readable.ReplaceLineEndings("\n") || element.Value == readable.Replace("\r\n", "\n").Replace('\r', '\n');
    }

    [Fact]
    public void What_is_not_closed_is_a_defect() => Assert.Throws<InvalidOperationException>(() => new Markup().Open("p").ToString());
}
