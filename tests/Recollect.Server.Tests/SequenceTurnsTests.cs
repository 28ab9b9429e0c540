using Recollect.Inference;
using Recollect.Sequences;
using Recollect.Server;
using Recollect.Server.Models;

namespace Recollect.Tests.Server;

public sealed class SequenceTurnsTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("recollect-turns-");
    private readonly List<int> _together = [];
    private readonly SemaphoreSlim _gate = new(0);

    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _gate.Release(100); // for whatever a test that failed left behind
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Every_request_is_answered_as_if_it_were_alone_whoever_comes_with_it()
    {
        var model = Model(SmallModels.Write);
        var turns = new SequenceTurns(model, 2, Hold);
        var random = new Random(1);
        var handed = 0;
        var requests = Enumerable.Range(0, 400).Select(i =>
        {
            var bytes = new byte[1 + random.Next(300)];
            random.NextBytes(bytes);
            return (Bytes: bytes, Damaged: random.Next(20) == 0, Prepared: random.Next(10) == 0);
        }).ToList();
        var all = Parallel.ForEachAsync(requests, new ParallelOptions { MaxDegreeOfParallelism = 40, CancellationToken = Ended }, async (request, ended) =>
        {
            WholeSequence sequence = request switch
            {
                { Damaged: true } => new SampleSequence(new TextSample(Origin.Whole("a text"), null, request.Bytes), request.Bytes.Length),
                { Prepared: true } => new TokenSequence(Array.ConvertAll(request.Bytes, value => (int)value)),
                _ => Sample(model, request.Bytes),
            };
            var answer = turns.Classify([sequence], ended);
            Interlocked.Increment(ref handed);
            if (request.Damaged)
            {
                await Assert.ThrowsAsync<DataException>(() => answer);
                return;
            }
            var prediction = Assert.Single(await answer);
            Assert.Equal(model.Classify(request.Bytes, ended).Probabilities, prediction.Probabilities);
        });
        await Until(() => Volatile.Read(ref handed) >= 20); // two of them have a core and wait for their leave; the others wait for a core
        _gate.Release(2 * requests.Count);
        await all;
        Assert.Contains(Rounds(), together => together > 1);
    }

    [Fact]
    public async Task Who_waits_is_read_together_with_others_of_similar_length_and_in_order_otherwise()
    {
        var model = Model(SmallModels.Write);
        var turns = new SequenceTurns(model, 1, Hold);
        var running = turns.Classify([Sample(model, new byte[10])], Ended);
        await Until(() => Rounds() is [1]);
        List<int> lengths = [100, 201, 200, 50, 49, 199];
        var waiting = lengths.ConvertAll(length => turns.Classify([Sample(model, new byte[length])], Ended));
        waiting.Add(turns.Classify([new TokenSequence(new int[100])], Ended));
        _gate.Release(lengths.Count);
        await Task.WhenAll([running, .. waiting]);
        // 100, 200 and 199; then 201, which is more than twice 50 and 49; then these two; and prepared steps by themselves.
        Assert.Equal([1, 3, 1, 2, 1], Rounds());
    }

    [Fact]
    public async Task Who_leaves_while_waiting_is_not_read()
    {
        var model = Model(SmallModels.Write);
        var turns = new SequenceTurns(model, 1, Hold);
        using var impatient = new CancellationTokenSource();
        var running = turns.Classify([Sample(model, new byte[10])], Ended);
        await Until(() => Rounds() is [1]);
        var leaving = turns.Classify([Sample(model, new byte[10])], impatient.Token);
        var staying = turns.Classify([Sample(model, new byte[10])], Ended);
        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leaving); // while the core is held
        _gate.Release(3);
        await Task.WhenAll(running, staying);
        Assert.Equal([1, 1], Rounds());
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => turns.Classify([Sample(model, new byte[10])], impatient.Token));
        await turns.Classify([Sample(model, new byte[10])], Ended); // the core is free
    }

    [Fact]
    public async Task Who_leaves_a_computation_of_several_takes_nothing_from_the_others()
    {
        var model = Model(SmallModels.Write);
        var turns = new SequenceTurns(model, 1, Hold);
        using var impatient = new CancellationTokenSource();
        var before = turns.Classify([Sample(model, new byte[10])], Ended);
        await Until(() => Rounds() is [1]);
        var leaving = turns.Classify([Sample(model, new byte[10])], impatient.Token);
        var staying = turns.Classify([Sample(model, [1, 2, 3, 4, 5, 6, 7])], Ended);
        _gate.Release();
        await Until(() => Rounds() is [1, 2]);
        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leaving);
        _gate.Release();
        Assert.Equal(model.Classify([1, 2, 3, 4, 5, 6, 7], Ended).Probabilities, Assert.Single(await staying).Probabilities);
        await before;
    }

    [Fact]
    public async Task A_computation_that_all_have_left_ends()
    {
        const int Long = 4_000_000; // half a minute and more, if it went on
        var model = Model(SmallModels.WriteSlow);
        var turns = new SequenceTurns(model, 1, Hold);
        using CancellationTokenSource first = new(), second = new();
        var before = turns.Classify([Sample(model, new byte[10])], Ended);
        await Until(() => Rounds() is [1]);
        var one = turns.Classify([Sample(model, new byte[Long])], first.Token);
        var other = turns.Classify([Sample(model, new byte[Long])], second.Token);
        _gate.Release(3);
        await Until(() => Rounds() is [1, 2]);
        await Task.Delay(100, Ended); // in the midst of it, as a rule
        await first.CancelAsync();
        await second.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => one);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => other);
        await turns.Classify([Sample(model, new byte[10])], Ended).WaitAsync(TimeSpan.FromSeconds(15), Ended);
        await before;
    }

    [Fact]
    public async Task Where_one_fails_the_others_have_turns_of_their_own_before_those_who_came_later()
    {
        var model = Model(SmallModels.Write);
        var turns = new SequenceTurns(model, 1, Hold);
        var before = turns.Classify([Sample(model, new byte[10])], Ended);
        await Until(() => Rounds() is [1]);
        var good = turns.Classify([Sample(model, new byte[10])], Ended);
        var damaged = turns.Classify([new SampleSequence(new TextSample(Origin.Whole("a text"), null, new byte[10]), 10)], Ended);
        var later = turns.Classify([Sample(model, new byte[30])], Ended);
        _gate.Release(5);
        Assert.Single(await good);
        await Assert.ThrowsAsync<DataException>(() => damaged);
        Assert.Single(await later);
        Assert.Equal([1, 2, 1, 1, 1], Rounds());
        await before;
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

    // Each computation waits for its leave.
    private void Hold(int requests)
    {
        Note(requests);
        _gate.Wait(Ended);
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
