using Microsoft.ML.OnnxRuntime;
using Recollect.Experiments;
using Recollect.Exports;
using Recollect.Networks;
using Recollect.Randomness;
using Recollect.Sequences;
using Recollect.Tests.Witness;

namespace Recollect.Tests.Exports;

/// <summary>ONNX Runtime, which reads the files, is the witness.</summary>
public sealed class OnnxExportTests
{
    private const int Rows = 100, Classes = 4, Width = 3;

    public static TheoryData<CellKind, int, StepKind, InputKind> Networks
    {
        get
        {
            var networks = new TheoryData<CellKind, int, StepKind, InputKind>();
            foreach (var cell in new[] { CellKind.Lstm, CellKind.Gru })
            {
                networks.Add(cell, 1, StepKind.Tokens, InputKind.Embedded);
                networks.Add(cell, 3, StepKind.Tokens, InputKind.Embedded);
                networks.Add(cell, 2, StepKind.Reals, InputKind.Embedded);
                networks.Add(cell, 2, StepKind.Reals, InputKind.Raw);
            }
            return networks;
        }
    }

    private static TrainedModel Model(CellKind cell, int layers, StepKind kind, InputKind input, GateKind gates = GateKind.Standard)
    {
        Preprocessing preprocessing = kind == StepKind.Tokens ? new TextPreprocessing() : new SeriesPreprocessing { Components = Width };
        var options = new NetworkOptions { Cell = cell, Gates = gates, Layers = layers, Input = input, Embedding = 7, Hidden = 9, HeadUnits = 11 };
        return new TrainedModel(new RecurrentClassifier(new StepFormat(kind, Width), Classes, options, new Seed(4)), preprocessing, null, ["a", "b", "c", "d"]);
    }

    [Theory]
    [MemberData(nameof(Networks))]
    public void A_batch_of_100_sequences_of_unequal_length_is_labelled_as_the_network_labels_them(CellKind cell, int layers, StepKind kind, InputKind input)
    {
        var model = Model(cell, layers, kind, input);
        using var network = model.Network;
        var set = UnequalRows.Of(network.Format, Rows);
        var longest = Enumerable.Range(0, Rows).Max(set.LengthOf);
        using var session = new InferenceSession(OnnxExport.Sequence(model));
        using var steps = Steps(set, longest, row => row, t => t);
        using var lengths = Whole([.. Enumerable.Range(0, Rows).Select(row => (long)set.LengthOf(row))], [Rows]);
        using var run = new RunOptions();
        using var outputs = session.Run(run, [InputOf(kind), OnnxExport.Lengths], [steps, lengths], [OnnxExport.Logits, OnnxExport.Probabilities]);
        Agree(Classification.Of(network, set, 32), outputs[0].GetTensorDataAsSpan<float>().ToArray(), outputs[1].GetTensorDataAsSpan<float>().ToArray());
    }

    [Theory]
    [MemberData(nameof(Networks))]
    public void Step_by_step_with_its_state_handed_on_it_comes_to_the_same(CellKind cell, int layers, StepKind kind, InputKind input)
    {
        var model = Model(cell, layers, kind, input);
        using var network = model.Network;
        var set = UnequalRows.Of(network.Format, 10);
        using var session = new InferenceSession(OnnxExport.Step(model));
        using var run = new RunOptions();
        string[] states = cell == CellKind.Lstm ? [OnnxExport.Hidden, OnnxExport.Cell] : [OnnxExport.Hidden];
        string[] after = cell == CellKind.Lstm ? [OnnxExport.HiddenAfter, OnnxExport.CellAfter] : [OnnxExport.HiddenAfter];
        List<float> logits = [], probabilities = [];
        for (var row = 0; row < set.Count; row++)
        {
            var state = states.Select(_ => new float[layers * 9]).ToArray();
            var last = (Logits: Array.Empty<float>(), Probabilities: Array.Empty<float>());
            for (var t = 0; t < set.LengthOf(row); t++)
            {
                using var step = Steps(set, 1, _ => row, _ => t, count: 1, single: true);
                OrtValue[] before = [.. state.Select(numbers => OrtValue.CreateTensorValueFromMemory(numbers, [layers, 1, 9]))];
                using var outputs = session.Run(run, [InputOf(kind), .. states], [step, .. before], [OnnxExport.Logits, OnnxExport.Probabilities, .. after]);
                last = (outputs[0].GetTensorDataAsSpan<float>().ToArray(), outputs[1].GetTensorDataAsSpan<float>().ToArray());
                state = [.. outputs.Skip(2).Select(output => output.GetTensorDataAsSpan<float>().ToArray())];
                foreach (var value in before)
                    value.Dispose();
            }
            logits.AddRange(last.Logits);
            probabilities.AddRange(last.Probabilities);
        }
        Agree(Classification.Of(network, set, 32), [.. logits], [.. probabilities]);
    }

