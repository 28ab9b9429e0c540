using System.Text.Json;

namespace Recollect.Experiments;

/// <summary>Turns a recipe's text into a checked recipe.</summary>
public static class RecipeReader
{
    /// <summary>Reads, edits and checks a recipe; unset keys stay unset until <see cref="Recipe.Resolve"/>.</summary>
    /// <param name="text">JSON; comments and trailing commas are allowed.</param>
    /// <param name="name">What messages call it, such as the file's path.</param>
    /// <param name="edits">Edits <c>key.path=value</c>, made in order before anything is checked.</param>
    /// <param name="placeOf">Where an edit was given, for messages; null: on the command line.</param>
    /// <exception cref="RecipeException">A key is unknown, unread, repeated or missing, or a value is not allowed; the message names the line.</exception>
    public static Recipe Read(string text, string name, IReadOnlyList<string>? edits = null, Func<string, string>? placeOf = null)
    {
        var tree = RecipeTree.Parse(text, name);
        foreach (var edit in edits ?? [])
            tree.Set(edit, placeOf?.Invoke(edit));
        new RecipeShape(tree).Check();
        Recipe recipe;
        try
        {
            recipe = tree.Root.Deserialize<Recipe>(RecipeJson.Options)!;
        }
        catch (JsonException error)
        {
            throw new RecipeException($"{name}: {error.Path}: {error.Message}", error);
        }
        UnreadKeys.Refuse(recipe, tree);
        new RecipeChecks(recipe, tree.PlaceOf).Check();
        return recipe;
    }
}
