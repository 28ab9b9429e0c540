using System.CommandLine;
using Recollect.Cli.Display;
using Recollect.Cli.Reporting;
using Recollect.Cli.Reproduce;
using Recollect.Experiments;
using Recollect.Reports;
using Recollect.Reports.Reading;
using Recollect.Reproduction;

namespace Recollect.Cli.Commands;

/// <summary><c>recollect reproduce</c>: a table or figure of the paper, run anew.</summary>
internal static class ReproduceCommand
{
    public static Command Create(Terminal terminal, Engine engine)
    {
        var target = new Argument<string>("TARGET") { Description = $"{string.Join(", ", TargetBook.Names)}, or {TargetBook.All}" };
        target.CompletionSources.Add([.. TargetBook.Names, TargetBook.All]);
        var scale = Inputs.Word<Scale>("--scale", "A few updates of every recipe, hours on two cores, or the paper's own budget (default: short)");
        var seeds = Inputs.Number("--seeds", "Seeds of every recipe (default: the scale's)", least: 1);
        var shard = new Option<Shard?>("--shard")
        {
            Description = "Run a share only, such as 2/4: shares of one target run anywhere, with nothing in common but the folder",
            HelpName = "I/N",
            CustomParser = ParseShard,
        };
        var resume = new Option<bool>("--resume") { Description = "Go on with what the folder holds: finished runs stay, interrupted and failed ones go on" };
        var list = new Option<bool>("--list") { Description = "Show the runs with their time and memory, by a short measurement, and run nothing" };
        var output = new Option<string?>("--out") { Description = "Folder of everything (default: reproductions/<target>-<scale>)", HelpName = Inputs.FolderForm };
        var jobs = Inputs.Number("--jobs", "Trainings at a time (default: one a core, at most 4; for full 1)", least: 1);
        var (data, device, threads, json) = (Inputs.Data(), Inputs.Device(), Inputs.Threads(), Inputs.Json());
        var command = new Command("reproduce", "Runs a table or figure of the paper anew.")
        {
            target, scale, seeds, shard, resume, list, output, jobs, data, device, threads, json,
        };
        command.SetAction(parsed =>
        {
            var size = parsed.GetValue(scale) ?? Scale.Short;
            var plan = TargetPlan.Of(parsed.GetValue(target)!, size, (int?)parsed.GetValue(seeds));
            var atOnce = (int)(parsed.GetValue(jobs) ?? (size == Scale.Full ? 1 : Math.Clamp(Environment.ProcessorCount, 1, 4)));
            var place = Inputs.Workplace(parsed, data, device, threads);
            var request = new ReproduceRequest
            {
                Plan = plan,
                Folder = parsed.GetValue(output) ?? Path.Combine("reproductions", $"{plan.Target}-{size.ToString().ToLowerInvariant()}"),
                Resume = parsed.GetValue(resume),
                Shard = parsed.GetValue(shard),
                Jobs = atOnce,
                Workplace = place with { Threads = place.Threads ?? Math.Max(1, Environment.ProcessorCount / atOnce) },
            };
            return parsed.GetValue(list)
                ? List(request, parsed.GetValue(json), terminal, engine)
                : Run(request, parsed.GetValue(json), terminal, engine);
        });
        return command;
    }

    private static int Run(ReproduceRequest request, bool json, Terminal terminal, Engine engine)
    {
        var stop = new StopSignal();
        var gate = new Lock();
        void Tell(string line)
        {
            lock (gate)
                terminal.Error.WriteLine(line);
        }

        ReproduceResult result;
        using (new SignalListener(stop, Tell))
            result = new Reproducer(request, engine.TrainProcess, Tell, stop).Run();
        var report = Path.Combine(request.Folder, ReproduceRequest.ReportName);
        ReportFiles.Write(ReportBuilder.Of(ReportInput.Read([request.Folder])), report, null);
        if (json)
            Json.Write(terminal.Out, result);
        else
            Show(result, report, terminal.Out);
        return stop.Reason is { } reason ? ExitCode.Of(reason) : result.Failed > 0 ? ExitCode.Failed : ExitCode.Done;
    }

    private static void Show(ReproduceResult result, string report, TextWriter output)
    {
        output.WriteLine($"report  {report}");
        output.WriteLine($"runs    {result.Done} done, {result.Failed} failed, {result.Open} open");
        foreach (var failed in result.Runs.Where(run => run.State == ReproducedState.Failed))
            output.WriteLine($"failed  {failed.Name}: {failed.Message}");
    }

    private static int List(ReproduceRequest request, bool json, Terminal terminal, Engine engine)
    {
        var stop = new StopSignal();
        var estimates = new List<RunEstimate>();
        using (new SignalListener(stop, terminal.Error.WriteLine))
        {
            foreach (var estimate in new PlanEstimate(request, engine.TrainProcess, stop).Of())
            {
                estimates.Add(estimate);
                terminal.Error.WriteLine($"measured {estimates.Count}: {NameOf(estimate)}");
            }
        }
        if (stop.Reason is { } reason)
            return ExitCode.Of(reason);
        if (json)
            Json.Write(terminal.Out, estimates);
        else
            Show(estimates, request, terminal.Out);
        return ExitCode.Done;
    }

    private static void Show(List<RunEstimate> estimates, ReproduceRequest request, TextWriter output)
    {
        TextTable.Write(output, ["seeds", "updates", "time", "memory", "recipe"], estimates.Select(estimate => new[]
        {
            $"{estimate.Seeds}", estimate.Updates is { } updates ? $"{updates:N0}" : "?",
            estimate.Seconds is { } seconds ? Duration.Show(TimeSpan.FromSeconds(seconds)) : "?",
            estimate.PeakMemory is { } peak ? $"{peak / 1e6:N0} MB" : "?", NameOf(estimate) + (estimate.Message is { } message ? $" ({message})" : ""),
        }));
        var (runs, known) = (estimates.Sum(estimate => estimate.Seeds), estimates.Sum(estimate => estimate.Seeds * (estimate.Seconds ?? 0)));
        output.WriteLine($"{runs} runs of {estimates.Count} recipes; training takes about {Duration.Show(TimeSpan.FromSeconds(known / request.Jobs))}, {request.Jobs} at a time, and evaluation some more.");
        var unknown = estimates.Where(estimate => estimate.Seconds is null).ToList();
        if (unknown.Count > 0)
            output.WriteLine($"The time of {unknown.Sum(estimate => estimate.Seeds)} of them is not known, and not in it: {string.Join("; ", unknown.Select(NameOf))}.");
    }

    private static string NameOf(RunEstimate estimate) => $"{estimate.Recipe} {estimate.Edits}".TrimEnd();

    private static Shard? ParseShard(System.CommandLine.Parsing.ArgumentResult result)
    {
        var parts = result.Tokens[0].Value.Split('/');
        if (parts.Length == 2 && int.TryParse(parts[0], out var number) && int.TryParse(parts[1], out var of) && number >= 1 && number <= of)
            return new Shard(number, of);
        result.AddError($"--shard is '{result.Tokens[0].Value}'; it must be I/N with I from 1 to N, such as 2/4.");
        return null;
    }
}
