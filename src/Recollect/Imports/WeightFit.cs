using Recollect.Networks;
using Recollect.Runs;
using Recollect.Sequences;

namespace Recollect.Imports;

/// <summary>Which tensor of a file is which weight of a network.</summary>
/// <param name="Tensors">The names of the file's tensors by the names of the weights.</param>
/// <param name="HeadLayers">Linear layers of the classifier that the file holds: 3, or fewer, which <see cref="ShorterHead"/> completes.</param>
internal sealed record WeightFit(IReadOnlyDictionary<string, string> Tensors, int HeadLayers)
{
    /// <summary>Linear layers of the classifier.</summary>
    public const int FullHead = 3;

    private const string First = "classifier.0", Second = "classifier.2", Last = "classifier.5";

    /// <summary>The tensors that a network takes.</summary>
    /// <param name="own">The file's tensors by the names that they have here.</param>
    /// <param name="options">The network's shape.</param>
    /// <param name="format">What a step is.</param>
    /// <param name="classes">The number of classes.</param>
    /// <param name="what">The file and the recipe, for the message.</param>
    /// <exception cref="DataException">They are not those of the network; one message names all that are missing, left over, or of another shape or type.</exception>
    public static WeightFit Of(Dictionary<string, SafetensorsHeader.Entry> own, NetworkOptions options, StepFormat format, int classes, string what)
    {
        var shapes = RecurrentClassifier.Shapes(format, classes, options).ToList();
        var known = shapes.Select(weight => weight.Name).ToHashSet(StringComparer.Ordinal);
        string[] left = [.. own.Where(weight => !known.Contains(weight.Key)).Select(weight => Describe(weight.Value))];
        var head = left.Length > 0 ? FullHead : HeadLayersOf(own); // a layer whose name is not known yet is not taken for missing
        long[] ShapeOf(string name, long[] shape) => head == 1 && name == $"{Last}.weight" ? [classes, options.Hidden] : shape;
        List<(string Name, long[] Shape)> expected = [.. shapes.Where(weight => !IsCompleted(weight.Name, head)).Select(weight => (weight.Name, ShapeOf(weight.Name, weight.Shape)))];
        List<(long[] Shape, SafetensorsHeader.Entry Found)> there = [.. expected.Where(weight => own.ContainsKey(weight.Name)).Select(weight => (weight.Shape, own[weight.Name]))];
        (string Fault, string[] Tensors)[] faults =
        [
            ("missing", [.. expected.Where(weight => !own.ContainsKey(weight.Name)).Select(weight => $"{weight.Name} {StoredTensor.Describe(StoredType.F32, weight.Shape)}")]),
            ("left over", left),
            ("of another shape", [.. there.Where(weight => !weight.Shape.AsSpan().SequenceEqual(weight.Found.Shape)).Select(weight => $"{Describe(weight.Found)}, expected [{string.Join(", ", weight.Shape)}]")]),
            ("of another type", [.. there.Where(weight => !StoredTensor.IsFloating(weight.Found.Type)).Select(weight => $"{Describe(weight.Found)}, expected F32, or F16, BF16 or F64, which are converted")]),
            ("of another width", head == 1 && options.HeadUnits != 2 * options.Hidden ? [$"a classifier of one linear layer takes model.headUnits of twice model.hidden, {2 * options.Hidden}; found {options.HeadUnits}"] : []),
        ];
        if (faults.Any(fault => fault.Tensors.Length > 0))
        {
            throw new DataException($"{what}: {string.Join("; ", faults.Where(fault => fault.Tensors.Length > 0).Select(fault => $"{fault.Fault}: {WeightList.Of(fault.Tensors)}"))}."
                + WeightAdvice.Of(own, options, format, renaming: left.Length > 0));
        }
        return new WeightFit(expected.ToDictionary(weight => weight.Name, weight => own[weight.Name].Name), head);
    }

    /// <summary>Linear layers of the classifier by the names that are there; 3 where its last one is not.</summary>
    public static int HeadLayersOf(Dictionary<string, SafetensorsHeader.Entry> own)
    {
        bool Has(string layer) => own.ContainsKey($"{layer}.weight") || own.ContainsKey($"{layer}.bias");
        return Has(Second) || !Has(Last) ? FullHead : Has(First) ? 2 : 1;
    }

    private static bool IsCompleted(string weight, int head) =>
        (head < FullHead && weight.StartsWith(Second, StringComparison.Ordinal)) || (head == 1 && weight.StartsWith(First, StringComparison.Ordinal));

    private static string Describe(SafetensorsHeader.Entry entry) => $"{entry.Name} {StoredTensor.Describe(entry.Type, entry.Shape)}";
}
