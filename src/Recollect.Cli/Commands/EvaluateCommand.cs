using System.CommandLine;
using Recollect.Cli.Display;
using Recollect.Experiments;
using Recollect.Runs;

namespace Recollect.Cli.Commands;

/// <summary><c>recollect evaluate</c>: how well a run's network does on a split.</summary>
internal static class EvaluateCommand
{
    private const int MostShown = 20; // classes whose matrix a screen still holds

    public static Command Create(Terminal terminal, Engine engine)
    {
        var run = Inputs.Run();
        var split = Inputs.Word<DataSplit>("--split", "Which rows (default: test)");
        var (data, device, threads, json) = (Inputs.Data(), Inputs.Device(), Inputs.Threads(), Inputs.Json());
        var command = new Command("evaluate", "Measures a trained network on a split of its data.") { run, split, data, device, threads, json };
        command.SetAction(parsed =>
        {
            var workplace = Inputs.Workplace(parsed, data, device, threads);
            var evaluation = engine.Evaluate(new EvaluateRequest(
                parsed.GetValue(run)!, parsed.GetValue(split) ?? DataSplit.Test, workplace, note => terminal.Error.WriteLine($"note: {note}")));
            if (parsed.GetValue(json))
                Json.Write(terminal.Out, evaluation);
            else
                Show(evaluation, terminal.Out);
            return ExitCode.Done;
        });
        return command;
    }

    private static void Show(Evaluation evaluation, TextWriter output)
    {
        output.WriteLine($"{evaluation.Split.ToString().ToLowerInvariant()}: {ProgressText.Percent(evaluation.Accuracy)} of {evaluation.Examples:N0}, "
            + $"loss {evaluation.Loss:0.0000}, macro-F1 {evaluation.MacroF1:0.0000}");
        TextTable.Write(output, ["class", "rows", "precision", "recall", "F1"],
            evaluation.PerClass.Select(row => new[]
            {
                row.Class, $"{row.Examples:N0}", $"{row.Precision:0.000}", $"{row.Recall:0.000}", $"{row.F1:0.000}",
            }));
        output.WriteLine();
        if (evaluation.Classes.Count > MostShown)
            output.WriteLine(evaluation.Confusion.Count > 0
                ? $"The confusion matrix of {evaluation.Classes.Count:N0} classes is too large for a screen; --json has it."
                : $"Of {evaluation.Classes.Count:N0} classes no confusion matrix is kept: {ConfusionMatrix.MostPaired:N0} have one at most.");
        else
            TextTable.Write(output, ["true \\ predicted", .. evaluation.Classes],
                evaluation.Classes.Zip(evaluation.Confusion, (name, counts) => (string[])[name, .. counts.Select(count => $"{count:N0}")]));
    }
}
