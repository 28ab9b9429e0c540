using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Recollect.Server.Guards;

/// <summary>The memory that requests under way may take together, reckoned by what they have sent and by what their answers will hold.</summary>
/// <remarks>
/// Each limit of a request bounds that request; this one bounds their sum, however many come at once. It is taken as bytes come, not as headers claim, so that who
/// sends nothing takes nothing. A request that has all that is taken goes on, whatever the limit: the largest that is allowed can always be served alone.
/// </remarks>
/// <param name="options">The limit.</param>
/// <param name="metrics">Counts what is taken.</param>
internal sealed class InFlight(ServerOptions options, ServerMetrics metrics)
{
    /// <summary>What a byte of a body is reckoned at: its copies, the numbers and steps that it becomes (half of this at most: <c>InFlightTests</c>), and what of them is not collected yet.</summary>
    public const int BytesOfByte = 32;

    /// <summary>What a probability of an answer is reckoned at, its text and the map that it stands in.</summary>
    public const int BytesOfProbability = 96;

    private readonly ServerOptions _options = options;
    private readonly ServerMetrics _metrics = metrics;
    private long _taken;

    /// <summary>What is taken now.</summary>
    public long Taken => Volatile.Read(ref _taken);

    /// <summary>The share of an HTTP request, given back when the request is over.</summary>
    public static Share Of(HttpContext context)
    {
        if (context.Features.Get<Share>() is { } earlier)
            return earlier;
        var share = context.RequestServices.GetRequiredService<InFlight>().Open();
        context.Response.RegisterForDispose(share);
        context.Features.Set(share);
        return share;
    }

    /// <summary>A share of nothing.</summary>
    public Share Open() => new(this);

    private bool TryTake(long bytes, long held)
    {
        for (var before = Taken; ; before = Taken)
        {
            if (before > held && before + bytes > _options.MaxInFlight)
                return false;
            if (Interlocked.CompareExchange(ref _taken, before + bytes, before) != before)
                continue;
            _metrics.Took(bytes);
            return true;
        }
    }

    /// <summary>What one request has taken; one thread's at a time.</summary>
    internal sealed class Share(InFlight all) : IDisposable
    {
        private long _held;

        /// <summary>Takes the memory that <paramref name="bytes"/> of a body will cost.</summary>
        /// <exception cref="RefusedException">There is too much under way: 503.</exception>
        public void Add(int bytes) => Take((long)bytes * BytesOfByte);

        /// <summary>The same of a message, for who has another way to say no.</summary>
        public bool TryAdd(int bytes) => TryTake((long)bytes * BytesOfByte);

        /// <summary>Takes the memory that an answer of so many probabilities will cost.</summary>
        /// <exception cref="RefusedException">There is too much under way: 503.</exception>
        public void AddAnswer(long probabilities) => Take(probabilities * BytesOfProbability);

        /// <summary>Gives all of it back.</summary>
        public void Clear()
        {
            Interlocked.Add(ref all._taken, -_held);
            all._metrics.Took(-_held);
            _held = 0;
        }

        /// <inheritdoc/>
        public void Dispose() => Clear();

        private void Take(long bytes)
        {
            if (!TryTake(bytes))
                throw RefusedException.Unavailable($"The requests under way take {all.Taken:N0} bytes of memory, of the {all._options.MaxInFlight:N0} that this server lets them have together. Try again later, send less at a time, or raise --max-in-flight.");
        }

        private bool TryTake(long bytes)
        {
            if (!all.TryTake(bytes, _held))
                return false;
            _held += bytes;
            return true;
        }
    }
}
