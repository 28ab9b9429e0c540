using System.CommandLine;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Recollect.Cli.Display;
using Recollect.Data;
using Recollect.Experiments;

namespace Recollect.Cli.Commands;

/// <summary><c>recollect data pack</c>: a recipe's data in one file that is trained on without being held in memory.</summary>
internal static class DataPackCommand
{
    private static readonly JsonSerializerOptions AsTyped = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static Command Create(Terminal terminal)
    {
        var recipe = new Argument<string>("RECIPE") { HelpName = "RECIPE", Description = "A shipped recipe's name or a file, whose section data is packed" };
        recipe.CompletionSources.Add([.. RecipeBook.Names]);
        var output = new Option<string>("--out", "-o") { Description = "The file to make; an earlier one is replaced", HelpName = "FILE", Required = true };
        var edits = new Option<string[]>("--set")
        {
            Description = "Change a key of the recipe; may be repeated",
            HelpName = "key.path=value",
            DefaultValueFactory = _ => [],
        };
        var (data, json) = (Inputs.Data(), Inputs.Json());
        var command = new Command("pack", "Packs a recipe's data into one file that need not fit into memory.") { recipe, output, edits, data, json };
        command.SetAction(parsed =>
        {
            var path = parsed.GetValue(output)!;
            Inputs.RefuseTaken(path, force: true);
            var options = RecipeBook.Open(parsed.GetValue(recipe)!, parsed.GetValue(edits)!).Data;
            var summary = Pack(options, DataFolder.Resolve(parsed.GetValue(data)), path, terminal);
            if (parsed.GetValue(json))
                Json.Write(terminal.Out, summary);
            else
                Show(summary, terminal.Out);
            return ExitCode.Done;
        });
        return command;
    }

    private static PackedSummary Pack(DataOptions options, string folder, string path, Terminal terminal)
    {
        var stop = new StopSignal();
        using var cancel = new CancellationTokenSource();
        using var listener = new SignalListener(stop, text =>
        {
            terminal.Error.WriteLine("Stopping; nothing is left behind.");
            cancel.Cancel();
        });
        return StoppedException.Unless(stop, () => DataPacker.Pack(options, folder, path, cancel.Token));
    }

    private static void Show(PackedSummary summary, TextWriter output)
    {
        output.WriteLine($"{summary.File}: {summary.Bytes:N0} bytes, {summary.Format}, {summary.Classes:N0} classes");
        TextTable.Write(output, ["part", "rows", "steps"], summary.Parts.Select(part => new[] { part.Name, $"{part.Rows:N0}", $"{part.Steps:N0}" }));
        foreach (var note in summary.Notes)
            output.WriteLine($"note: {note}");
        var section = new JsonObject { ["source"] = DataSources.Packed, ["train"] = summary.File };
        output.WriteLine($"Train on it with: --set {ShellWord.Quoted($"data={section.ToJsonString(AsTyped)}")}");
    }
}
