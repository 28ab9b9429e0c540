using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Recollect.Server.Guards;

namespace Recollect.Tests.Server.Guards;

public sealed class WholeAnswersTests
{
    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Half_an_answer_whose_time_ran_out_does_not_end_as_if_it_were_whole()
    {
        await using var app = await SmallApp.Start(
            routes =>
            {
                routes.UseRouting();
                routes.UseRequestTimeouts();
                routes.UseWholeAnswers();
                routes.MapGet("/half", Half).WithRequestTimeout(TimeSpan.FromSeconds(0.5));
                routes.MapGet("/whole", () => "[1, 2]");
            },
            services => services.AddRequestTimeouts());
        Assert.Equal("[1, 2]", await app.Client.GetStringAsync("/whole", Ended));
        using var answer = await app.Client.GetAsync("/half", HttpCompletionOption.ResponseHeadersRead, Ended);
        Assert.Equal(200, (int)answer.StatusCode);
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => answer.Content.ReadAsStringAsync(Ended));
    }

    // As what writes JSON does: it ends without a word.
    private static async Task Half(HttpContext context)
    {
        await context.Response.WriteAsync("[1, ");
        await Task.Delay(Timeout.InfiniteTimeSpan, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}
