using System.Security.Cryptography;
using System.Text;

namespace Recollect.Server;

/// <summary>What a caller must know; the server keeps its hash alone.</summary>
public sealed class ApiKey
{
    /// <summary>The shortest key, in characters: what is shorter can be guessed.</summary>
    public const int Shortest = 16;

    private readonly byte[] _hash;

    /// <summary>Makes a key of <paramref name="text"/>.</summary>
    /// <param name="text">At least <see cref="Shortest"/> visible ASCII characters, as an HTTP header holds them.</param>
    /// <param name="origin">Where it stands, for messages.</param>
    /// <exception cref="RecipeException">It is too short, or has another character; the message does not repeat the key.</exception>
    public ApiKey(string text, string origin)
    {
        if (text.Length < Shortest)
            throw new RecipeException($"{origin}: the key has {text.Length} characters; expected at least {Shortest}, such as 'openssl rand -hex 32' makes.");
        if (text.Any(letter => letter is <= ' ' or > '~'))
            throw new RecipeException($"{origin}: the key has a space, or a character that is not ASCII; expected visible ASCII characters alone.");
        _hash = Hash(text);
    }

    /// <summary>Whether <paramref name="given"/> is the key, in a time that does not tell how much of it is right.</summary>
    public bool Is(string given) => CryptographicOperations.FixedTimeEquals(Hash(given), _hash);

    private static byte[] Hash(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));
}
