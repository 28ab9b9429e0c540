using Recollect.Experiments;

namespace Recollect.Tests.Cli.Commands;

public class RecipesCommandTests
{
    [Fact]
    public void List_names_every_shipped_recipe()
    {
        var ran = Ran.Command("recipes", "list");
        Assert.All(RecipeBook.Names, name => Assert.Contains(name, ran.Out));
        Assert.Equal(RecipeBook.Names, Ran.Command("recipes", "list", "--json").Json.AsArray().Select(entry => entry!["name"]!.GetValue<string>()));
    }

    [Fact]
    public void Show_gives_the_file_with_its_comments_or_the_whole_recipe_as_json()
    {
        Assert.Equal(RecipeBook.TextOf("digits"), Ran.Command("recipes", "show", "digits").Out);
        Assert.Equal("teacher", Ran.Command("recipes", "show", "digits", "--json").Json["auxiliary"]![0]!["input"]!.GetValue<string>());
        Assert.Equal(2, Ran.Command("recipes", "show", "didgits").Code);
    }
}
