// A web service of one's own around a trained model of series: whole ones, and devices that send a few readings at a time, for as long as they like.
//   aspnet-sample --model MODEL
//   curl http://localhost:5000/classify --json '[9.8, 12.1, 8.4]'
//   curl http://localhost:5000/devices/left-wrist/readings --json '[9.8, 12.1]'
using Microsoft.Extensions.Caching.Distributed;
using Recollect;
using Recollect.Inference;

var builder = WebApplication.CreateSlimBuilder(args);
if (builder.Configuration["model"] is not { } path)
{
    Console.Error.WriteLine("usage: aspnet-sample --model MODEL [--urls http://localhost:5000]");
    return 2;
}
try
{
    builder.Services.AddSingleton(SequenceModel.Load(path));
}
catch (DataException error)
{
    Console.Error.WriteLine(error.Message);
    return error.ExitCode;
}
builder.WebHost.ConfigureKestrel(kestrel => kestrel.Limits.MaxRequestBodySize = 1 << 20); // some hundred thousand readings
builder.Services.AddDistributedMemoryCache(); // or Redis, SQL Server …: a device's state is a few hundred bytes
builder.Services.AddSingleton<Devices>();

var app = builder.Build();
var routes = app.MapGroup("").AddEndpointFilter(async (call, next) =>
{
    try
    {
        return await next(call);
    }
    catch (DataException error) // the message says what was found, and what was expected
    {
        return Results.Problem(error.Message, statusCode: StatusCodes.Status422UnprocessableEntity);
    }
});
routes.MapPost("/classify", (float[] series, SequenceModel model) => Belief.Of(model.Classify(series), series.Length / model.Format.Width));
routes.MapPost("/devices/{device}/readings", (string device, float[] readings, Devices devices) => devices.Read(device, readings));
routes.MapDelete("/devices/{device}", (string device, Devices devices) => devices.Forget(device));
app.Run();
return 0;

/// <summary>A stream for each device: bytes in a cache between two requests, forgotten after an hour of silence.</summary>
internal sealed class Devices(SequenceModel model, IDistributedCache states)
{
    private static readonly DistributedCacheEntryOptions AnHour = new() { SlidingExpiration = TimeSpan.FromHours(1) };

    private readonly Lock[] _turns = [.. Enumerable.Range(0, 64).Select(_ => new Lock())];

    public Belief Read(string device, float[] readings)
    {
        lock (_turns[(uint)device.GetHashCode() % _turns.Length]) // one request of a device after the other: a stream has an order
        {
            using var stream = states.Get(Key(device)) is { } state ? model.OpenStream(state) : model.OpenStream();
            stream.Push(readings);
            var belief = Belief.Of(stream.ToPrediction(), stream.Steps);
            states.Set(Key(device), stream.Save(), AnHour); // not reached where a reading, or what it leads to, is refused
            return belief;
        }
    }

    public void Forget(string device) => states.Remove(Key(device));

    // A state is its model's: with the next model every device begins anew.
    private string Key(string device) => $"{model.Fingerprint}/{device}";
}

internal sealed record Belief(long Steps, string Label, IReadOnlyDictionary<string, double> Probabilities)
{
    public static Belief Of(Prediction prediction, long steps) => new(steps, prediction.Label, prediction.Classes.Zip(prediction.Probabilities).ToDictionary());
}
