using System.Text;

namespace Recollect.Inference;

/// <summary>UTF-8 that refuses what is no Unicode, as readers of files do.</summary>
internal static class StrictUtf8
{
    /// <summary>The encoding.</summary>
    public static Encoding Encoding { get; } = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Writes <paramref name="text"/> as UTF-8.</summary>
    /// <returns>How many bytes were written.</returns>
    /// <exception cref="DataException">There is half a surrogate pair in it.</exception>
    public static int Encode(ReadOnlySpan<char> text, Span<byte> utf8, string what)
    {
        try
        {
            return Encoding.GetBytes(text, utf8);
        }
        catch (EncoderFallbackException cause)
        {
            throw new DataException($"{what}: the text has half of a surrogate pair at character {cause.Index + 1}; expected whole characters.", cause);
        }
    }
}
