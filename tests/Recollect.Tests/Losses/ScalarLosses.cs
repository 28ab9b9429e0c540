using Recollect.Losses;
using Recollect.Networks;
using Recollect.Sequences;
using Recollect.Tests.Networks;

namespace Recollect.Tests.Losses;

/// <summary>One sequence as numbers; <c>Steps[t]</c> is x_t, t = 1…T, and <c>Steps[0]</c> is nothing.</summary>
internal sealed record ScalarRow(double[][] Steps, int Label)
{
    public int Length => Steps.Length - 1;
}

/// <summary>The value of an objective and of its parts.</summary>
internal sealed record ScalarValue(double Total, double Supervised, double[] Auxiliary);

/// <summary>The losses of method, sections 2 and 3, written out row by row and step by step from its text, steps counted from 1.</summary>
internal sealed class ScalarLosses(SmallCase problem, IReadOnlyList<ScalarRow> rows)
{
    private const int Update = SmallCase.Update;

    /// <summary>L = L_sup + Σ_j w_j·L_aux,j at <paramref name="parameters"/>.</summary>
    public ScalarValue Of(IReadOnlyDictionary<string, double[]> parameters, Constants constants)
    {
        var network = new ScalarReference(parameters);
        var supervised = 0.0;
        var auxiliary = new double[problem.Auxiliary.Count];
        for (var row = 0; row < rows.Count; row++)
        {
            if (!problem.Pretrain)
                supervised += Supervised(network, constants, row) / rows.Count;
            for (var j = 0; j < auxiliary.Length; j++)
                auxiliary[j] += Auxiliary(network, constants, row, j) / rows.Count;
        }
        var total = supervised + auxiliary.Select((value, j) => problem.Auxiliary[j].Weight * value).Sum();
        return new ScalarValue(total, supervised, auxiliary);
    }

    private double Supervised(ScalarReference network, Constants constants, int row)
    {
        var end = StateThrough(network, constants, row, rows[row].Length, problem.Supervised);
        var mask = Mask("classifier/dropout", row, 1, problem.Dropout);
        var logits = network.Head("classifier", end.Hidden[^1], mask?[0]);
        var factor = problem.ClassWeights.Count == 0 ? 1 : problem.ClassWeights[rows[row].Label];
        return factor * ScalarReference.CrossEntropy(logits, rows[row].Label);
    }

    private double Auxiliary(ScalarReference network, Constants constants, int row, int j)
    {
        var options = problem.Auxiliary[j];
        var (sum, scored) = (0.0, 0);
        foreach (var segment in ScalarDraw.Segments(options, rows[row].Length, SmallCase.Draws, $"auxiliary.{j}", Update, problem.FirstRow + row))
        {
            sum += options.Kind switch
            {
                AuxiliaryKind.Masked => Masked(network, constants, row, j),
                AuxiliaryKind.Prediction or AuxiliaryKind.LanguageModel => Prediction(network, constants, row, j, segment),
                _ => Reconstruction(network, constants, row, j, segment),
            };
            scored += options.Kind == AuxiliaryKind.Masked ? 1 : Math.Max(0, segment.Length - (options.From ?? 2) + 2);
        }
        return scored == 0 ? 0 : sum / scored;
    }

    private double Reconstruction(ScalarReference network, Constants constants, int row, int j, Segment segment)
    {
        var options = problem.Auxiliary[j];
        var k = options.Bptt ?? problem.AuxiliaryK;
        var cut = options.Decoder.Bptt ?? (k.Steps == 0 ? Truncation.Full : k);
        var (s, l) = (segment.First, segment.Length);
        var reversed = options.Direction == SegmentDirection.Reversed;
        double[] Place(int place) => rows[row].Steps[reversed ? s + l - place : s + place];

        var mask = Mask($"auxiliary.{j}/dropout/{segment.Index}", row, l, options.Decoder.Dropout);
        var feedback = SmallCase.Draws.Stream($"auxiliary.{j}/feedback/{segment.Index}", Update, problem.FirstRow + row);
        var own = options.Input switch
        {
            DecoderInputMode.Free => 1,
            DecoderInputMode.Scheduled => (options.ScheduledMaximum ?? 0.5) * problem.Progress,
            _ => 0,
        };
        var state = DecoderStart(network, j, StateThrough(network, constants, row, segment.Anchor, k), options.Decoder.Layers);
        var input = Place(0);
        var sum = 0.0;
        for (var place = 0; place < l; place++)
        {
            if (place > 0 && place % cut.Steps == 0)
                state = constants.State(Held(state));
            state = network.Step($"auxiliary.{j}.lstm", CellKind.Lstm, Embed(network, $"auxiliary.{j}.embedding", input), state);
            var output = network.Head($"auxiliary.{j}.head", state.Hidden[^1], mask?[place]);
            sum += StepLoss(output, Place(place + 1));
            var (coin, uniform) = (feedback.NextDouble(), feedback.NextDouble());
            input = coin < own ? constants.Value(() => Said(output, uniform)) : Place(place + 1);
        }
        return sum;
    }

