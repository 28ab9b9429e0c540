using System.CommandLine;
using System.CommandLine.Parsing;
using Recollect.Data;

namespace Recollect.Cli;

/// <summary>Says in one message what is wrong with a command line, with the nearest name that exists.</summary>
internal static class UsageError
{
    /// <summary>The message, or null where the command line is right.</summary>
    public static string? Of(ParseResult parsed)
    {
        var command = parsed.CommandResult;
        if (Unfilled(command) is { } unfilled)
            return unfilled + Help(command);
        // Options that do not exist end up as the values of arguments and options that do.
        if (Tokens(command).FirstOrDefault(token => LooksLikeOption(token)) is { } swallowed)
            return Unknown(swallowed, command);
        if (parsed.UnmatchedTokens is [var unmatched, ..])
            return Unknown(unmatched, command);
        if (parsed.Errors is not [var error, ..] || parsed.Action is System.CommandLine.Help.HelpAction)
            return null;
        return command.Command.Subcommands.Count > 0
            ? $"name a command after '{Path(command)}': {string.Join(", ", Names(command))}.{Help(command)}"
            : $"{error.Message.TrimEnd('.')}.{Help(command)}";
    }

    /// <summary>What is wrong with the first option without a value, or with an empty one: of a shell's variable that is not set, mostly.</summary>
    private static string? Unfilled(CommandResult command)
    {
        foreach (var child in command.Children)
        {
            // A parser gives an option the word after it, be it the name of the next option.
            if (child is OptionResult { Implicit: false, Option.Arity.MinimumNumberOfValues: > 0 } result
                && (result.Tokens.Count == 0 || result.Tokens.Any(token => OptionNames(command).Contains(token.Value))))
                return $"{result.Option.Name} needs {Kind(result.Option)}.";
            if (child.Tokens.Any(token => token.Value.Length == 0) && Name(child) is { } name)
                return $"{name} is empty; give it a value, or leave it out.";
        }
        return null;
    }

    private static string Kind(Option option) => option.HelpName switch
    {
        Inputs.FolderForm => "a folder",
        Inputs.ColumnForm => "a column's name",
        Inputs.NumberForm => "a whole number",
        Inputs.TimeForm => "a time, such as 10m",
        var form => $"a value: {form}",
    };

    /// <summary>What a message calls it; null for what may be empty: a column may have no name.</summary>
    private static string? Name(SymbolResult child) => child switch
    {
        ArgumentResult argument => argument.Argument.Name,
        OptionResult { Implicit: false, Option: { HelpName: not Inputs.ColumnForm } option } => option.Name,
        _ => null,
    };

    private static string Unknown(string token, CommandResult command)
    {
        if (token.StartsWith('-'))
            return $"unknown option '{token}' of '{Path(command)}'.{Spelling.Hint(token, OptionNames(command))}{Help(command)}";
        var names = Names(command).ToList();
        return names.Count > 0
            ? $"unknown command '{token}' of '{Path(command)}'.{Spelling.Hint(token, names)}{Help(command)}"
            : $"'{Path(command)}' has no use for '{token}'.{Help(command)}";
    }

    private static IEnumerable<string> Names(CommandResult command) => command.Command.Subcommands.Where(sub => !sub.Hidden).Select(sub => sub.Name);

    private static IEnumerable<string> Tokens(CommandResult command) =>
        command.Children.SelectMany(child => child is ArgumentResult or OptionResult { Implicit: false } ? child.Tokens : []).Select(token => token.Value);

    /// <summary>"-" is standard input, "-5" a number.</summary>
    private static bool LooksLikeOption(string token) => token.Length > 1 && token[0] == '-' && !char.IsAsciiDigit(token[1]);

    private static IEnumerable<string> OptionNames(CommandResult command)
    {
        for (SymbolResult? at = command; at is CommandResult here; at = at.Parent)
        {
            foreach (var option in here.Command.Options.Where(option => here == command || option.Recursive))
                yield return option.Name;
        }
    }

    private static string Path(CommandResult command)
    {
        var names = new List<string>();
        for (SymbolResult? at = command; at is CommandResult { Parent: not null } here; at = at.Parent)
            names.Insert(0, here.Command.Name);
        return string.Join(' ', names.Prepend("recollect"));
    }

    private static string Help(CommandResult command) => $" '{Path(command)} --help' tells more.";
}
