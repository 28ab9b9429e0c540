using Recollect.Inference;
using Recollect.Sequences;
using Recollect.Server;
using Recollect.Server.Models;

namespace Recollect.Tests.Server;

public sealed class SequenceTurnsTests : IDisposable
{
    private const int Long = 40_000; // steps: a quarter of a second on a quiet machine

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("recollect-turns-");
    private readonly List<int> _together = [];

    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Every_request_is_answered_as_if_it_were_alone_whoever_comes_with_it()
    {
        var model = Model(SmallModels.Write);
        var turns = new SequenceTurns(model, 2, Note);
        var random = new Random(1);
        var requests = Enumerable.Range(0, 400).Select(i =>
        {
            var bytes = new byte[1 + random.Next(300)];
            random.NextBytes(bytes);
            return (Bytes: bytes, Damaged: random.Next(20) == 0, Prepared: random.Next(10) == 0);
        }).ToList();
        await Parallel.ForEachAsync(requests, new ParallelOptions { MaxDegreeOfParallelism = 40, CancellationToken = Ended }, async (request, ended) =>
        {
            WholeSequence sequence = request switch
            {
                { Damaged: true } => new SampleSequence(new TextSample(Origin.Whole("a text"), null, request.Bytes), request.Bytes.Length),
                { Prepared: true } => new TokenSequence(Array.ConvertAll(request.Bytes, value => (int)value)),
                _ => Sample(model, request.Bytes),
            };
            if (request.Damaged)
            {
                await Assert.ThrowsAsync<DataException>(() => turns.Classify([sequence], ended));
                return;
            }
            var prediction = Assert.Single(await turns.Classify([sequence], ended));
            Assert.Equal(model.Classify(request.Bytes, ended).Probabilities, prediction.Probabilities);
        });
        Assert.Contains(Rounds(), requests => requests > 1);
    }

    [Fact]
    public async Task Who_waits_is_read_together_with_others_of_similar_length_and_in_order_otherwise()
    {
        var model = Model(SmallModels.WriteSlow);
        var turns = new SequenceTurns(model, 1, Note);
        var running = turns.Classify([Sample(model, new byte[Long])], Ended);
        await Until(() => Rounds() is [1]);
        List<int> lengths = [100, 201, 200, 50, 49, 199];
        var waiting = lengths.ConvertAll(length => turns.Classify([Sample(model, new byte[length])], Ended));
        Assert.False(running.IsCompleted, "The first was over before the others came.");
        await Task.WhenAll([running, .. waiting]);
        // The first with 200, 50 and 199; then 201, and then 49.
        Assert.Equal([1, 4, 1, 1], Rounds());
    }

    [Fact]
    public async Task Who_leaves_while_waiting_is_not_read()
    {
        var model = Model(SmallModels.WriteSlow);
        var turns = new SequenceTurns(model, 1, Note);
        using var impatient = new CancellationTokenSource();
        var running = turns.Classify([Sample(model, new byte[Long])], Ended);
        await Until(() => Rounds() is [1]);
        var leaving = turns.Classify([Sample(model, new byte[10])], impatient.Token);
        var staying = turns.Classify([Sample(model, new byte[10])], Ended);
        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leaving);
        Assert.False(running.IsCompleted, "Who left waited for the core.");
        await Task.WhenAll(running, staying);
        Assert.Equal([1, 1], Rounds());
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => turns.Classify([Sample(model, new byte[10])], impatient.Token));
        await turns.Classify([Sample(model, new byte[10])], Ended); // the core is free
    }

    [Theory]
    [InlineData(1, 2 * Long)]
    [InlineData(2, 100 * Long)] // half a minute and more, if it went on
    public async Task A_computation_of_several_ends_when_all_of_them_have_left_and_not_before(int leaving, int steps)
    {
        var model = Model(SmallModels.WriteSlow);
        var turns = new SequenceTurns(model, 1, Note);
        using CancellationTokenSource first = new(), second = new();
        var before = turns.Classify([Sample(model, new byte[Long])], Ended);
        await Until(() => Rounds() is [1]);
        var one = turns.Classify([Sample(model, new byte[steps])], first.Token);
        var other = turns.Classify([Sample(model, new byte[steps])], second.Token);
        await before;
        await Until(() => Rounds() is [1, 2]);
        await first.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => one);
        if (leaving == 1)
        {
            Assert.Single(await other);
            return;
        }
        await second.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => other);
        await turns.Classify([Sample(model, new byte[10])], Ended).WaitAsync(TimeSpan.FromSeconds(15), Ended);
    }

    private SequenceModel Model(Action<string, Preprocessing> write)
    {
        var path = Path.Combine(_folder.FullName, "model.safetensors");
        write(path, new BytesPreprocessing());
        return SequenceModel.Load(path, new InferenceOptions { Threads = 1 });
    }

    private static SampleSequence Sample(SequenceModel model, byte[] bytes) => new(model.SampleOf(bytes), bytes.Length);

    private void Note(int requests)
    {
        lock (_together)
            _together.Add(requests);
    }

    private int[] Rounds()
    {
        lock (_together)
            return [.. _together];
    }

    private static async Task Until(Func<bool> happened)
    {
        for (var tries = 0; !happened(); tries++)
        {
            Assert.True(tries < 10_000, "It did not happen.");
            await Task.Delay(1, Ended);
        }
    }
}