    private double Prediction(ScalarReference network, Constants constants, int row, int j, Segment segment)
    {
        var options = problem.Auxiliary[j];
        var k = (options.Bptt ?? problem.AuxiliaryK).Steps;
        var a = segment.Anchor;
        var mask = Mask($"auxiliary.{j}/dropout/{segment.Index}", row, segment.Length, options.Decoder.Dropout);
        var main = constants.State(() => StateAfter(network, row, a - 1), isZero: a == 1);
        ScalarState? decoder = null;
        var sum = 0.0;
        for (var step = 0; step < segment.Length; step++)
        {
            if (step > 0 && step % k == 0)
            {
                main = constants.State(Held(main));
                if (decoder is not null)
                    decoder = constants.State(Held(decoder));
            }
            main = Advance(network, row, main, a + step);
            var read = Bridge(network, j, main.Hidden[^1]);
            if (options.Kind == AuxiliaryKind.Prediction)
                decoder = network.Step($"auxiliary.{j}.lstm", CellKind.Lstm, read, decoder ?? DecoderStart(network, j, main, options.Decoder.Layers));
            var output = network.Head($"auxiliary.{j}.head", decoder?.Hidden[^1] ?? read, mask?[step]);
            sum += a + step + 1 < (options.From ?? 2) ? 0 : StepLoss(output, rows[row].Steps[a + step + 1]);
        }
        return sum;
    }

    // The mean over the hidden steps, each said from the state at itself.
    private double Masked(ScalarReference network, Constants constants, int row, int j)
    {
        var (options, steps) = (problem.Auxiliary[j], rows[row].Length);
        var count = Math.Clamp((int)Math.Round((options.MaskFraction ?? 0.15) * steps), 1, steps);
        var hidden = SmallCase.Draws.Stream($"auxiliary.{j}/mask/0", Update, problem.FirstRow + row).Permutation(steps)[..count];
        var mask = Mask($"auxiliary.{j}/dropout/0", row, steps, options.Decoder.Dropout);
        var state = ScalarReference.Zero(problem.Cell, problem.Layers, problem.StateWidth);
        var sum = 0.0;
        for (var t = 1; t <= steps; t++)
        {
            if (t > 1 && (t - 1) % (options.Bptt ?? problem.AuxiliaryK).Steps == 0)
                state = constants.State(Held(state));
            var read = hidden.Contains(t - 1) ? network.Vector($"auxiliary.{j}.mask.vector") : Embed(network, "embedding", rows[row].Steps[t]);
            state = network.Step(LayersName, problem.Cell, read, state, problem.Gates);
            if (hidden.Contains(t - 1))
                sum += StepLoss(network.Head($"auxiliary.{j}.head", Bridge(network, j, state.Hidden[^1]), mask?[t - 1]), rows[row].Steps[t]);
        }
        return sum / count;
    }

    /// <summary>s_end through the window (end, k): the state before step max(1, end−k+1) is a constant.</summary>
    private ScalarState StateThrough(ScalarReference network, Constants constants, int row, int end, Truncation k)
    {
        var first = (int)Math.Max(1L, (long)end - k.Steps + 1);
        var state = constants.State(() => StateAfter(network, row, first - 1), isZero: first == 1);
        for (var t = first; t <= end; t++)
            state = Advance(network, row, state, t);
        return state;
    }

    private ScalarState StateAfter(ScalarReference network, int row, int steps)
    {
        var state = ScalarReference.Zero(problem.Cell, problem.Layers, problem.StateWidth);
        for (var t = 1; t <= steps; t++)
            state = Advance(network, row, state, t);
        return state;
    }

    private string LayersName => problem.Cell switch
    {
        CellKind.Lstm => "lstm",
        CellKind.Gru => "gru",
        CellKind.Irnn => "rnn",
        _ => "urnn",
    };

    private ScalarState Advance(ScalarReference network, int row, ScalarState state, int t) =>
        network.Step(LayersName, problem.Cell, Embed(network, "embedding", rows[row].Steps[t]), state, problem.Gates);

    private double[] Embed(ScalarReference network, string name, double[] step) =>
        problem.Input == InputKind.Raw ? step : network.Embed(name, problem.Format, step);

    private double[] Bridge(ScalarReference network, int j, double[] main) =>
        problem.StateWidth == problem.Hidden ? main : network.Linear($"auxiliary.{j}.bridge", main);

    private ScalarState DecoderStart(ScalarReference network, int j, ScalarState main, int layers)
    {
        var start = ScalarReference.Zero(CellKind.Lstm, layers, problem.Hidden);
        start.Hidden[0] = Bridge(network, j, main.Hidden[^1]);
        if (main.Cell is not null)
            start.Cell![0] = main.Cell[^1];
        return start;
    }

    private double StepLoss(double[] output, double[] target) => problem.Format.Kind == StepKind.Tokens
        ? ScalarReference.CrossEntropy(output, (int)target[0])
        : ScalarReference.MeanSquaredError(output, target);

    private double[] Said(double[] output, double uniform) =>
        problem.Format.Kind == StepKind.Tokens ? [ScalarReference.Sample(output, uniform)] : output;

    // [l][units], or null where nothing is dropped
    private double[][]? Mask(string purpose, int row, int steps, double rate)
    {
        if (rate == 0)
            return null;
        var kept = new float[steps * SmallCase.HeadUnits];
        SmallCase.Draws.Stream(purpose, Update, problem.FirstRow + row).FillDropout(kept, rate);
        return [.. kept.Select(unit => (double)unit).Chunk(SmallCase.HeadUnits)];
    }

    private static Func<ScalarState> Held(ScalarState state) => () => state;
}
