using System.CommandLine;
using Recollect.Cli.Display;
using Recollect.Data;
using Recollect.Experiments;

namespace Recollect.Cli.Commands;

/// <summary><c>recollect predict</c>: labels and probabilities for rows of any readable file.</summary>
internal static class PredictCommand
{
    public static Command Create(Terminal terminal, Engine engine)
    {
        var run = new Argument<string>("RUN") { Description = "Folder of a run, as 'recollect train' makes it, or a model.safetensors alone" };
        var input = new Argument<string?>("FILE")
        {
            Description = "Rows to label: IDX, CIFAR, CSV, JSON Lines, Parquet, .ts or text, an image, a folder of images or of files; - or none for standard input",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var (device, threads, json) = (Inputs.Device(), Inputs.Threads(), Inputs.Json());
        var command = new Command("predict", "Labels rows with a trained network.") { run, input, device, threads, json };
        command.SetAction(parsed =>
        {
            if (parsed.GetValue(input) is null && terminal.InIsTerminal)
                throw new RecipeException("predict: name a file to read, or send rows to standard input ('-').");
            var workplace = Inputs.Workplace(parsed, null, device, threads);
            var rows = engine.Predict(new PredictRequest(
                parsed.GetValue(run)!, parsed.GetValue(input) ?? PredictionInput.StandardInput, terminal.In, workplace, note => terminal.Error.WriteLine($"note: {Printable.Of(note)}")));
            if (parsed.GetValue(json))
                Json.Write(terminal.Out, rows);
            else
                Show(rows, terminal.Out);
            return ExitCode.Done;
        });
        return command;
    }

    private static void Show(IEnumerable<PredictedRow> rows, TextWriter output)
    {
        foreach (var row in rows)
            output.WriteLine($"{row.Index}\t{Printable.Of(row.Label)}\t{ProgressText.Percent(row.Probabilities[row.Label])}{(row.File is null ? "" : $"\t{Printable.Of(row.File)}")}");
    }
}
