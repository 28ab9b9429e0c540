using Recollect.Data;
using Recollect.Experiments;
using Recollect.Inference;
using Recollect.Networks;
using Recollect.Randomness;
using Recollect.Runs;
using Recollect.Sequences;
using Recollect.Training;
using TorchSharp;

namespace Recollect.Imports;

/// <summary>A network that PyTorch trained, from the safetensors of its <c>state_dict()</c>: an embedding or a linear layer, LSTM or GRU, and linear layers with ReLU between them.</summary>
/// <remarks>What is no weight, the steps and the classes, is the recipe's. Nothing that stands in a file is ever run.</remarks>
public sealed class PyTorchImport : IDisposable
{
    private readonly Recipe _recipe;
    private readonly DataSets _data;

    private PyTorchImport(Recipe recipe, DataSets data, TrainedModel model, IReadOnlyList<string> notes) => (_recipe, _data, Model, Notes) = (recipe, data, model, notes);

    /// <summary>The network, with the preprocessing and the classes of the recipe's data.</summary>
    public TrainedModel Model { get; }

    /// <summary>Sentences that whoever imports it should know: what was converted or completed.</summary>
    public IReadOnlyList<string> Notes { get; }

    /// <summary>Reads a network.</summary>
    /// <exception cref="RecipeException">The recipe's network cannot be imported, or it does not fit the data or the memory; or names or classes that are given are not there.</exception>
    /// <exception cref="DataException">The file is missing, damaged or a pickle, or its tensors are not those of the network; or data are missing or damaged.</exception>
    public static PyTorchImport Read(ImportRequest request) => ComputingThread.Lent(() => ReadHere(request));

    private static PyTorchImport ReadHere(ImportRequest request)
    {
        var recipe = request.Recipe.Resolve() with { Auxiliary = [] };
        Refuse(recipe.Model);
        PickledFile.Refuse(request.File);
        var device = Compute.Use(request.Workplace);
        var data = DataSetLoader.Load(recipe.Data, DataFolder.Resolve(request.Workplace.DataFolder));
        try
        {
            InputCheck.Refuse(recipe.Model, data.Train.Format);
            MemoryPlan.RefuseImported(request.File, data.Train.Format, data.Classes.Count, recipe, MachineInfo.Read());
            var outputs = OutputsOf(request.Classes, data.Classes);
            var (network, notes) = Network(request, recipe, data, outputs);
            network.to(device);
            return new PyTorchImport(recipe, data, new TrainedModel(network, data.Preprocessing, data.Columns, data.Classes), [.. data.Notes, .. notes]);
        }
        catch
        {
            data.Dispose();
            throw;
        }
    }

    /// <summary>Writes it as a model file like any other.</summary>
    /// <exception cref="RunException">It cannot be written.</exception>
    public void Save(string path) => Model.Save(path, new TrainingTask(Model.Network, [], Truncation.Full, _data.Train, null, []), _recipe);

    /// <summary>How well it labels the recipe's test rows: whether preprocessing and classes are those of its training.</summary>
    public SplitResult Measure() => ComputingThread.Lent(() =>
        Score.Of(Model.Network, _data.Test, DataSplit.Test, MemoryPlan.RowsLabelled(Model.Network, _data.Test, _recipe.Training.Batch, MachineInfo.Read()), () => false)!.Result);

    /// <inheritdoc/>
    public void Dispose()
    {
        Model.Network.Dispose();
        _data.Dispose();
    }

    private static void Refuse(NetworkOptions model)
    {
        if (CommonCells.OtherOf(model) is { } found)
            throw new RecipeException($"import: model.cell is {found}; networks with lstm or gru are read. Set {(model.Cell == CellKind.Lstm ? "the gates: --set model.gates=standard" : "it: --set model.cell=lstm or gru")}.");
        if (model.Layers > ModelArchitecture.MostLayers)
            throw new RecipeException($"import: model.layers is {model.Layers:N0}; at most {ModelArchitecture.MostLayers:N0} are read.");
    }

