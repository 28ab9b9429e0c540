using System.CommandLine;
using Recollect.Cli.Display;
using Recollect.Data;
using Recollect.Experiments;

namespace Recollect.Cli.Commands;

/// <summary><c>recollect data get</c>: a published set, from its publisher or from files already here.</summary>
internal static class DataGetCommand
{
    public static Command Create(Terminal terminal, Engine engine)
    {
        var set = new Argument<string>("SET") { HelpName = "SET", Description = $"One of {string.Join(", ", DataCatalog.Entries.Select(entry => entry.Name))}" };
        set.CompletionSources.Add([.. DataCatalog.Entries.Select(entry => entry.Name)]);
        var from = new Option<string?>("--from") { Description = "Take the files from this archive or folder, and download nothing", HelpName = "PATH" };
        var (data, json) = (Inputs.Data(), Inputs.Json());
        var command = new Command("get", "Brings a published set into the data folder, and checks it.") { set, from, data, json };
        command.SetAction(parsed =>
        {
            var (entry, folder) = (DataCatalog.Find(parsed.GetValue(set)!), DataFolder.Resolve(parsed.GetValue(data)));
            Get(entry, folder, parsed.GetValue(from), terminal, engine);
            var state = DataFetcher.Check(entry, folder);
            if (parsed.GetValue(json))
                Json.Write(terminal.Out, state);
            else
                terminal.Out.WriteLine($"{state.Name}: {state.Files.Count} files in {state.Folder}");
            return ExitCode.Done;
        });
        return command;
    }

    private static void Get(CatalogEntry entry, string folder, string? from, Terminal terminal, Engine engine)
    {
        var stop = new StopSignal();
        using var cancel = new CancellationTokenSource();
        using var listener = new SignalListener(stop, text =>
        {
            terminal.Error.WriteLine("Stopping; what is downloaded stays for the next time.");
            cancel.Cancel();
        });
        StoppedException.Unless(stop, () =>
        {
            if (from is not null)
            {
                DataFetcher.Take(entry, folder, from, cancel.Token);
                return;
            }
            using var downloader = engine.Downloader();
            DataFetcher.Get(entry, folder, downloader, new DownloadDisplay(terminal), cancel.Token).GetAwaiter().GetResult();
        });
    }
}
