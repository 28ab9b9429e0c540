using System.Text;
using System.Text.RegularExpressions;

namespace Recollect.Experiments;

/// <summary>Says where a text stops being JSON (with comments and trailing commas), what stands there and what was expected.</summary>
/// <remarks>Asked once the library's reader has refused a text: that one's own sentences are written for who programs it. The grammar is that of RFC 8259.</remarks>
internal sealed partial class JsonSyntax
{
    private const int Deepest = 64; // the library's own limit
    private const string AnyValue = "a value: text in double quotes, a number, true, false, null, { … } or [ … ]";
    private readonly string _text, _document;
    private int _at;

    private JsonSyntax(string text, string document) => (_text, _document) = (text, document);

    /// <summary>The place and the fault, such as <c>line 2, column 9: … found '1'; expected ':' after the key "seed"</c>; null where there is none.</summary>
    /// <param name="text">The whole text.</param>
    /// <param name="name">What messages call it.</param>
    /// <param name="document">What the whole of it is.</param>
    public static string? Fault(string text, string name, string document = "a recipe")
    {
        var syntax = new JsonSyntax(text, document);
        try
        {
            syntax.Document();
            return null;
        }
        catch (Unexpected fault)
        {
            var (line, column) = syntax.Place(fault.At);
            return $"{name}, line {line}, column {column}: not readable as JSON: found {fault.Found ?? syntax.Found(fault.At)}; expected {fault.Message}.";
        }
    }

    private void Document()
    {
        Space();
        Value($"'{{', as {_document} is one JSON object", 1);
        Space();
        if (_at < _text.Length)
            throw new Unexpected(_at, "nothing more");
    }

    private void Value(string expected, int depth)
    {
        if (depth > Deepest && Here is ('{' or '['))
            throw new Unexpected(_at, $"at most {Deepest} levels of {{ … }} and [ … ]");
        switch (Here)
        {
            case '{': Section(depth); break;
            case '[': List(depth); break;
            case '"': Text(); break;
            case '-' or (>= '0' and <= '9'): Number(); break;
            default:
                if (Word(_at) is not ("true" or "false" or "null"))
                    throw new Unexpected(_at, expected);
                _at += Word(_at).Length;
                break;
        }
    }

    private void Section(int depth)
    {
        var open = _at++;
        for (Space(); Here != '}'; Space())
        {
            if (Here != '"')
                throw new Unexpected(_at, End(open, "a key in double quotes, or '}'"));
            var key = Text();
            Space();
            if (Here != ':')
                throw new Unexpected(_at, $"':' after the key {key}");
            _at++;
            Space();
            Value($"{AnyValue}, for the key {key}", depth + 1);
            Space();
            if (Here is not (',' or '}'))
                throw new Unexpected(_at, End(open, $"',' or '}}' after the value of {key}"));
            _at += Here == ',' ? 1 : 0;
        }
        _at++;
    }

    private void List(int depth)
    {
        var open = _at++;
        for (Space(); Here != ']'; Space())
        {
            Value(End(open, $"{AnyValue}, or ']'"), depth + 1);
            Space();
            if (Here is not (',' or ']'))
                throw new Unexpected(_at, End(open, "',' or ']' after an entry of a list"));
            _at += Here == ',' ? 1 : 0;
        }
        _at++;
    }

    /// <summary>Reads a text, and returns it with its quotes.</summary>
    private string Text()
    {
        var open = _at++;
        for (; Here != '"'; _at++)
        {
            if (Here == '\\')
                _at += Escape().Length - 1;
            else if (Here is '\0' or '\n' or '\r')
                throw new Unexpected(_at, $"'\"', to end the text that begins at column {Place(open).Column}");
            else if (Here < ' ')
                throw new Unexpected(_at, "such a character to be written as an escape, \\t or \\u0000");
        }
        _at++;
        return _text[open.._at];
    }

    private string Escape()
    {
        if (EscapeSequence().Match(_text, _at) is { Success: true } found)
            return found.Value;
        var isHalf = HalfOfPair().IsMatch(_text, _at);
        var shown = _text.Substring(_at, Math.Min(isHalf ? 6 : 2, _text.Length - _at));
        throw new Unexpected(_at, isHalf
            ? @"both halves of a surrogate pair, such as \ud83d\ude00"
            : @"an escape: \"" \\ \/ \b \f \n \r \t or \u with four hexadecimal digits (a backslash itself is \\)", $"'{shown}'");
    }

    private void Number()
    {
        var word = NumberLike().Match(_text, _at).Value;
        if (!JsonNumber().IsMatch(word))
            throw new Unexpected(_at, "a number such as 3, -0.5 or 1e-3", $"'{Shortened(word)}'");
        _at += word.Length;
    }

    private void Space()
    {
        while (Blank().Match(_text, _at) is { Length: > 0 } blank)
            _at += blank.Length;
        if (_text.AsSpan(_at).StartsWith("/*"))
            throw new Unexpected(_text.Length, $"'*/', to end the comment of line {Place(_at).Line}");
    }

    private char Here => _at < _text.Length ? _text[_at] : '\0';

    /// <summary>What to expect within brackets: at the end of the text, the bracket that is missing.</summary>
    private string End(int open, string expected) =>
        _at < _text.Length ? expected : $"'{(_text[open] == '{' ? '}' : ']')}', to end the '{_text[open]}' of line {Place(open).Line}";

    private string Word(int at) => Letters().Match(_text, at).Value;

    private string Found(int at) => at >= _text.Length ? "the end of the text" : _text[at] switch
    {
        '\n' or '\r' => "the end of the line",
        _ when Word(at) is { Length: > 0 } word => $"'{Shortened(word)}'",
        _ when Rune.TryGetRuneAt(_text, at, out var rune) && (Rune.IsPunctuation(rune) || Rune.IsSymbol(rune)) => $"'{rune}'",
        var unseen => $"the character U+{(int)unseen:X4}",
    };

    private (int Line, int Column) Place(int at)
    {
        var before = _text.AsSpan(0, at);
        return (before.Count('\n') + 1, at - (before.LastIndexOf('\n') + 1) + 1);
    }

    private static string Shortened(string word) => word.Length <= 20 ? word : word[..20] + "…";

    private sealed class Unexpected(int at, string expected, string? found = null) : Exception(expected)
    {
        public int At { get; } = at;

        public string? Found { get; } = found;
    }

    [GeneratedRegex(@"\G([ \t\r\n]+|//[^\r\n]*|/\*[\s\S]*?\*/)")]
    private static partial Regex Blank();

    [GeneratedRegex(@"\G\\u[dD][89a-fA-F][0-9a-fA-F]{2}")]
    private static partial Regex HalfOfPair();

    [GeneratedRegex(@"\G\\([""\\/bfnrt]|u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|u(?![dD][89a-fA-F])[0-9a-fA-F]{4})")]
    private static partial Regex EscapeSequence();

    [GeneratedRegex(@"\G[\w]+")]
    private static partial Regex Letters();

    [GeneratedRegex(@"\G[\w+.-]+")]
    private static partial Regex NumberLike();

    [GeneratedRegex(@"^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?$")]
    private static partial Regex JsonNumber();
}
