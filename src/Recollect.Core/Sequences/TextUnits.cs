using System.Globalization;
using System.Text;

namespace Recollect.Sequences;

/// <summary>Walks over the characters or words of a text, one after the other.</summary>
/// <remarks>
/// Characters are Unicode scalar values, not normalised. A word is a longest run of letters, marks and digits (general categories L, M and N), each
/// character in lower case by Unicode's simple mapping; white space separates words, and every other character is a unit of its own. Decision 0014.
/// </remarks>
public ref struct TextUnits
{
    /// <summary>The characters that hardly any unit exceeds.</summary>
    internal const int RoomOfUnit = 32;

    private readonly bool _words;
    private ReadOnlySpan<byte> _rest;
    private char[] _unit;
    private int _length;

    /// <summary>Starts before the first unit.</summary>
    /// <param name="utf8">The text.</param>
    /// <param name="unit">Characters or words; bytes need no walk.</param>
    public TextUnits(ReadOnlySpan<byte> utf8, TextUnit unit) : this(utf8, unit, new char[RoomOfUnit])
    {
    }

    /// <summary>As the other, in room that is used again.</summary>
    /// <param name="utf8">The text.</param>
    /// <param name="unit">Characters or words.</param>
    /// <param name="room">At least <see cref="RoomOfUnit"/> characters; longer units get room of their own.</param>
    internal TextUnits(ReadOnlySpan<byte> utf8, TextUnit unit, char[] room)
    {
        ArgumentOutOfRangeException.ThrowIfEqual((int)unit, (int)TextUnit.Bytes, nameof(unit));
        _rest = utf8;
        _words = unit == TextUnit.Words;
        _unit = room;
    }

    /// <summary>The unit at which the walk stands; valid until the next step.</summary>
    public readonly ReadOnlySpan<char> Current => _unit.AsSpan(0, _length);

    /// <summary>The room of the units: what was given, or more where one was longer.</summary>
    internal readonly char[] Room => _unit;

    /// <summary>Goes to the next unit.</summary>
    /// <returns>Whether there is one.</returns>
    public bool MoveNext()
    {
        _length = 0;
        while (!_rest.IsEmpty)
        {
            Rune.DecodeFromUtf8(_rest, out var rune, out var used); // readers let through valid UTF-8 alone
            var inWord = _words && IsOfWord(rune);
            if (_length > 0 && !inWord)
                return true; // a word ends before what stands here, which the next step finds
            _rest = _rest[used..];
            if (_words && Rune.IsWhiteSpace(rune))
                continue;
            Append(_words ? Rune.ToLowerInvariant(rune) : rune);
            if (!inWord)
                return true;
        }
        return _length > 0;
    }

    private static bool IsOfWord(Rune rune) => Rune.GetUnicodeCategory(rune)
        is <= UnicodeCategory.OtherNumber; // letters, marks and numbers are the first of .NET's list

    private void Append(Rune rune)
    {
        if (_length + 2 > _unit.Length)
            Array.Resize(ref _unit, 2 * _unit.Length);
        _length += rune.EncodeToUtf16(_unit.AsSpan(_length));
    }
}
