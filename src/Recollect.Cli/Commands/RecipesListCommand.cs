using System.CommandLine;
using Recollect.Cli.Display;
using Recollect.Experiments;

namespace Recollect.Cli.Commands;

/// <summary><c>recollect recipes list</c>: the shipped recipes, one line each.</summary>
internal static class RecipesListCommand
{
    public static Command Create(Terminal terminal)
    {
        var json = Inputs.Json();
        var command = new Command("list", "Lists the recipes.") { json };
        command.SetAction(parsed =>
        {
            var recipes = RecipeBook.Names.Select(name => new { Name = name, RecipeBook.Open(name).Description }).ToList();
            if (parsed.GetValue(json))
                Json.Write(terminal.Out, recipes);
            else
                TextTable.Write(terminal.Out, ["recipe", ""], recipes.Select(recipe => new[] { recipe.Name, recipe.Description ?? "" }));
            return ExitCode.Done;
        });
        return command;
    }
}
