using System.Text;
using Recollect.Data;
using Recollect.Runs;

namespace Recollect.Experiments;

/// <summary>The recipes that come with the program, and the way from a name or a path to a recipe.</summary>
public static class RecipeBook
{
    /// <summary>The recipe that <c>recollect train</c> uses when none is named.</summary>
    public const string Default = "digits";

    /// <summary>The one key that may change when a run is resumed.</summary>
    public const string Extendable = "training.epochs";

    private const string Folder = "recipes/"; // the resources' logical names, set in Recollect.csproj
    private const string Ending = ".json";

    /// <summary>The shipped recipes' names, in alphabetical order.</summary>
    public static IReadOnlyList<string> Names { get; } =
        [.. typeof(RecipeBook).Assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith(Folder, StringComparison.Ordinal) && name.EndsWith(Ending, StringComparison.Ordinal))
            .Select(name => name[Folder.Length..^Ending.Length])
            .Order(StringComparer.Ordinal)];

    /// <summary>A recipe by its shipped name, or from a file, checked; <see cref="Recipe.Name"/> is set.</summary>
    /// <param name="nameOrPath">A shipped name; or a path, known by its ending <c>.json</c> or by a folder in it.</param>
    /// <param name="edits">Edits <c>key.path=value</c>, made before anything is checked.</param>
    /// <param name="placeOf">Where an edit was given, for messages; null: on the command line.</param>
    /// <exception cref="RecipeException">There is no such recipe, or it is not allowed.</exception>
    public static Recipe Open(string nameOrPath, IReadOnlyList<string>? edits = null, Func<string, string>? placeOf = null)
    {
        var (text, where) = Find(nameOrPath);
        var recipe = RecipeReader.Read(text, where, edits, placeOf);
        return recipe with { Name = recipe.Name ?? Path.GetFileNameWithoutExtension(where) };
    }

    /// <summary>The recipe of an earlier run, to go on with; of its keys only <see cref="Extendable"/> may change.</summary>
    /// <param name="run">The run directory.</param>
    /// <param name="edits">Edits <c>key.path=value</c>.</param>
    /// <exception cref="RecipeException">An edit changes another key, or is not allowed.</exception>
    /// <exception cref="DataException">There is no run.</exception>
    public static Recipe Resume(RunDirectory run, IReadOnlyList<string> edits)
    {
        if (edits.FirstOrDefault(edit => edit.Split('=')[0] != Extendable) is { } other)
        {
            throw new RecipeException($"--set {other}: a run that is resumed goes on with its own recipe; only '{Extendable}' may change. "
                + "Start a new run for anything else.");
        }
        OfRun(run);
        return Open(run.RecipeFile, edits);
    }

    /// <summary>The recipe that an earlier run was made by.</summary>
    /// <exception cref="DataException">It is missing or damaged.</exception>
    public static Recipe OfRun(RunDirectory run)
    {
        if (!File.Exists(run.RecipeFile))
            throw new DataException($"'{run.RecipeFile}' does not exist; a run cannot be resumed or evaluated without its recipe.");
        try
        {
            return Open(run.RecipeFile);
        }
        catch (RecipeException error)
        {
            throw new DataException($"{error.Message} The run's recipe was changed or is damaged; restore it.", error);
        }
    }

    /// <summary>The text of a recipe, its comments included.</summary>
    /// <exception cref="RecipeException">There is no such recipe.</exception>
    public static string TextOf(string nameOrPath) => Find(nameOrPath).Text;

    private static (string Text, string Where) Find(string nameOrPath)
    {
        if (Names.Contains(nameOrPath))
            return (Shipped(nameOrPath), nameOrPath + Ending);
        var isPath = nameOrPath.EndsWith(Ending, StringComparison.OrdinalIgnoreCase)
            || nameOrPath.Contains(Path.DirectorySeparatorChar) || nameOrPath.Contains('/') || Path.Exists(nameOrPath);
        return isPath
            ? (FromFile(nameOrPath), nameOrPath)
            : throw new RecipeException($"There is no recipe '{nameOrPath}'.{Spelling.Hint(nameOrPath, Names)} "
                + "'recollect recipes list' names them all; a recipe of your own is named by its path, such as ./mine.json.");
    }

    private static string Shipped(string name)
    {
        using var stream = typeof(RecipeBook).Assembly.GetManifestResourceStream(Folder + name + Ending)!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    private static string FromFile(string path)
    {
        if (Directory.Exists(path))
        {
            var recipe = Path.Combine(path, RunDirectory.RecipeName);
            throw new RecipeException($"'{path}' is a folder; expected a recipe file. " + (File.Exists(recipe)
                ? $"It holds a run: go on with it by --resume {path}, or name its recipe, {recipe}."
                : $"Name a file in it, such as {Path.Combine(path, "mine.json")}; 'recollect recipes list' names the recipes that come with the program."));
        }
        return TextOfFile(path, "recipe");
    }

    /// <summary>The text of a file that a person has written.</summary>
    /// <param name="path">The file.</param>
    /// <param name="kind">What messages call it: <c>recipe</c>.</param>
    /// <exception cref="RecipeException">It is missing, cannot be read, or is not UTF-8.</exception>
    internal static string TextOfFile(string path, string kind)
    {
        try
        {
            var bytes = File.ReadAllBytes(path);
            var start = bytes.AsSpan().StartsWith("\uFEFF"u8) ? 3 : 0;
            return new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true).GetString(bytes, start, bytes.Length - start);
        }
        catch (DecoderFallbackException error)
        {
            throw new RecipeException($"{path}: byte {error.Index} is not UTF-8; save the {kind} as UTF-8.", error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new RecipeException(error is FileNotFoundException or DirectoryNotFoundException
                ? $"There is no {kind} file '{path}'; it was looked for in '{Directory.GetCurrentDirectory()}'." : $"The {kind} file '{path}' cannot be read: {error.Message}", error);
        }
    }
}
