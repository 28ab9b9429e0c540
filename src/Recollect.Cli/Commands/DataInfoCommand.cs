using System.CommandLine;
using Recollect.Cli.Display;
using Recollect.Data;

namespace Recollect.Cli.Commands;

/// <summary><c>recollect data info</c>: what a set or a file holds.</summary>
internal static class DataInfoCommand
{
    public static Command Create(Terminal terminal)
    {
        var path = new Argument<string>("PATH") { Description = "A file, or the name of a set" };
        var (data, json) = (Inputs.Data(), Inputs.Json());
        var command = new Command("info", "Tells what a set or a file holds: rows, lengths, classes.") { path, data, json };
        command.SetAction(parsed =>
        {
            var info = DataInfo.Of(parsed.GetValue(path)!, DataFolder.Resolve(parsed.GetValue(data)));
            if (parsed.GetValue(json))
                Json.Write(terminal.Out, info);
            else
                Show(info, terminal.Out);
            return ExitCode.Done;
        });
        return command;
    }

    private static void Show(DataInfo info, TextWriter output)
    {
        output.WriteLine($"{info.Name}: {info.Format}");
        foreach (var part in info.Parts)
        {
            output.WriteLine($"{part.Name}: {part.Rows:N0} rows of {part.MinLength:N0} to {part.MaxLength:N0} steps (mean {part.MeanLength:N1})");
            TextTable.Write(output, ["class", "rows"], part.Classes.Select(entry => new[] { entry.Key, $"{entry.Value:N0}" }));
        }
    }
}
