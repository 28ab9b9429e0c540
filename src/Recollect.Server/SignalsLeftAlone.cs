using Microsoft.Extensions.Hosting;

namespace Recollect.Server;

/// <summary>Leaves the process's signals to the program: the host's own lifetime would take SIGQUIT with the others, and not end by it.</summary>
internal sealed class SignalsLeftAlone : IHostLifetime
{
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
