using Recollect.Benchmarks;
using Recollect.Cli.Display;

namespace Recollect.Tests.Cli.Display;

public class BenchTableTests
{
    private static readonly BenchmarkRow Timed = new()
    {
        Workload = "A",
        Title = "a window",
        Unit = "seconds",
        Ours = 1,
        Libtorch = 2,
        Ratio = 2,
        OursLeast = 1,
        OursMost = 1,
        LibtorchLeast = 2,
        LibtorchMost = 2,
        Repetitions = 1,
        LibtorchThreads = 1,
        LibtorchRows = 4,
    };

    private static readonly BenchmarkRow Weighed = Timed with { Unit = "bytes", Peak = 3_000_000, Estimate = 4_000_000 };

    [Fact]
    public void What_a_workload_is_stands_beneath_the_numbers() =>
        Assert.Equal(["A         1.000 s  1.000 s…1.000 s  2.000 s   2.000 s…2.000 s  2.00   1 thr, 4 rows", "A         a window"],
            Written(Timed).Split('\n').Select(line => line.TrimEnd()).Where(line => line.StartsWith("A ", StringComparison.Ordinal)));

    [Fact]
    public void A_column_is_shown_where_a_row_has_it()
    {
        Assert.DoesNotContain("reckoned", Written(Timed));
        Assert.DoesNotContain("a second", Written(Timed));
        Assert.Contains("a second", Written(Timed, Timed with { Counted = "steps", OursRate = 7, LibtorchRate = 5 }));
        Assert.Contains("whole process: reckoned", Written(Timed, Weighed));
        Assert.Contains("3 MB: 4 MB", Written(Timed, Weighed));
    }

    /// <summary>A line of oneDNN has up to 670 characters, and several are of one implementation and direction.</summary>
    [Fact]
    public void Primitives_are_named_once_by_their_beginnings()
    {
        var lines = Written(Timed).Split('\n').Select(line => line.TrimEnd()).ToList();
        Assert.Equal(["  exec,cpu,rnn,ref,forward_training", "  exec,cpu,rnn,ref,backward"], lines.Where(line => line.Contains("exec")));
    }

    private static string Written(params BenchmarkRow[] rows)
    {
        var output = new StringWriter();
        BenchTable.Write(output, new BenchmarkReport(BenchmarkMachine.Read(1, "PASSIVE", "keep",
        [
            "exec,cpu,rnn,ref,forward_training,src_layer_f32::blocked:abc,,l1t4",
            "exec,cpu,rnn,ref,forward_training,src_layer_f32::blocked:abc,,l1t5",
            "exec,cpu,rnn,ref,backward,src_layer_f32::blocked:abc,,l1t4",
        ]), rows));
        return output.ToString();
    }
}
