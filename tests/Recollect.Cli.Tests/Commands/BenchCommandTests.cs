using System.Text.Json.Nodes;
using Recollect.Benchmarks;
using Recollect.Cli;

namespace Recollect.Tests.Cli.Commands;

public class BenchCommandTests
{
    /// <summary>The command with workloads that take milliseconds.</summary>
    internal static Engine Tiny { get; } = new()
    {
        Workloads = _ => [Workloads.Window("A", new WindowShape(3, 8, 8), 4), Workloads.Decoder("C", new DecoderWorkShape(5, 3, 8, 8), 4)],
        MemoryWorks = () => [new MemoryWork("F40", "F", "tiny", "mnist-lstm-full", 40, 4)],
    };

    private static readonly Lazy<Ran> TimedOnce = new(() => Ran.Command(Tiny, "bench", "kernel", "--repetitions", "1", "--threads", "1", "--json"));
    private static readonly Lazy<Ran> WeighedOnce = new(() => Ran.Command(Tiny, "bench", "memory", "--threads", "1", "--json"));

    /// <summary>What <c>bench kernel</c> says. It starts processes of its own: one measurement serves all tests that read it.</summary>
    internal static Ran Timed => TimedOnce.Value;

    /// <summary>What <c>bench memory</c> says, likewise.</summary>
    internal static Ran Weighed => WeighedOnce.Value;

    [Theory]
    [InlineData("bench", "name a command after 'recollect bench'", "kernel, step, memory.")]
    [InlineData("bench kernl", "unknown command 'kernl'", "Nearest: kernel")]
    [InlineData("bench step --only X", "--only names 'X'", "among D, D16384, D′, D″, F3136, R3136")]
    [InlineData("bench step --only D,D9", "--only names 'D9'", "Nearest: D")]
    [InlineData("bench kernel --only A,E9x9", "--only names 'E9x9'", "among A, B, V, V4096, V8192, V16384, V50000, C, H, G, Glstm, I, E.")]
    [InlineData("bench kernel --repetitions 0", "--repetitions is '0'", "from 1 to 2147483647")]
    [InlineData("bench memory --repetitions 4294967296", "--repetitions is '4294967296'", "from 1 to 2147483647")]
    [InlineData("bench memory --threads 0", "--threads is '0'", "from 1 to")]
    public void Wrong_usage_is_refused(string line, params string[] parts) => Ran.Command(line.Split(' ')).Refused(ExitCode.Usage, parts);

    [Fact]
    public void A_report_is_one_document_with_a_row_a_workload()
    {
        Assert.True(Timed.Code == 0, Timed.Error);
        var rows = Timed.Json["rows"]!.AsArray();
        Assert.Equal(["A", "C"], rows.Select(row => (string)row!["workload"]!));
        Assert.All(rows, row => Assert.Equal(Number(row!, "libtorch") / Number(row!, "ours"), Number(row!, "ratio"), 9));
        Assert.Equal(1, Timed.Json["machine"]!["threads"]!.GetValue<int>());
        Assert.Contains("A: turn 1 of 1", Timed.Error);
    }

    [Fact]
    public void A_table_names_what_was_asked_for_and_nothing_else()
    {
        var ran = Ran.Command(Tiny, "bench", "kernel", "--only", "A", "--repetitions", "1", "--threads", "1");
        Assert.Contains("workload", ran.Out);
        Assert.Contains("\nA ", ran.Out);
        Assert.DoesNotContain("\nC ", ran.Out);
    }

    [Fact]
    public void Memory_is_measured_in_processes_of_their_own()
    {
        Assert.True(Weighed.Code == 0, Weighed.Error);
        var row = Assert.Single(Weighed.Json["rows"]!.AsArray())!;
        Assert.Equal(("F40", "bytes"), (row["workload"]!.GetValue<string>(), row["unit"]!.GetValue<string>()));
        Assert.InRange(Number(row, "libtorch"), -100e6, 500e6);
        Assert.InRange(Number(row, "estimate") / Number(row, "peak"), 0.8, 1.2);
    }

    private static double Number(JsonNode row, string name) => row[name]!.GetValue<double>();
}
