using System.Net;
using System.Net.Http.Headers;

namespace Recollect.Data;

/// <summary>Downloads one file, going on where a broken download stopped, and from the mirror where the publisher's address fails.</summary>
/// <remarks>
/// Bytes gather in <c>NAME.part</c>; <c>NAME.part.from</c> keeps the address and the validator (ETag or date) that they came with, so that a later
/// run asks for the rest with Range and If-Range (RFC 9110, section 14) and never joins two versions.
/// </remarks>
public sealed class Downloader : IDisposable
{
    private readonly DownloadOptions _options;
    private readonly HttpClient _http;

    /// <summary>Creates a downloader with its own connections.</summary>
    public Downloader(DownloadOptions? options = null)
    {
        _options = options ?? new DownloadOptions();
        // Unpacked on the way, an archive would neither resume nor have its published length.
        _http = new HttpClient(new SocketsHttpHandler { ConnectTimeout = _options.ConnectTimeout, AutomaticDecompression = DecompressionMethods.None })
        {
            Timeout = Timeout.InfiniteTimeSpan,
        };
        _http.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("recollect", "0"));
    }

    /// <summary>Downloads into <paramref name="folder"/> and hands the whole file to <paramref name="accept"/>, which refuses it by a <see cref="DataException"/>.</summary>
    /// <param name="archive">What, and from where.</param>
    /// <param name="folder">Where the parts gather; the caller's.</param>
    /// <param name="accept">Checks and uses the file, which still has its part's name; deleted once accepted or refused, and kept where the program is stopped before.</param>
    /// <param name="progress">Told now and then.</param>
    /// <param name="stop">Ends the download; what is there stays for the next run.</param>
    /// <exception cref="DataException">No address gave an acceptable file; the message says what happened at each.</exception>
    /// <exception cref="RunException">The disk is full or may not be written.</exception>
    public async Task Download(
        CatalogArchive archive, string folder, Action<string> accept, IProgress<DownloadProgress>? progress = null, CancellationToken stop = default)
    {
        Disk.Do(folder, () => Directory.CreateDirectory(folder));
        var part = new PartFile(Path.Combine(folder, archive.Name));
        var failures = new List<string>();
        foreach (var address in archive.Addresses)
        {
            try
            {
                await Gather(archive.Name, address, part, progress, stop).ConfigureAwait(false);
                accept(part.Path);
                part.Delete();
                return;
            }
            catch (Exception error) when (error is DataException or HttpRequestException)
            {
                if (error is DataException && part.IsFrom(address.Uri))
                    part.Delete(); // these bytes are wrong: nothing may be added to them; another address's may be right
                failures.Add($"{address.Uri}: {error.Message}");
                progress?.Report(new DownloadProgress(archive.Name, address.Uri, 0, address.Length, error.Message));
            }
        }
        throw new DataException($"{archive.Name} could not be downloaded.\n  {string.Join("\n  ", failures)}\n" +
            "Try again later, or name a copy that you have with '--from PATH'.");
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private async Task Gather(string name, CatalogAddress address, PartFile part, IProgress<DownloadProgress>? progress, CancellationToken stop)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await Continue(name, address, part, progress, stop).ConfigureAwait(false);
                return;
            }
            catch (Exception error) when (IsPassing(error, stop))
            {
                if (attempt == _options.Attempts)
                    throw new HttpRequestException($"{error.Message} ({attempt} tries, {part.Length:N0} of {address.Length:N0} bytes)", error);
                progress?.Report(new DownloadProgress(name, address.Uri, part.Length, address.Length, $"{error.Message} Trying again."));
                await Task.Delay(_options.RetryDelay * Math.Pow(2, attempt - 1), stop).ConfigureAwait(false);
            }
        }
    }

    // What may be gone at the next try: no connection, a broken or silent one, a server's own trouble. A "not found" stays.
    private static bool IsPassing(Exception error, CancellationToken stop) => error switch
    {
        OperationCanceledException => !stop.IsCancellationRequested,
        HttpRequestException { StatusCode: { } status } => (int)status >= 500 || status is HttpStatusCode.TooManyRequests or HttpStatusCode.RequestTimeout,
        HttpRequestException or IOException => true,
        _ => false,
    };

    private async Task Continue(string name, CatalogAddress address, PartFile part, IProgress<DownloadProgress>? progress, CancellationToken stop)
    {
        if (part.IsWhole(address))
            return; // the last run was stopped before its files were unpacked and checked
        using var request = new HttpRequestMessage(HttpMethod.Get, address.Uri);
        if (part.Validator(address.Uri) is { } validator)
        {
            request.Headers.Range = new RangeHeaderValue(part.Length, null);
            request.Headers.IfRange = validator;
        }
        using var answer = await Patiently(_options.ConnectTimeout, $"no answer within {_options.ConnectTimeout.TotalSeconds:0.#} s.",
            patience => _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, patience), stop).ConfigureAwait(false);
        if (!answer.IsSuccessStatusCode)
            throw new HttpRequestException($"the server answered {(int)answer.StatusCode} {answer.ReasonPhrase}.", null, answer.StatusCode);
        var appends = answer.StatusCode == HttpStatusCode.PartialContent && answer.Content.Headers.ContentRange?.From == part.Length;
        var total = appends ? answer.Content.Headers.ContentRange!.Length : answer.Content.Headers.ContentLength;
        if (total is { } announced && announced != address.Length)
            throw new DataException($"the server's file has {announced:N0} bytes; expected {address.Length:N0}.");
        await Receive(name, address, answer, part, appends, progress, stop).ConfigureAwait(false);
    }

    private async Task Receive(
        string name, CatalogAddress address, HttpResponseMessage answer, PartFile part, bool appends, IProgress<DownloadProgress>? progress, CancellationToken stop)
    {
        using var file = appends ? part.Append() : part.Start(address.Uri, answer);
        using var body = await answer.Content.ReadAsStreamAsync(stop).ConfigureAwait(false);
        var buffer = new byte[1 << 16];
        while (true)
        {
            var read = await Patiently(_options.StallTimeout, $"no bytes for {_options.StallTimeout.TotalSeconds:0.#} s.",
                patience => body.ReadAsync(buffer, patience).AsTask(), stop).ConfigureAwait(false);
            if (read == 0)
                break;
            Disk.Write(file, buffer.AsSpan(0, read));
            progress?.Report(new DownloadProgress(name, address.Uri, file.Position, address.Length));
            if (file.Position > address.Length)
                throw new DataException($"the server sent more than {address.Length:N0} bytes; expected exactly so many.");
        }
        if (file.Position < address.Length)
            throw new IOException("the connection ended early.");
        Disk.Do(file.Name, () => file.Flush(flushToDisk: true));
    }

    private static async Task<T> Patiently<T>(TimeSpan limit, string complaint, Func<CancellationToken, Task<T>> action, CancellationToken stop)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(stop);
        patience.CancelAfter(limit);
        try
        {
            return await action(patience.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            throw new IOException(complaint);
        }
    }
}
