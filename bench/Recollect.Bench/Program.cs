using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Recollect.Bench;
using Recollect.Benchmarks;
using Recollect.Cli;

OpenMp.LetIdleThreadsSleep(); // as the command does: libtorch is measured under the same conditions
Allocator.KeepFreedMemory();

// inference [N]: item by item as 'recollect bench' measures, with ONNX Runtime for a peer, N threads; limits [N]: what the machine can do at best;
// stream [STEPS]: a stream of so many steps, 10 million by default, with ONNX Runtime's step graph and libtorch for peers.
// accuracy RUN…: how far logits of trained networks are from double precision, ours and libtorch's.
// exchange GRADIENTS…: under mpirun, how long their sum over the processes takes.
// lengths ROWS: updates of so many rows at the paper's eight lengths, full backpropagation beside reconstruction.
// Anything else goes to BenchmarkDotNet.
if (args is ["inference", ..])
{
    InferenceContest.Run(args.Length > 1 ? int.Parse(args[1]) : Environment.ProcessorCount);
    return;
}
if (args is ["stream", ..])
{
    StreamContest.Run(args.Length > 1 ? long.Parse(args[1]) : 10_000_000);
    return;
}
if (args is ["accuracy", _, ..])
{
    AccuracyContest.Run(args[1..]);
    return;
}
if (args is ["exchange", _, ..])
{
    ExchangeContest.Run([.. args[1..].Select(int.Parse)]);
    return;
}
if (args is ["lengths", var rows])
{
    LengthContest.Run(int.Parse(rows));
    return;
}
if (args is ["limits", ..])
{
    foreach (var limit in MachineLimit.Measure(args.Length > 1 ? int.Parse(args[1]) : Environment.ProcessorCount))
        Console.Out.WriteLine($"{limit.Name}: {limit.Rate:0.#} {limit.Unit}/s by {limit.Threads} thread(s)");
    return;
}
// In this process: the native libraries lie beside it, where BenchmarkDotNet's own build would not put them.
BenchmarkSwitcher.FromAssembly(typeof(InferenceContest).Assembly).Run(
    args, ManualConfig.Create(DefaultConfig.Instance).AddJob(Job.Default.WithToolchain(InProcessEmitToolchain.Instance)));