    // For each of the data's classes, which of the network's outputs it is.
    private static int[] OutputsOf(IReadOnlyList<string> given, IReadOnlyList<string> classes)
    {
        if (given.Count == 0)
            return [.. Enumerable.Range(0, classes.Count)];
        if (given.Count != classes.Count || given.Distinct().Count() != given.Count || given.Except(classes).Any())
            throw new RecipeException($"--classes: found {WeightList.Of(given)}; expected each of the data's classes once, in the order of the network's outputs: {WeightList.Of(classes)}.");
        var outputs = given.Index().ToDictionary(output => output.Item, output => output.Index);
        return [.. classes.Select(name => outputs[name])];
    }

    private static (RecurrentClassifier Network, List<string> Notes) Network(ImportRequest request, Recipe recipe, DataSets data, int[] outputs)
    {
        var (format, options) = (data.Train.Format, recipe.Model);
        WeightFit? fit = null;
        var file = Safetensors.Read(request.File, requireChecksum: false, header =>
        {
            if (header.Metadata.GetValueOrDefault("kind") == ModelMetadata.Kind)
                throw new DataException($"'{request.File}' is a model of Recollect's already; use it as it is.");
            var own = WeightNames.Of(header.Entries, request.Names, $"{RecipeJson.Word(options.Cell)}.weight_ih_l0", request.File);
            fit = WeightFit.Of(own, options, format, data.Classes.Count, $"'{request.File}' does not hold the network of the recipe '{recipe.Name}'");
        });
        var weights = fit!.Tensors.Select(weight => Converted(file.Find(weight.Value)!, weight.Key, request.File, outputs)).ToDictionary(weight => weight.Name);
        var network = new RecurrentClassifier(format, data.Classes.Count, options, new Seed(0));
        try
        {
            var all = new SafetensorsFile(request.File, file.Metadata, [.. weights.Values]);
            foreach (var (name, parameter) in network.named_parameters())
            {
                if (weights.TryGetValue(name, out var weight) && weight.Shape.AsSpan().SequenceEqual(parameter.shape)) // else the head completes it
                    TensorStorage.Load(all, name, parameter);
            }
            ShorterHead.Complete(network, fit.HeadLayers, weights["classifier.5.weight"].ToFloats());
            return (network, NotesOf(file, fit));
        }
        catch
        {
            network.Dispose();
            throw;
        }
    }

    private static StoredTensor Converted(StoredTensor given, string name, string file, int[] outputs)
    {
        var numbers = given.ToFloats();
        if (Array.Exists(numbers, number => !float.IsFinite(number)))
        {
            throw new DataException($"'{file}': the tensor '{given.Name}' holds a number that is not finite{(given.Type == StoredType.F64 ? ", or beyond what 32 bits hold" : "")}; expected finite ones. "
                + "Take an earlier state of the network.");
        }
        if (name.StartsWith("classifier.5.", StringComparison.Ordinal))
        {
            var row = numbers.Length / outputs.Length;
            numbers = [.. outputs.SelectMany(output => numbers[(output * row)..((output + 1) * row)])];
        }
        return StoredTensor.Of(name, given.Shape, numbers);
    }

    private static List<string> NotesOf(SafetensorsFile file, WeightFit fit)
    {
        List<string> notes = [];
        foreach (var type in file.Tensors.GroupBy(tensor => tensor.Type).Where(type => type.Key != StoredType.F32))
            notes.Add($"{type.Count():N0} tensor(s) are converted from {type.Key} to F32.");
        if (fit.HeadLayers < WeightFit.FullHead)
            notes.Add($"Its classifier has {(fit.HeadLayers == 1 ? "one linear layer" : "two linear layers")}; the others that Recollect's has are filled so that it says the same.");
        return notes;
    }
}
