using System.CommandLine;
using Recollect.Cli.Display;
using Recollect.Cli.Plans;
using Recollect.Reports;
using Recollect.Reports.Reading;
using Recollect.Sweeps;

namespace Recollect.Cli.Commands;

/// <summary><c>recollect sweep</c>: a recipe with every combination of values that a file asks for.</summary>
internal static class SweepCommand
{
    private const int MostJobs = 4, MostShown = 10;

    public static Command Create(Terminal terminal, Engine engine)
    {
        var file = new Argument<string>("FILE") { Description = "A sweep: a recipe, the keys that are varied, and their values (docs/sweeps.md)" };
        var options = new PlanOptions("sweep", "setting (default: the file's)", "sweeps/<name>", $"one a core, at most {MostJobs}");
        var command = new Command("sweep", "Trains a recipe with many settings, and ranks them by validation rows.") { file };
        options.AddTo(command);
        command.SetAction(parsed =>
        {
            var plan = SweepPlan.Of(parsed.GetValue(file)!, options.Seeds(parsed));
            var request = options.Request(parsed, plan, Path.Combine("sweeps", plan.Name), MostJobs);
            var json = options.IsJson(parsed);
            return options.IsList(parsed) ? PlanSession.List(request, json, terminal, engine) : PlanSession.Run(request, terminal, engine, (result, input) =>
            {
                var ranked = RankedIn(input);
                if (json)
                    Json.Write(terminal.Out, Result(plan, request, result, ranked));
                else
                    Show(plan, request, result, ranked, terminal.Out);
            });
        });
        return command;
    }

    private static IReadOnlyList<RankedSetting> RankedIn(ReportInput input) =>
        Ranking.Of(input.Exhibits[0].File.Exhibits.OfType<RankingExhibit>().Single(), input.Exhibits[0]);

    private static void Show(SweepPlan plan, PlanRequest request, PlanResult result, IReadOnlyList<RankedSetting> ranked, TextWriter output)
    {
        PlanSession.Show(request, result, output);
        if (ranked[0].Rank is null)
            return;
        var (best, edits) = (ranked[0], plan.EditsOf(plan.Settings.Single(setting => setting.Name == ranked[0].Name)));
        output.WriteLine($"best    {best.Name}, of {ranked.Count(setting => setting.Rank is not null)} settings by {plan.Choose}; {(best.TestAccuracy is { } test ? $"its test accuracy is {ProgressText.Percent(test.Mean)}" : "its test accuracy is told once every run is finished or noted as failed")}");
        output.WriteLine($"edits   {string.Join(' ', edits.Select(edit => $"--set {ShellWord.Quoted(edit)}"))}");
        output.WriteLine();
        TextTable.Write(output, ["rank", "accuracy", "loss", "seeds", "setting"], ranked.Where(setting => setting.Rank is not null).Take(MostShown).Select(setting => new[]
        {
            $"{setting.Rank}", ProgressText.Percent(setting.Accuracy!.Mean), $"{setting.Loss!.Mean:0.0000}", $"{setting.Runs.Count}", setting.Name,
        }));
    }

    private static SweepResult Result(SweepPlan plan, PlanRequest request, PlanResult result, IReadOnlyList<RankedSetting> ranked) =>
        new(plan.Name, plan.Recipe, request.Folder, plan.Choose, result.Done, result.Failed, result.Open,
            [.. ranked.Select(setting => new SettingResult(
                setting.Rank, setting.Name, plan.EditsOf(plan.Settings.Single(other => other.Name == setting.Name)), setting.Accuracy?.Mean, setting.Loss?.Mean,
                setting.TestAccuracy?.Mean))],
            result.Runs);

    /// <summary>What <c>recollect sweep --json</c> writes.</summary>
    /// <param name="Sweep">The sweep.</param>
    /// <param name="Recipe">The base recipe.</param>
    /// <param name="Folder">Where everything is.</param>
    /// <param name="Choose">The measure that ranks.</param>
    /// <param name="Done">Runs that are finished.</param>
    /// <param name="Failed">Runs that failed.</param>
    /// <param name="Open">Runs that are not finished.</param>
    /// <param name="Settings">Each setting, the best first.</param>
    /// <param name="Runs">Each run.</param>
    private sealed record SweepResult(
        string Sweep, string Recipe, string Folder, string Choose, int Done, int Failed, int Open, IReadOnlyList<SettingResult> Settings, IReadOnlyList<RunResult> Runs);

    /// <summary>A setting.</summary>
    /// <param name="Rank">From 1; null where a run of it is not finished.</param>
    /// <param name="Name">Its name.</param>
    /// <param name="Edits">All edits that make it of the recipe.</param>
    /// <param name="Accuracy">Mean accuracy on the validation rows, of the runs that have one.</param>
    /// <param name="Loss">Mean loss there.</param>
    /// <param name="TestAccuracy">Of the best alone, once no run is open: mean accuracy on the test rows.</param>
    private sealed record SettingResult(int? Rank, string Name, IReadOnlyList<string> Edits, double? Accuracy, double? Loss, double? TestAccuracy);
}
