using System.Diagnostics;
using Recollect.Networks;
using Recollect.Randomness;
using Recollect.Sequences;
using static TorchSharp.torch;

namespace Recollect.Bench;

/// <summary>A stream step by step: ours, ONNX Runtime's step graph and libtorch, in turns and each on one thread; and ours alone for as long as it is asked to run.</summary>
internal static class StreamContest
{
    private const int Turns = 10, WarmUp = 20_000, Compared = 500;
    private const int PeersShare = 10; // peers take one of so many steps: they are slower
    private const double Tolerance = 1e-4;

    private static readonly NetworkOptions Shape = new() { Embedding = 128, Hidden = 128, HeadUnits = 256, Engine = EngineKind.Libtorch };

    /// <summary>Measures, and prints a line a figure.</summary>
    /// <param name="steps">Steps of ours, alone and in turns; peers take a tenth.</param>
    public static void Run(long steps)
    {
        set_num_threads(1);
        var tokens = Tokens();
        RecurrentClassifier Network() => new(StepFormat.Tokens(256), 10, Shape, new Seed(1));
        using (var network = Network())
        using (var alone = new OurStream(network))
            Endure(alone, tokens, steps);
        using var shared = Network();
        StreamPeer[] peers = [new OurStream(shared), new OnnxStream(shared), new LibtorchStream(shared)];
        Compare(peers, tokens);
        foreach (var believe in new[] { false, true })
        {
            var times = peers.Select(_ => new StepTimes()).ToArray();
            foreach (var peer in peers)
                Take(peer, tokens, WarmUp, believe, new StepTimes());
            for (var turn = 0; turn < Turns; turn++)
            {
                for (var i = 0; i < peers.Length; i++)
                    Take(peers[i], tokens, steps / Turns / (i == 0 ? 1 : PeersShare), believe, times[i]);
            }
            for (var i = 0; i < peers.Length; i++)
                Console.Out.WriteLine($"{(believe ? "step and logits" : "step")}, {peers[i].Name}: {times[i]}");
        }
        foreach (var peer in peers)
            peer.Dispose();
    }

    // Memory at the beginning and at the end, and what was allocated between.
    private static void Endure(StreamPeer ours, int[] tokens, long steps)
    {
        Take(ours, tokens, WarmUp, believe: true, new StepTimes());
        var times = new StepTimes();
        var (memory, allocated) = (ResidentBytes(), GC.GetTotalAllocatedBytes(precise: true));
        Take(ours, tokens, steps, believe: false, times);
        allocated = GC.GetTotalAllocatedBytes(precise: true) - allocated;
        Console.Out.WriteLine($"alone, {steps:N0} steps: resident memory {memory:N0} bytes before, {ResidentBytes():N0} after; managed memory allocated in between: {allocated:N0} bytes");
        Console.Out.WriteLine($"alone, ours: {times}");
    }

    private static void Compare(StreamPeer[] peers, int[] tokens)
    {
        foreach (var token in tokens.AsSpan(0, Compared))
        {
            Array.ForEach(peers, peer => peer.Step(token));
            var expected = peers[0].Logits().ToArray();
            foreach (var peer in peers)
            {
                var difference = peer.Logits().ToArray().Zip(expected, (a, b) => Math.Abs(a - b)).Max();
                if (!(difference < Tolerance))
                    throw new InvalidOperationException($"The logits of {peer.Name} differ from ours by {difference}.");
            }
        }
    }

    private static void Take(StreamPeer peer, int[] tokens, long steps, bool believe, StepTimes times)
    {
        var before = Stopwatch.GetTimestamp();
        for (long step = 0; step < steps; step++)
        {
            peer.Step(tokens[step % tokens.Length]);
            if (believe)
                peer.Logits();
            var now = Stopwatch.GetTimestamp();
            times.Add(now - before);
            before = now;
        }
    }

    private static long ResidentBytes()
    {
        using var process = Process.GetCurrentProcess();
        return process.WorkingSet64;
    }

    private static int[] Tokens()
    {
        var stream = new Seed(2).Stream("stream");
        var tokens = new int[1 << 16];
        for (var i = 0; i < tokens.Length; i++)
            tokens[i] = stream.Next(256);
        return tokens;
    }

    /// <summary>How long steps took, in classes of 10 ns.</summary>
    private sealed class StepTimes
    {
        private const int Classes = 500_000;
        private readonly long[] _counts = new long[Classes];
        private readonly double _class = Stopwatch.Frequency / 1e8; // ticks
        private long _steps, _ticks, _longest;

        public StepTimes() => Array.Clear(_counts); // its pages are there from now on, and not taken for the stream's

        public void Add(long ticks)
        {
            _steps++;
            _ticks += ticks;
            _longest = Math.Max(_longest, ticks);
            _counts[Math.Min(Classes - 1, (int)(ticks / _class))]++;
        }

        public override string ToString() => $"{_steps:N0} steps, {_steps / ((double)_ticks / Stopwatch.Frequency):N0} steps/s; a step p50 {Part(0.5):0.00} µs, p99 {Part(0.99):0.00} µs, "
            + $"p99.9 {Part(0.999):0.00} µs, longest {_longest * 1e6 / Stopwatch.Frequency:N0} µs";

        // Microseconds that so many steps did not exceed.
        private double Part(double part)
        {
            var (left, place) = ((long)Math.Ceiling(part * _steps), 0);
            for (; place < Classes - 1 && left > _counts[place]; place++)
                left -= _counts[place];
            return (place + 1) / 100.0;
        }
    }
}
