using System.CommandLine;
using Recollect.Experiments;

namespace Recollect.Cli.Commands;

/// <summary><c>recollect recipes show</c>: a recipe as it is written, or with every default filled in.</summary>
internal static class RecipesShowCommand
{
    public static Command Create(Terminal terminal)
    {
        var recipe = new Argument<string>("RECIPE") { HelpName = "RECIPE", Description = "A shipped recipe's name or a file" };
        recipe.CompletionSources.Add([.. RecipeBook.Names]);
        var json = new Option<bool>("--json") { Description = "Without comments, and with every key that is read set to what will be used" };
        var command = new Command("show", "Shows a recipe with its comments.") { recipe, json };
        command.SetAction(parsed =>
        {
            var name = parsed.GetValue(recipe)!;
            terminal.Out.Write(parsed.GetValue(json) ? RecipeJson.Write(RecipeBook.Open(name).Resolve()) : RecipeBook.TextOf(name));
            return ExitCode.Done;
        });
        return command;
    }
}
