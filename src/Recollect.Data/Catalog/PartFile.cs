using System.Net.Http.Headers;

namespace Recollect.Data;

/// <summary>The bytes that a download has brought so far, with the address and the version that they belong to.</summary>
/// <param name="path">The file's final path, to which <c>.part</c> is added.</param>
internal sealed class PartFile(string path)
{
    private readonly string _part = $"{path}.part";
    private readonly string _from = $"{path}.part.from";
    private readonly string _unfinished = $"{path}.part.from.new";

    /// <summary>The bytes there are.</summary>
    public long Length => File.Exists(_part) ? new FileInfo(_part).Length : 0;

    /// <summary>What If-Range says to go on with these bytes; null where they are none, are another address's, or have no validator that can be read.</summary>
    public RangeConditionHeaderValue? Validator(Uri address) =>
        Length > 0 && IsFrom(address) && Origin() is [_, var text] && RangeConditionHeaderValue.TryParse(text, out var validator) ? validator : null;

    /// <summary>Whether these bytes came from an address, however many they are.</summary>
    public bool IsFrom(Uri address) => Origin().FirstOrDefault() == address.AbsoluteUri;

    /// <summary>Whether these are as many bytes as the address has, and came from there.</summary>
    public bool IsWhole(CatalogAddress address) => Length == address.Length && IsFrom(address.Uri);

    /// <summary>Opens the bytes there are, to add to them.</summary>
    public FileStream Append() => Open(FileMode.Append);

    /// <summary>Begins anew with what <paramref name="answer"/> brings.</summary>
    public FileStream Start(Uri address, HttpResponseMessage answer)
    {
        var file = Open(FileMode.Create);
        // A weak ETag does not promise the same bytes, and If-Range may not carry one (RFC 9110, section 13.1.5).
        var validator = answer.Headers.ETag is { IsWeak: false } tag ? tag.ToString() : answer.Content.Headers.LastModified?.ToString("R");
        Disk.Do(_from, () =>
        {
            File.WriteAllLines(_unfinished, [address.AbsoluteUri, validator ?? ""]);
            File.Move(_unfinished, _from, overwrite: true);
        });
        return file;
    }

    /// <summary>Where the bytes are.</summary>
    public string Path => _part;

    /// <summary>Removes all traces.</summary>
    public void Delete()
    {
        foreach (var file in new[] { _part, _from, _unfinished })
            Disk.Do(file, () => File.Delete(file));
    }

    private string[] Origin() => File.Exists(_from) ? Disk.Do(_from, () => File.ReadAllLines(_from)) : [];

    // Without a buffer of its own: bytes counted are bytes on disk, and a full disk shows where they are written, not on closing.
    private FileStream Open(FileMode mode) => Disk.Do(_part, () => new FileStream(_part, mode, FileAccess.Write, FileShare.None, bufferSize: 0));
}
