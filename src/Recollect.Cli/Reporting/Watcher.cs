using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Recollect.Server;

namespace Recollect.Cli.Reporting;

/// <summary>Serves the report of a folder as a page that follows it: the page asks every second, and puts what is new in the place of what is old.</summary>
internal static class Watcher
{
    /// <summary>The address that <paramref name="text"/> is; null where it is none to serve at.</summary>
    public static Uri? Address(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme == Uri.UriSchemeHttp && address.PathAndQuery == "/" && address.UserInfo.Length == 0 ? address : null;

    /// <summary>Serves until <paramref name="ended"/>.</summary>
    /// <param name="folder">What is watched; runs may come later.</param>
    /// <param name="address">Where the page is served; port 0 takes a free one.</param>
    /// <param name="ready">Gets the address at which the page is.</param>
    /// <param name="ended">Ends it.</param>
    /// <exception cref="DataException">The folder is missing.</exception>
    /// <exception cref="RunException">The address cannot be served at.</exception>
    public static void Serve(string folder, Uri address, Action<string> ready, CancellationToken ended)
    {
        if (!Directory.Exists(folder))
            throw new DataException($"'{folder}' {(File.Exists(folder) ? "is a file" : "does not exist")}; expected a folder to watch.");
        var page = new WatchedPage(folder, TimeProvider.System);
        using var app = Build(page, address);
        try
        {
            app.StartAsync(CancellationToken.None).GetAwaiter().GetResult();
        }
        catch (Exception cause) when (cause is IOException or System.Net.Sockets.SocketException or InvalidOperationException)
        {
            throw new RunException($"Cannot serve at {address}: {cause.Message.TrimEnd('.')}. Choose another address or port with --urls; port 0 takes a free one.", cause);
        }
        ready(app.Urls.First());
        ended.WaitHandle.WaitOne();
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(1)); // a browser's idle connections need not be waited for
        app.StopAsync(patience.Token).GetAwaiter().GetResult();
    }

    private static WebApplication Build(WatchedPage page, Uri address)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton<IHostLifetime, SignalsLeftAlone>();
        builder.WebHost.UseUrls(address.GetLeftPart(UriPartial.Authority)).ConfigureKestrel(kestrel => kestrel.AddServerHeader = false);
        // What another site's page asks for under a name that it made to lead here is none of its business.
        builder.Services.AddHostFiltering(filter => filter.AllowedHosts = address.IsLoopback ? ["localhost", "127.0.0.1", "[::1]", address.Host] : ["*"]);
        var app = builder.Build();
        app.UseHostFiltering();
        app.Run(context => Answer(context, page));
        return app;
    }

    private static async Task Answer(HttpContext context, WatchedPage page)
    {
        if (context.Request.Path != "/" || !(HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method)))
        {
            // Browsers ask for an icon by themselves, and call a refusal an error.
            context.Response.StatusCode = (int)(context.Request.Path == "/favicon.ico" ? HttpStatusCode.NoContent : HttpStatusCode.NotFound);
            return;
        }
        var (tag, html) = page.Now();
        context.Response.Headers.ETag = tag;
        context.Response.Headers.CacheControl = "no-cache";
        context.Response.Headers.XContentTypeOptions = "nosniff";
        if (context.Request.Headers.IfNoneMatch == tag)
        {
            context.Response.StatusCode = (int)HttpStatusCode.NotModified;
            return;
        }
        context.Response.ContentType = "text/html; charset=utf-8";
        context.Response.ContentLength = html.Length;
        if (HttpMethods.IsGet(context.Request.Method))
            await context.Response.Body.WriteAsync(html, context.RequestAborted);
    }
}
