using System.CommandLine;
using Recollect.Benchmarks;
using Recollect.Cli.Bench;
using Recollect.Cli.Display;
using Recollect.Data;

namespace Recollect.Cli.Commands;

/// <summary><c>recollect bench</c>: our kernels beside libtorch, in time or in memory.</summary>
internal static class BenchCommand
{
    public static Command Create(Terminal terminal, Engine engine) => new("bench", "Measures Recollect's own kernels beside libtorch on this machine.")
    {
        Measuring("kernel", "Times parts of a training update, sizes, matrix products and inference: some 15 minutes for all.", Suite.Kernel, repetitions: 7, terminal, engine),
        Measuring("step", "Times whole training updates: some 10 minutes for all.", Suite.Step, repetitions: 5, terminal, engine),
        Measuring("memory", "Measures the peak memory of whole training updates, each in a process of its own: some 5 minutes for all.", Suite.Memory, repetitions: 1, terminal, engine),
        Probe(terminal),
    };

    private static Command Measuring(string name, string description, Suite suite, int repetitions, Terminal terminal, Engine engine)
    {
        var names = NamesOf(suite, engine).ToList();
        var listed = string.Join(", ", names.Where(known => !IsCell(known)));
        var only = new Option<string[]>("--only")
        {
            Description = $"Measure these workloads or groups alone, separated by commas: {listed}; docs/performance.md says what each is",
            HelpName = "A,B,…",
            AllowMultipleArgumentsPerToken = false,
            DefaultValueFactory = _ => [],
            CustomParser = result => [.. result.Tokens.SelectMany(token => token.Value.Split(',', StringSplitOptions.TrimEntries)).Select(Primes)],
        };
        only.CompletionSources.Add([.. names]);
        only.Validators.Add(result =>
        {
            foreach (var word in result.GetValueOrDefault<string[]>()!.Where(word => !names.Contains(word)))
                result.AddError($"--only names '{word}'; it must be among {listed}.{Spelling.Hint(word, names)}");
        });
        var turns = Inputs.Number("--repetitions", $"Measurements of each side (default: {repetitions})", least: 1, most: int.MaxValue);
        var (threads, json) = (Inputs.Threads(), Inputs.Json());
        var command = new Command(name, description) { only, turns, threads, json };
        command.SetAction(parsed =>
        {
            var request = new BenchRequest(suite, parsed.GetValue(only)!, parsed.GetValue(threads) ?? Environment.ProcessorCount, (int)(parsed.GetValue(turns) ?? repetitions));
            var progress = new ErrorLines(terminal.Error);
            var report = suite == Suite.Memory
                ? BenchRunner.Weigh(request, engine.MemoryWorks(), progress)
                : BenchRunner.Time(request, engine.Workloads(suite), progress);
            if (parsed.GetValue(json))
                Json.Write(terminal.Out, report);
            else
                BenchTable.Write(terminal.Out, report);
            return ExitCode.Done;
        });
        return command;
    }

    private static Command Probe(Terminal terminal)
    {
        var words = new Argument<string[]>("WORDS") { Arity = ArgumentArity.ZeroOrMore };
        var command = new Command(BenchProcess.Command, "What the benchmark starts as a process of its own.") { words };
        command.Hidden = true;
        command.SetAction(parsed =>
        {
            BenchProcess.Serve(parsed.GetValue(words)!, terminal.Out);
            return ExitCode.Done;
        });
        return command;
    }

    private static IEnumerable<string> NamesOf(Suite suite, Engine engine) => (suite == Suite.Memory
        ? engine.MemoryWorks().SelectMany(work => new[] { work.Group, work.Name })
        : engine.Workloads(suite).SelectMany(work => new[] { work.Group, work.Name })).Distinct();

    // D' is D′, for keyboards.
    private static string Primes(string word) => word.Replace("''", "″").Replace('\'', '′');

    // The grid's cells are too many to list: their group stands for them.
    private static bool IsCell(string name) => name.StartsWith('E') && name.Length > 1;
}
