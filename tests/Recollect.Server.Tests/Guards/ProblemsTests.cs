using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Recollect.Server.Guards;

namespace Recollect.Tests.Server.Guards;

public sealed class ProblemsTests
{
    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_is_not_there_or_not_taken_is_a_problem_too()
    {
        await using var served = await ServedModel.Start();
        await ServedModel.Refused(await served.Client.GetAsync("/v1/nothing", Ended), 404, "/v1/nothing", "/openapi/v1.json");
        var wrongMethod = await served.Client.GetAsync("/v1/classify", Ended);
        Assert.Equal(["POST"], wrongMethod.Content.Headers.Allow);
        await ServedModel.Refused(wrongMethod, 405, "does not take GET", "POST");
        await ServedModel.Refused(await served.Client.PostAsync("/v1/classify", new StringContent("{}"), Ended), 415, "text/plain");
        await ServedModel.Refused(await served.Client.PostAsync("/v1/classify", null, Ended), 415, "application/json");
        Assert.Empty(served.Told);
    }

    [Fact]
    public async Task A_connection_that_was_cut_off_is_no_defect_and_another_fault_is()
    {
        Exception[] cutOff = [new ConnectionResetException("reset"), new ConnectionAbortedException("aborted"), new TaskCanceledException("aborted", new ConnectionAbortedException())];
        var told = new ConcurrentQueue<string>();
        await using var app = await SmallApp.Start(routes =>
        {
            routes.UseProblems(told.Enqueue);
            routes.MapGet("/{at:int}", void (int at) => throw cutOff[at]);
            routes.MapGet("/fault", void () => throw new OperationCanceledException());
        });
        for (var at = 0; at < cutOff.Length; at++)
            await Assert.ThrowsAnyAsync<HttpRequestException>(() => app.Client.GetAsync($"/{at}", Ended));
        Assert.Empty(told);
        await ServedModel.Refused(await app.Client.GetAsync("/fault", Ended), 500, "a defect");
        Assert.Contains("OperationCanceledException", Assert.Single(told));
    }
}
