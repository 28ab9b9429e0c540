using Recollect.Cli.Display;
using Recollect.Cli.Reporting;
using Recollect.Experiments;
using Recollect.Plans;
using Recollect.Reports;
using Recollect.Reports.Reading;

namespace Recollect.Cli.Plans;

/// <summary>A plan as the command line runs it: told line by line, stopped by signals, with one report over all runs at the end.</summary>
internal static class PlanSession
{
    private const int MostNamed = 4; // recipes of which a note says the same

    /// <summary>Runs what is asked for, writes the report, and hands both to <paramref name="show"/>.</summary>
    /// <returns>The exit code.</returns>
    public static int Run(PlanRequest request, Terminal terminal, Engine engine, Action<PlanResult, ReportInput> show)
    {
        Refuse(request, engine);
        ReportFiles.RefuseOther(ReportOf(request), "choose another folder with --out");
        var stop = new StopSignal();
        var gate = new Lock();
        void Tell(string line)
        {
            lock (gate)
                terminal.Error.WriteLine(line);
        }

        PlanResult result;
        using (new SignalListener(stop, Tell))
            result = StoppedException.Unless(stop, () => new PlanRunner(request, engine.TrainProcess, Tell, stop).Run());
        var input = WriteWhatStands(request.Folder, found => ReportFiles.Write(ReportBuilder.Of(found), ReportOf(request), null));
        ReportFiles.TellDamage(input, Tell);
        show(result, input);
        if (stop.Reason is not null)
            Tell("The same command with --resume goes on.");
        return stop.Reason is { } reason ? ExitCode.Of(reason) : result.FailedOf(request.Own) + result.Stopped > 0 ? ExitCode.Failed : ExitCode.Done;
    }

    /// <summary>Writes what stands in a folder, and again where its runs were found otherwise afterwards: of shares that end at once one may have read before the other's last run ended, and write after it.</summary>
    /// <returns>What was written last.</returns>
    internal static ReportInput WriteWhatStands(string folder, Action<ReportInput> write)
    {
        var input = ReportInput.Read([folder]);
        while (true)
        {
            write(input);
            var now = ReportInput.Read([folder]);
            if (now.Runs.Select(run => run.State).SequenceEqual(input.Runs.Select(run => run.State)))
                return input;
            input = now;
        }
    }

    /// <summary>Writes where the report is, how many runs are done, and which failed.</summary>
    public static void Show(PlanRequest request, PlanResult result, TextWriter output)
    {
        output.WriteLine($"report  {ReportOf(request)}");
        output.WriteLine($"runs    {result.Done} done, {result.Failed} failed, {result.Open} open");
        foreach (var failed in result.Runs.Where(run => run.State == PlannedState.Failed))
            output.WriteLine($"failed  {failed.Name}: {failed.Message}");
    }

    /// <summary>Measures what the runs will take, and shows it.</summary>
    /// <returns>The exit code.</returns>
    public static int List(PlanRequest request, bool json, Terminal terminal, Engine engine)
    {
        Refuse(request, engine);
        var stop = new StopSignal();
        var left = Left(request, new PlanRunner(request, engine.TrainProcess, terminal.Error.WriteLine, stop), terminal);
        var estimates = new List<RunEstimate>();
        using (new SignalListener(stop, terminal.Error.WriteLine))
        {
            foreach (var estimate in new PlanEstimate(request, left, engine.TrainProcess, stop).Of())
            {
                estimates.Add(estimate);
                terminal.Error.WriteLine($"measured {estimates.Count}: {NameOf(estimate)}");
            }
        }
        if (stop.Reason is { } reason)
            return ExitCode.Of(reason);
        if (json)
            Json.Write(terminal.Out, estimates);
        else if (left.Count > 0)
            Show(estimates, left, request.Jobs, terminal.Out);
        else
            terminal.Out.WriteLine("No run is left.");
        return ExitCode.Done;
    }

    // What a command that goes on, as shares always do, would still train, runs that are begun among it; of another all.
    private static IReadOnlyList<PlannedRun> Left(PlanRequest request, PlanRunner runner, Terminal terminal)
    {
        if (!request.Resume && request.Shard is null)
            return request.Own;
        var left = runner.Left();
        if (left.Count < request.Own.Count)
            terminal.Error.WriteLine($"{request.Own.Count - left.Count} of {request.Own.Count} runs are done already.");
        return left;
    }

    // What no report can show is said now, and not when all has been run; and what every run would say by itself.
    private static void Refuse(PlanRequest request, Engine engine)
    {
        if (ExhibitsFile.FaultIn(request.Plan.Exhibits) is { } fault)
            throw new RecipeException($"The {request.Plan.Kind} '{request.Plan.Name}' cannot be shown: {fault}.");
        if (request.Plan.Runs.Count == 0)
            throw new RecipeException($"No run: {RunPlan.Describe(request.Plan.Exhibits)} asks for none; expected exhibits with a 'run' each, as docs/reproduction.md describes them.");
        if (request.Workplace.Device == DeviceChoice.Cuda && !engine.Torch().Cuda)
            throw new RecipeException(Compute.NoGpu);
    }

    private static void Show(List<RunEstimate> estimates, IReadOnlyList<PlannedRun> left, int jobs, TextWriter output)
    {
        TextTable.Write(output, ["seeds", "updates", "time", "memory", "recipe"], estimates.Select(estimate => new[]
        {
            $"{estimate.Seeds}", estimate.Updates is { } updates ? $"{updates:N0}" : "?",
            estimate.Seconds is { } seconds ? Duration.Show(TimeSpan.FromSeconds(seconds)) : "?",
            estimate.PeakMemory is { } peak ? $"{peak / 1e6:N0} MB" : "?", NameOf(estimate),
        }));
        var (runs, known) = (estimates.Sum(estimate => estimate.Seeds), estimates.Sum(estimate => estimate.Seeds * (estimate.Seconds ?? 0)));
        var alone = left.Where(run => run.Alone).Select(run => run.Text).ToHashSet();
        var byThemselves = estimates.Where(estimate => alone.Contains(NameOf(estimate))).Sum(estimate => estimate.Seeds * (estimate.Seconds ?? 0));
        output.WriteLine($"{Counted(runs, "run")} of {Counted(estimates.Count, "recipe")}; training takes about {Duration.Show(TimeSpan.FromSeconds((known - byThemselves) / jobs + byThemselves))}, {jobs} at a time"
            + $"{(alone.Count > 0 ? $" ({Counted(alone.Count, "recipe")} alone, for their time)" : "")}, and evaluation some more.");
        if (estimates.Where(estimate => estimate.Seconds is null).Sum(estimate => estimate.Seeds) is > 0 and var unknown)
            output.WriteLine($"The time of {unknown} of them is not known, and not in it.");
        // One data set that is missing is missed by many recipes.
        foreach (var same in estimates.Where(estimate => estimate.Message is not null).GroupBy(estimate => estimate.Message))
        {
            var names = same.Select(NameOf).ToList();
            var others = names.Count > MostNamed ? $" and {names.Count - MostNamed} others" : "";
            output.WriteLine($"note: {string.Join("; ", names.Take(MostNamed))}{others}: {same.Key}");
        }
    }

    private static string Counted(int count, string noun) => $"{count} {noun}{(count == 1 ? "" : "s")}";

    private static string ReportOf(PlanRequest request) => Path.Combine(request.Folder, PlanRequest.ReportName);

    private static string NameOf(RunEstimate estimate) => $"{estimate.Recipe} {estimate.Edits}".TrimEnd();
}
