using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Recollect.Data;
using Recollect.Experiments;
using Recollect.Runs;

namespace Recollect.Cli;

/// <summary>Options that several commands share, and values with messages of their own.</summary>
internal static class Inputs
{
    /// <summary>How help names the values of options, by their kind.</summary>
    public const string FolderForm = "DIR", ColumnForm = "NAME", NumberForm = "N", TimeForm = "T";

    public static Option<bool> Json() => new("--json") { Description = "Write one JSON document to standard output, and nothing else" };

    public static Option<string?> Data() => new("--data")
    {
        Description = "Folder of the data sets (default: $RECOLLECT_DATA, else the user-data folder)",
        HelpName = FolderForm,
    };

    public static Option<DeviceChoice?> Device() => Word<DeviceChoice>("--device", "Where to compute (default: auto)");

    // Threads beyond the cores only wait for each other, and thousands of them stop a whole machine. Some are let through: a run resumed on a
    // smaller machine may be asked to compute as it did.
    private static readonly int MostThreads = Math.Max(16, 2 * Environment.ProcessorCount);

    public static Option<int?> Threads() => new("--threads")
    {
        Description = "Threads of the processor to compute with",
        HelpName = NumberForm,
        CustomParser = result => (int?)Whole(result, 1, MostThreads),
    };

    /// <summary>The place that <see cref="Data"/>, <see cref="Device"/> and <see cref="Threads"/> name.</summary>
    public static Workplace Workplace(ParseResult parsed, Option<string?>? data, Option<DeviceChoice?> device, Option<int?> threads) =>
        new(data is null ? null : parsed.GetValue(data), parsed.GetValue(device) ?? DeviceChoice.Auto, parsed.GetValue(threads));

    /// <summary>Refuses a file to write that is there already, unless it may be replaced, a folder, and what is no file at all.</summary>
    /// <exception cref="RecipeException">It cannot be meant.</exception>
    public static void RefuseTaken(string path, bool force)
    {
        if (Directory.Exists(path))
            throw new RecipeException($"'{path}' is a folder; expected the name of a file to write.");
        if (SpecialFile.IsAt(path))
            throw new RecipeException($"'{path}' is a device, a pipe or a socket; expected the name of a file to write.");
        if (!force && File.Exists(path))
            throw new RecipeException($"'{path}' is there already; choose another name, or give --force to replace it.");
    }

    public static Argument<string> Run() => new("RUN") { Description = "Folder of a run, as 'recollect train' makes it" };

    /// <summary>An option whose value is a whole number from <paramref name="least"/> to <paramref name="most"/>.</summary>
    public static Option<long?> Number(string name, string description, long least = long.MinValue, long most = long.MaxValue) => new(name)
    {
        Description = description,
        HelpName = NumberForm,
        CustomParser = result => Whole(result, least, most),
    };

    /// <summary>An option whose value is one of an enumeration's words, in lower case.</summary>
    public static Option<T?> Word<T>(string name, string description) where T : struct, Enum
    {
        var words = Enum.GetValues<T>().ToDictionary(value => value.ToString().ToLowerInvariant());
        var option = new Option<T?>(name)
        {
            Description = description,
            HelpName = string.Join('|', words.Keys),
            CustomParser = result => words.TryGetValue(result.Tokens[0].Value, out var value)
                ? value
                : Wrong<T?>(result, $"one of {string.Join(", ", words.Keys)}", Spelling.Hint(result.Tokens[0].Value, words.Keys)),
        };
        option.CompletionSources.Add([.. words.Keys]);
        return option;
    }

    /// <summary>An option whose value is a span of time.</summary>
    public static Option<TimeSpan?> Time(string name, string description) => new(name)
    {
        Description = description,
        HelpName = TimeForm,
        CustomParser = result => Duration.Parse(result.Tokens[0].Value) ?? Wrong<TimeSpan?>(result, "a time above 0 such as 90s, 10m, 2h or 01:30:00"),
    };

    private static long? Whole(ArgumentResult result, long least, long most) =>
        long.TryParse(result.Tokens[0].Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) && value >= least && value <= most
            ? value
            : Wrong<long?>(result, (least, most) switch
            {
                (long.MinValue, _) => "a whole number",
                (_, long.MaxValue) => $"a whole number, at least {least}",
                _ => $"a whole number from {least} to {most}",
            });

    private static T? Wrong<T>(ArgumentResult result, string allowed, string hint = "")
    {
        var option = (result.Parent as OptionResult)?.Option.Name;
        result.AddError($"{option} is '{result.Tokens[0].Value}'; it must be {allowed}.{hint}");
        return default;
    }
}
