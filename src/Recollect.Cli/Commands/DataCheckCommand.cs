using System.CommandLine;
using Recollect.Data;

namespace Recollect.Cli.Commands;

/// <summary><c>recollect data check</c>: whether the sets that are there are what was published.</summary>
internal static class DataCheckCommand
{
    public static Command Create(Terminal terminal)
    {
        var (data, json) = (Inputs.Data(), Inputs.Json());
        var command = new Command("check", "Hashes every file of the published sets that are in the data folder.") { data, json };
        command.SetAction(parsed =>
        {
            var folder = DataFolder.Resolve(parsed.GetValue(data));
            var states = DataCatalog.Entries.Select(entry => DataFetcher.Check(entry, folder)).ToList();
            if (parsed.GetValue(json))
                Json.Write(terminal.Out, states);
            else
                Show(states, terminal.Out);
            var broken = states.Where(state => state is { IsPresent: true, IsWhole: false }).Select(state => state.Name).ToList();
            return broken.Count == 0
                ? ExitCode.Done
                : throw new DataException($"{string.Join(" and ", broken)} in {folder}: not what was published. 'recollect data get {broken[0]}' mends it.");
        });
        return command;
    }

    private static void Show(IEnumerable<DataSetState> states, TextWriter output)
    {
        foreach (var state in states)
        {
            output.WriteLine($"{state.Name}: {(state.IsWhole ? "whole" : state.IsPresent ? "damaged" : "not here")} ({state.Folder})");
            foreach (var file in state.Files.Where(file => state.IsPresent && file.Fault is not null))
                output.WriteLine($"  {file.Name}: {file.Fault}");
        }
    }
}
