using System.CommandLine;
using Recollect.Experiments;
using Recollect.Exports;
using Recollect.Runs;

namespace Recollect.Cli.Commands;

/// <summary><c>recollect export</c>: a trained network in the formats of other programs.</summary>
internal static class ExportCommand
{
    private const string FileForm = "FILE";

    public static Command Create(Terminal terminal)
    {
        var run = new Argument<string>("RUN") { Description = "Folder of a run, as 'recollect train' makes it, or a model.safetensors alone" };
        var sequence = new Option<string?>("--onnx") { Description = "Write an ONNX model that labels whole sequences of unequal length", HelpName = FileForm };
        var step = new Option<string?>("--onnx-step") { Description = "Write an ONNX model that reads one step, with its state as input and output", HelpName = FileForm };
        var force = new Option<bool>("--force") { Description = "Replace files that are there already" };
        var command = new Command("export", "Writes a trained network for other programs (ONNX; LSTM and GRU).") { run, sequence, step, force };
        command.Validators.Add(result =>
        {
            if (result.GetResult(sequence) is null && result.GetResult(step) is null)
                result.AddError("name a file to write: --onnx FILE, --onnx-step FILE or both");
        });
        command.SetAction(parsed =>
        {
            string? whole = parsed.GetValue(sequence), single = parsed.GetValue(step);
            Refuse([whole, single], parsed.GetValue(force));
            var model = TrainedModel.Open(parsed.GetValue(run)!);
            using var network = model.Network;
            // Both are made before one is written: what cannot be exported leaves nothing behind.
            (string Path, byte[] Model)?[] files = [Made(whole, () => OnnxExport.Sequence(model)), Made(single, () => OnnxExport.Step(model))];
            foreach (var file in files)
            {
                if (file is not { } made)
                    continue;
                AtomicFile.Write(made.Path, made.Model, "name another file");
                terminal.Out.WriteLine($"{made.Path}: {made.Model.Length:N0} bytes");
            }
            return ExitCode.Done;
        });
        return command;
    }

    private static (string, byte[])? Made(string? path, Func<byte[]> make) => path is null ? null : (path, make());

    private static void Refuse(IReadOnlyList<string?> paths, bool force)
    {
        if (paths is [{ } first, { } second] && Path.GetFullPath(first) == Path.GetFullPath(second))
            throw new RecipeException($"--onnx and --onnx-step both name '{first}'; expected two files.");
        foreach (var path in paths.OfType<string>())
            Inputs.RefuseTaken(path, force);
    }
}
