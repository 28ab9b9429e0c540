using System.CommandLine;
using System.Text.Json;
using Recollect.Cli.Display;
using Recollect.Experiments;
using Recollect.Imports;

namespace Recollect.Cli.Commands;

/// <summary><c>recollect import</c>: a network that PyTorch trained, as a model file like any other.</summary>
internal static class ImportCommand
{
    private const string FileForm = "FILE", RenameOption = "--rename", ClassesOption = "--classes";
    private const int MostShown = 20; // classes

    public static Command Create(Terminal terminal)
    {
        var file = new Argument<string>("FILE") { Description = "The safetensors of the network's state_dict()" };
        var recipe = new Option<string>("--recipe") { Description = "A shipped recipe's name or a file: its model is the network's shape, its data say what steps and classes are", HelpName = "RECIPE", Required = true };
        recipe.CompletionSources.Add([.. RecipeBook.Names]);
        var output = new Option<string>("--out", "-o") { Description = "The model file to make", HelpName = FileForm, Required = true };
        var edits = new Option<string[]>("--set") { Description = "Change a key of the recipe; may be repeated", HelpName = "key.path=value", DefaultValueFactory = _ => [] };
        var renames = new Option<string[]>(RenameOption) { Description = "What a part of the tensors' names is called here, such as fc1=classifier.0; may be repeated", HelpName = "OLD=NEW", DefaultValueFactory = _ => [] };
        var classes = new Option<string?>(ClassesOption) { Description = "The classes in the order of the network's outputs, as a JSON list (default: in the data's order)", HelpName = "LIST" };
        var force = new Option<bool>("--force") { Description = "Replace a file that is there already" };
        var (data, device, threads) = (Inputs.Data(), Inputs.Device(), Inputs.Threads());
        var command = new Command("import", "Reads a network that PyTorch trained (LSTM, GRU), from safetensors.") { file, recipe, output, edits, renames, classes, force, data, device, threads };
        command.SetAction(parsed =>
        {
            var path = parsed.GetValue(output)!;
            Inputs.RefuseTaken(path, parsed.GetValue(force));
            using var import = PyTorchImport.Read(new ImportRequest
            {
                File = parsed.GetValue(file)!,
                Recipe = RecipeBook.Open(parsed.GetValue(recipe)!, parsed.GetValue(edits)!),
                Names = Names(parsed.GetValue(renames)!),
                Classes = Classes(parsed.GetValue(classes)),
                Workplace = Inputs.Workplace(parsed, data, device, threads),
            });
            foreach (var note in import.Notes)
                terminal.Error.WriteLine($"note: {note}");
            import.Save(path);
            Show(import.Model, path, terminal.Out);
            var test = import.Measure();
            terminal.Out.WriteLine($"test: {ProgressText.Percent(test.Accuracy)} of {test.Examples:N0}, loss {test.Loss:0.0000}");
            return ExitCode.Done;
        });
        return command;
    }

    private static void Show(TrainedModel model, string path, TextWriter output)
    {
        var shape = model.Network.Options;
        output.WriteLine($"{path}: {new FileInfo(path).Length:N0} bytes; {shape.Layers:N0} layer(s) of {shape.Hidden:N0} units over {model.Network.Format}");
        var more = model.Classes.Count > MostShown ? $" and {model.Classes.Count - MostShown:N0} more" : "";
        output.WriteLine($"classes: {string.Join(", ", model.Classes.Take(MostShown))}{more}");
    }

    private static Dictionary<string, string> Names(string[] renames)
    {
        var names = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var rename in renames)
        {
            if (rename.Split('=') is not [{ Length: > 0 } old, { Length: > 0 } name])
                throw new RecipeException($"{RenameOption} is '{rename}'; it must be OLD=NEW, such as fc1=classifier.0.");
            if (!names.TryAdd(old, name))
                throw new RecipeException($"{RenameOption} {rename}: '{old}' is renamed to '{names[old]}' already; expected each once.");
        }
        return names;
    }

    private static string[] Classes(string? list)
    {
        if (list is null)
            return [];
        try
        {
            if (JsonSerializer.Deserialize<string[]>(list) is { Length: > 0 } classes && !classes.Contains(null!))
                return classes;
        }
        catch (JsonException)
        {
            // Told as all that is no list of names.
        }
        throw new RecipeException($"""{ClassesOption} is '{list}'; it must be a JSON list of names, such as '["no","yes"]'.""");
    }
}