    [Fact]
    public void The_file_says_what_made_the_steps_and_what_the_labels_are()
    {
        var model = Model(CellKind.Gru, 1, StepKind.Reals, InputKind.Embedded);
        using var network = model.Network;
        using var session = new InferenceSession(OnnxExport.Sequence(model));
        var metadata = session.ModelMetadata;
        Assert.Equal("recollect", metadata.ProducerName);
        Assert.Contains("3 real component(s) a step", metadata.Description);
        Assert.Equal("""["a","b","c","d"]""", metadata.CustomMetadataMap["classes"]);
        Assert.Equal(model.Preprocessing.ToJson(), metadata.CustomMetadataMap["preprocessing"]);
        Assert.Equal([-1, -1, Width], session.InputMetadata[OnnxExport.Values].Dimensions);
        Assert.Equal(["batch", "steps", ""], session.InputMetadata[OnnxExport.Values].SymbolicDimensions);
    }

    [Theory]
    [InlineData(CellKind.Irnn, GateKind.Standard, "irnn")]
    [InlineData(CellKind.Urnn, GateKind.Standard, "urnn")]
    [InlineData(CellKind.Lstm, GateKind.Refined, "lstm with gates refined")]
    [InlineData(CellKind.Transformer, GateKind.Standard, "transformer")]
    public void Other_cells_are_refused_by_name(CellKind cell, GateKind gates, string found)
    {
        var options = new NetworkOptions { Cell = cell, Gates = gates, Hidden = 8, HeadUnits = 4 };
        using var network = new RecurrentClassifier(StepFormat.Tokens(256), 2, options, new Seed(1));
        var model = new TrainedModel(network, new TextPreprocessing(), null, ["a", "b"]);
        foreach (var export in new[] { OnnxExport.Sequence, OnnxExport.Step })
            Assert.Contains($"model.cell is {found}", Assert.Throws<RecipeException>(() => export(model)).Message);
    }

    private static string InputOf(StepKind kind) => kind == StepKind.Tokens ? OnnxExport.Tokens : OnnxExport.Values;

    // Rows of a set side by side, padded with what would change a result that reads it.
    private static OrtValue Steps(SequenceSet set, int steps, Func<int, int> row, Func<int, int> place, int? count = null, bool single = false)
    {
        var rows = count ?? set.Count;
        long[] shape = single ? [rows] : [rows, steps];
        if (set.Format.Kind == StepKind.Tokens)
        {
            var tokens = Enumerable.Repeat((long)Width - 1, rows * steps).ToArray();
            var one = new int[1];
            for (var r = 0; r < rows; r++)
            {
                for (var t = 0; t < steps && place(t) < set.LengthOf(row(r)); t++)
                {
                    set.CopyTokens(row(r), place(t), one);
                    tokens[r * steps + t] = one[0];
                }
            }
            return Whole(tokens, shape);
        }
        var values = Enumerable.Repeat(100f, rows * steps * Width).ToArray();
        for (var r = 0; r < rows; r++)
        {
            for (var t = 0; t < steps && place(t) < set.LengthOf(row(r)); t++)
                set.CopyReals(row(r), place(t), values.AsSpan((r * steps + t) * Width, Width));
        }
        return OrtValue.CreateTensorValueFromMemory(values, [.. shape, Width]);
    }

    private static OrtValue Whole(long[] numbers, long[] shape) => OrtValue.CreateTensorValueFromMemory(numbers, shape);

    private static void Agree(IEnumerable<ClassifiedRow> ours, float[] logits, float[] probabilities)
    {
        var at = 0;
        foreach (var row in ours)
        {
            var theirs = logits.AsSpan(at, Classes).ToArray();
            var whole = Math.Log(theirs.Sum(logit => Math.Exp(logit))); // logits are small: no overflow
            for (var c = 0; c < Classes; c++, at++)
            {
                Assert.Equal(theirs[c] - whole, row.LogProbabilities[c], 1e-5);
                Assert.Equal(Math.Exp(row.LogProbabilities[c]), probabilities[at], 1e-5);
            }
        }
        Assert.Equal(logits.Length, at);
    }
}
