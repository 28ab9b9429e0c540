using Recollect.Experiments;
using Recollect.Networks;
using Recollect.Runs;
using Recollect.Sequences;

namespace Recollect.Imports;

/// <summary>What to do about a file that does not fit, as far as its own tensors tell.</summary>
internal static class WeightAdvice
{
    private const string RecurrentWeight = "weight_hh_l";

    /// <summary>The edits of the recipe that the file's shapes ask for, and what its names ask for; sentences that begin with a space.</summary>
    /// <param name="own">The file's tensors by the names that they have here.</param>
    /// <param name="options">The shape that the recipe says.</param>
    /// <param name="format">What a step is.</param>
    /// <param name="renaming">Whether tensors are left over, which other names may be meant for.</param>
    public static string Of(Dictionary<string, SafetensorsHeader.Entry> own, NetworkOptions options, StepFormat format, bool renaming)
    {
        var advice = "";
        if (EditsOf(own, options, format) is { Count: > 0 } edits)
            advice += $" By its shapes the file asks for {string.Join(' ', edits.Select(edit => $"--set {edit}"))}.";
        if (own.Keys.Any(name => name.Contains("_reverse", StringComparison.Ordinal)))
            return $"{advice} It has a layer that reads backwards (bidirectional), which Recollect has not.";
        if (own.Keys.Any(name => name.Contains("weight_hr_l", StringComparison.Ordinal)))
            return $"{advice} It has a layer with a projection (proj_size), which Recollect has not.";
        if (renaming)
            advice += $" Other names are told by --rename OLD=NEW{(RecurrentName(own) is { } rename ? $", such as --rename {rename}" : "")}.";
        return advice;
    }

    private static List<string> EditsOf(Dictionary<string, SafetensorsHeader.Entry> own, NetworkOptions options, StepFormat format)
    {
        var edits = new List<string>();
        void Edit(string key, object? found, object wanted)
        {
            if (found is not null && !found.Equals(wanted))
                edits.Add($"model.{key}={found}");
        }
        if (BottomOf(own) is { } bottom)
        {
            Edit("cell", bottom.Cell, RecipeJson.Word(options.Cell));
            Edit("hidden", bottom.Hidden, (long)options.Hidden);
            Edit("layers", Enumerable.Range(0, own.Count).TakeWhile(layer => own.ContainsKey($"{bottom.Module}{RecurrentWeight}{layer}")).Count(), options.Layers);
            if (options.Input != InputKind.Raw && format.Kind == StepKind.Reals && own.Keys.All(name => name.StartsWith("classifier.", StringComparison.Ordinal) || name.StartsWith(bottom.Module, StringComparison.Ordinal)))
                edits.AddRange([$"model.input={RecipeJson.Word(InputKind.Raw)}", "model.embedding=null"]); // which nothing would read
            if (WeightFit.HeadLayersOf(own) == 1)
                Edit("headUnits", 2 * bottom.Hidden, (long)options.HeadUnits);
        }
        if (own.TryGetValue("embedding.weight", out var embedding) && embedding.Shape is [var rows, var columns])
            Edit("embedding", format.Kind == StepKind.Tokens ? columns : rows, (long)options.Embedding);
        if (own.TryGetValue("classifier.0.weight", out var first) && first.Shape is [var units, _])
            Edit("headUnits", units, (long)options.HeadUnits);
        return edits;
    }

    // 'rnn=lstm', where one module of layers can be meant.
    private static string? RecurrentName(Dictionary<string, SafetensorsHeader.Entry> own) =>
        BottomOf(own) is { Cell: { } cell } bottom && bottom.Module.TrimEnd('.').Split('.')[^1] is { Length: > 0 and < 64 } module && module != cell ? $"{module}={cell}" : null;

    /// <summary>What the recurrent layers are, by the weights of their bottom one.</summary>
    /// <param name="Module">What their names begin with, such as <c>rnn.</c>.</param>
    /// <param name="Cell">The cell; null where there is none with so many gates.</param>
    /// <param name="Hidden">Units.</param>
    private sealed record Bottom(string Module, string? Cell, long Hidden);

    private static Bottom? BottomOf(Dictionary<string, SafetensorsHeader.Entry> own)
    {
        if (own.Keys.Where(name => name.EndsWith($"{RecurrentWeight}0", StringComparison.Ordinal)).ToList() is not [var weight] || own[weight].Shape is not [var rows, > 0 and var hidden])
            return null;
        var cell = rows == 4 * hidden ? RecipeJson.Word(CellKind.Lstm) : rows == 3 * hidden ? RecipeJson.Word(CellKind.Gru) : null;
        return new Bottom(weight[..^(RecurrentWeight.Length + 1)], cell, hidden);
    }
}
