using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Recollect.Tests.Server;

/// <summary>A program of ASP.NET Core on a free port of this machine, of what one test puts into it.</summary>
internal sealed class SmallApp : IAsyncDisposable
{
    private readonly WebApplication _app;

    private SmallApp(WebApplication app)
    {
        _app = app;
        Client = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };
    }

    public HttpClient Client { get; }

    /// <summary>Starts it.</summary>
    /// <param name="route">Puts in what answers.</param>
    /// <param name="serve">Puts in services.</param>
    public static async Task<SmallApp> Start(Action<WebApplication> route, Action<IServiceCollection>? serve = null)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        serve?.Invoke(builder.Services);
        var app = builder.Build();
        route(app);
        await app.StartAsync(TestContext.Current.CancellationToken);
        return new SmallApp(app);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.DisposeAsync();
    }
}
