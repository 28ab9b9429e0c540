using System.CommandLine;
using Recollect.Cli.Plans;
using Recollect.Reproduction;

namespace Recollect.Cli.Commands;

/// <summary><c>recollect reproduce</c>: a table or figure of the paper, run anew.</summary>
internal static class ReproduceCommand
{
    private const int MostJobs = 4;

    public static Command Create(Terminal terminal, Engine engine)
    {
        var target = new Argument<string>("TARGET") { Description = $"{string.Join(", ", TargetBook.Names)}, {TargetBook.All}, or a file of one's own such as ./mine.json" };
        target.CompletionSources.Add([.. TargetBook.Names, TargetBook.All]);
        var scale = Inputs.Word<Scale>("--scale", "A few updates of every recipe, hours on two cores, or the paper's own budget (default: short)");
        var options = new PlanOptions("target", "recipe (default: the scale's)", "reproductions/<target>-<scale>", $"one a core, at most {MostJobs}; for full 1");
        var command = new Command("reproduce", "Runs a table or figure of the paper anew.") { target, scale };
        options.AddTo(command);
        command.SetAction(parsed =>
        {
            var size = parsed.GetValue(scale) ?? Scale.Short;
            var plan = TargetPlan.Of(parsed.GetValue(target)!, size, options.Seeds(parsed));
            var word = size.ToString().ToLowerInvariant();
            var request = options.Request(parsed, plan, Path.Combine("reproductions", $"{plan.Name}-{word}"), size == Scale.Full ? 1 : MostJobs);
            var json = options.IsJson(parsed);
            return options.IsList(parsed) ? PlanSession.List(request, json, terminal, engine) : PlanSession.Run(request, terminal, engine, (result, _) =>
            {
                if (json)
                    Json.Write(terminal.Out, new ReproduceResult(plan.Name, word, request.Folder, result.Done, result.Failed, result.Open, result.Runs));
                else
                    PlanSession.Show(request, result, terminal.Out);
            });
        });
        return command;
    }

    /// <summary>What <c>recollect reproduce --json</c> writes.</summary>
    /// <param name="Target">The target.</param>
    /// <param name="Scale">The scale.</param>
    /// <param name="Folder">Where everything is.</param>
    /// <param name="Done">Runs that are finished.</param>
    /// <param name="Failed">Runs that failed.</param>
    /// <param name="Open">Runs that are not finished.</param>
    /// <param name="Runs">Each run.</param>
    private sealed record ReproduceResult(string Target, string Scale, string Folder, int Done, int Failed, int Open, IReadOnlyList<RunResult> Runs);
}
