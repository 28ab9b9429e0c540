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
}
