using System.CommandLine;
using Recollect.Cli.Display;
using Recollect.Data;

namespace Recollect.Cli.Commands;

/// <summary><c>recollect data list</c>: the sets that can be got, and which are there.</summary>
internal static class DataListCommand
{
    public static Command Create(Terminal terminal)
    {
        var (data, json) = (Inputs.Data(), Inputs.Json());
        var command = new Command("list", "Lists the published sets, and which are in the data folder.") { data, json };
        command.SetAction(parsed =>
        {
            var folder = DataFolder.Resolve(parsed.GetValue(data));
            var named = DataCatalog.Entries.Where(entry => DataFetcher.IsNamed(entry, folder)).Select(entry => entry.Name).ToHashSet();
            var sets = DataCatalog.Entries
                .Select(entry => new { entry.Name, entry.Title, entry.Terms, entry.Page, Present = DataFetcher.IsHere(entry, folder) })
                .Prepend(new
                {
                    Name = DataSources.Digits,
                    Title = "Handwritten digits, 8×8 grey",
                    Terms = "UCI Optical Recognition of Handwritten Digits; CC BY 4.0",
                    Page = new Uri("https://doi.org/10.24432/C50P49"),
                    Present = true,
                })
                .Append(new
                {
                    Name = DataSources.StanfordDogs,
                    Title = "Dogs of 120 breeds, colour, 12,000 + 8,580; got by hand, unchecked",
                    Terms = "Khosla et al. 2011, images of ImageNet; see the page",
                    Page = new Uri("http://vision.stanford.edu/aditya86/ImageNetDogs/"),
                    Present = StanfordDogs.IsIn(Path.Combine(folder, StanfordDogs.Folder)),
                })
                .ToList();
            if (parsed.GetValue(json))
                Json.Write(terminal.Out, sets);
            else
                TextTable.Write(terminal.Out, ["set", "here", "what", "terms"],
                    sets.Select(set => new[] { set.Name, set.Present ? "yes" : named.Contains(set.Name) ? "not as published" : "no", set.Title, set.Terms }));
            return ExitCode.Done;
        });
        return command;
    }
}
