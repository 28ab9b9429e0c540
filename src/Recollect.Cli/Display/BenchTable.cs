using Recollect.Benchmarks;

namespace Recollect.Cli.Display;

/// <summary>A benchmark's report as a table for people.</summary>
internal static class BenchTable
{
    private const int NameParts = 5; // "exec,cpu,rnn,ref,forward_training": engine, primitive, implementation, direction

    private static readonly (string Head, Func<BenchmarkRow, string> Cell)[] Columns =
    [
        ("workload", row => row.Workload),
        ("ours", row => Show(row.Ours, row.Unit)),
        ("least…most", row => $"{Show(row.OursLeast, row.Unit)}…{Show(row.OursMost, row.Unit)}"),
        ("libtorch", row => Show(row.Libtorch, row.Unit)),
        ("least…most", row => $"{Show(row.LibtorchLeast, row.Unit)}…{Show(row.LibtorchMost, row.Unit)}"),
        ("ratio", row => $"{row.Ratio:0.00}"),
        ("a second", row => row.Counted is null ? "" : $"{row.OursRate:N0} : {row.LibtorchRate:N0} {row.Counted}"),
        ("whole process: reckoned", row => row.Estimate is { } estimate ? $"{Show(row.Peak ?? 0, row.Unit)}: {Show(estimate, row.Unit)}" : ""),
        ("libtorch with", row => $"{row.LibtorchThreads} thr, {row.LibtorchRows} rows"),
    ];

    public static void Write(TextWriter output, BenchmarkReport report)
    {
        var machine = report.Machine;
        output.WriteLine($"{machine.Processor}, {machine.Cores} core(s), {machine.VectorBits}-bit vectors, {machine.Memory / 1e9:0.#} GB, "
            + $"{machine.OperatingSystem} {machine.Architecture}; {machine.Runtime}, {string.Join(", ", machine.Libraries.Select(entry => $"{entry.Key} {entry.Value}"))}; "
            + $"{machine.Threads} thread(s), OpenMP wait policy {machine.OpenMpWaitPolicy}, allocator {machine.Allocator}");
        output.WriteLine(machine.Primitives.Count == 0
            ? "libtorch's LSTM ran no primitive of oneDNN."
            : $"libtorch's LSTM ran, of oneDNN:{string.Concat(machine.Primitives.Select(ShortName).Distinct().Select(primitive => $"\n  {primitive}"))}");
        output.WriteLine();
        var shown = Columns.Where(column => report.Rows.Any(row => column.Cell(row).Length > 0)).ToList();
        TextTable.Write(output, [.. shown.Select(column => column.Head)], report.Rows.Select(row => shown.Select(column => column.Cell(row)).ToArray()));
        output.WriteLine();
        TextTable.Write(output, ["workload", "what"], report.Rows.Select(row => new[] { row.Workload, row.Title })); // beneath, as a line of its own: titles are as long as a row
    }

    // The JSON has the whole line, of hundreds of characters.
    private static string ShortName(string primitive) => string.Join(',', primitive.Split(',').Take(NameParts));

    private static string Show(double value, string unit) => unit == "bytes" ? $"{value / 1e6:N0} MB" : value switch
    {
        >= 1 => $"{value:0.000} s",
        >= 1e-3 => $"{1e3 * value:0.00} ms",
        _ => $"{1e6 * value:0} µs",
    };
}
