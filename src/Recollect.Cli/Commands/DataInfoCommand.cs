using System.CommandLine;
using Recollect.Cli.Display;
using Recollect.Data;

namespace Recollect.Cli.Commands;

/// <summary><c>recollect data info</c>: what a set or a file holds.</summary>
internal static class DataInfoCommand
{
    public static Command Create(Terminal terminal)
    {
        var path = new Argument<string>("PATH") { Description = "A file, a folder of class folders, or the name of a set" };
        var text = Column("--text", "CSV, JSON Lines, Parquet: the column of the text, as data.text in a recipe (default: \"text\", if it is there)");
        var values = new Option<string[]>("--values")
        {
            Description = "CSV, Parquet: a numeric column, as in data.values; may be repeated (default: all but the label). JSON Lines, Parquet: the property that lists the numbers (default: \"values\"; all but the label)",
            HelpName = Inputs.ColumnForm,
        };
        var label = Column("--label", "CSV, JSON Lines, Parquet: the column of the label, as data.label; every row must have one (default: \"label\", if it is there)");
        var (data, json) = (Inputs.Data(), Inputs.Json());
        var command = new Command("info", "Tells what a set, a file or a folder holds: rows, lengths, classes.") { path, text, values, label, data, json };
        command.SetAction(parsed =>
        {
            var named = new NamedColumns(parsed.GetValue(label), parsed.GetValue(text), parsed.GetValue(values) is { Length: > 0 } some ? some : null);
            var info = DataInfo.Of(parsed.GetValue(path)!, DataFolder.Resolve(parsed.GetValue(data)), named);
            if (parsed.GetValue(json))
                Json.Write(terminal.Out, info with { Notes = [.. info.Notes, .. info.Parts.SelectMany(part => NotesOf(info, part).Select(note => $"{part.Name}: {note}"))] });
            else
                Show(info, terminal.Out);
            return ExitCode.Done;
        });
        return command;
    }

    private static Option<string?> Column(string name, string description) => new(name) { Description = description, HelpName = Inputs.ColumnForm };

    private const int MostClasses = 20;

    private static void Show(DataInfo info, TextWriter output)
    {
        output.WriteLine($"{Printable.Of(info.Name)}: {Printable.Of(info.Format)}");
        if (info.Columns is { } columns)
            output.WriteLine(Printable.Of($"columns: {Sequence(columns)}, {(columns.Label is { } label ? $"label '{label}'" : "no label")}"));
        foreach (var note in info.Notes)
            output.WriteLine($"note: {Printable.Of(note)}");
        foreach (var part in info.Parts)
        {
            output.WriteLine($"{Printable.Of(part.Name)}: {part.Rows:N0} row{(part.Rows == 1 ? "" : "s")} of {part.MinLength:N0} to {part.MaxLength:N0} steps (mean {part.MeanLength:N1}){Numbers(part)}");
            var labelled = (double)part.Classes.Values.Sum();
            if (part.Classes.Count > 0)
                TextTable.Write(output, ["class", "rows", "share"],
                part.Classes.Take(MostClasses).Select(entry => new[] { entry.Key, $"{entry.Value:N0}", ProgressText.Percent(entry.Value / labelled) }));
            if (part.Classes.Count > MostClasses)
                output.WriteLine($"… and {part.Classes.Count - MostClasses:N0} more");
            if (part.Imbalance is { } ratio)
                output.WriteLine($"largest to smallest class: {ratio:0.##}");
            foreach (var note in NotesOf(info, part))
                output.WriteLine($"note: {Printable.Of(note)}");
        }
    }

    private static IEnumerable<string> NotesOf(DataInfo info, DataPart part) => info.Format == DataInfo.Matlab
        ? []
        : [.. Unequal(part), .. Refused(info, part).Select(refused => $"{refused}; 'recollect train' refuses such a row, and names it.")];

    private static IEnumerable<string> Unequal(DataPart part) => part.Name != DataPart.Test && part.Imbalance is >= DataPart.UnequalFrom and var ratio
        ? [$"the largest class has {ratio:0.##} times the rows of the smallest; 'training.classWeights = balanced' gives each class the same weight, and macro-F1 counts each alike."]
        : [];

    private static IEnumerable<string> Refused(DataInfo info, DataPart part)
    {
        if (part is { Rows: > 0, MinLength: 0 })
            yield return "at least one row has no step";
        if (info.Columns?.Label is { } label && part.Rows - part.Classes.Values.Sum() is > 0 and var without)
            yield return $"{without:N0} of {part.Rows:N0} rows have no label in '{label}'";
        if (part.Missing is > 0 and var missing)
            yield return $"{missing:N0} number{(missing == 1 ? " is" : "s are")} missing (data.missing may say what fills them)";
    }

    private static string Numbers(DataPart part) => part switch
    {
        { Components: { } components, Missing: > 0 and var missing } => $", {components} number(s) a step; {missing:N0} missing",
        { Components: { } components } => $", {components} number(s) a step",
        _ => "",
    };

    private static string Sequence(NamedColumns columns) => columns switch
    {
        { Text: { } text } => $"text '{text}'",
        { Values: [var only] } => $"values '{only}'",
        { Values: { Count: <= 6 } few } => $"values {string.Join(", ", few.Select(name => $"'{name}'"))}",
        { Values: { } many } => $"values '{many[0]}', '{many[1]}' … '{many[^1]}' ({many.Count} columns)",
        _ => "none",
    };
}
