using Recollect.Benchmarks;

namespace Recollect.Cli.Display;

/// <summary>A benchmark's report as a table for people.</summary>
internal static class BenchTable
{
    public static void Write(TextWriter output, BenchmarkReport report)
    {
        var machine = report.Machine;
        output.WriteLine($"{machine.Processor}, {machine.Cores} core(s), {machine.VectorBits}-bit vectors, {machine.Memory / 1e9:0.#} GB, "
            + $"{machine.OperatingSystem} {machine.Architecture}; {machine.Runtime}, {string.Join(", ", machine.Libraries.Select(entry => $"{entry.Key} {entry.Value}"))}; "
            + $"{machine.Threads} thread(s), OpenMP wait policy {machine.OpenMpWaitPolicy}, allocator {machine.Allocator}");
        output.WriteLine(machine.Primitives.Count == 0
            ? "libtorch's LSTM ran no primitive of oneDNN."
            : $"libtorch's LSTM ran, of oneDNN:{string.Concat(machine.Primitives.Select(primitive => $"\n  {primitive}"))}");
        output.WriteLine();
        TextTable.Write(output, ["workload", "ours", "least…most", "libtorch", "least…most", "ratio", "a second", "whole process: reckoned", "libtorch with", "what"], report.Rows.Select(Cells));
    }

    private static string[] Cells(BenchmarkRow row) =>
    [
        row.Workload, Show(row.Ours, row.Unit), $"{Show(row.OursLeast, row.Unit)}…{Show(row.OursMost, row.Unit)}",
        Show(row.Libtorch, row.Unit), $"{Show(row.LibtorchLeast, row.Unit)}…{Show(row.LibtorchMost, row.Unit)}", $"{row.Ratio:0.00}",
        row.Counted is null ? "" : $"{row.OursRate:N0} : {row.LibtorchRate:N0} {row.Counted}",
        row.Estimate is { } estimate ? $"{Show(row.Peak ?? 0, row.Unit)}: {Show(estimate, row.Unit)}" : "", $"{row.LibtorchThreads} thr, {row.LibtorchRows} rows", row.Title,
    ];

    private static string Show(double value, string unit) => unit == "bytes" ? $"{value / 1e6:N0} MB" : value switch
    {
        >= 1 => $"{value:0.000} s",
        >= 1e-3 => $"{1e3 * value:0.00} ms",
        _ => $"{1e6 * value:0} µs",
    };
}
