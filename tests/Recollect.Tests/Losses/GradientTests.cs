using Recollect.Networks;

namespace Recollect.Tests.Losses;

/// <summary>Method, section 6.1: every loss's gradient, in float64, against finite differences of an independent scalar reference.</summary>
[Trait("Method", "6.1")]
public sealed class GradientTests
{
    private const double Step = 1e-5;
    private static readonly string[] OnBothEngines =
        ["supervised full, reals, unequal lengths", "supervised k = 3, two layers, class weights", "reconstruction full", "UR-LSTM, full", "uRNN, full", "r+p, supervised beyond the auxiliary windows"];
    private static readonly string[] OnLibtorch = ["reconstruction GRU", "iRNN of two layers, k = 4, reals, unequal", "LSTM of raw reals, full", "r+p, everything at once"];

    /// <summary>Every case by libtorch, and those that the kernels serve by the kernels too.</summary>
    public static TheoryData<string, EngineKind> Cases =>
    [
        .. GradientCases.All.Select(problem => (problem.Name, EngineKind.Libtorch)),
        .. GradientCases.All.Where(problem => problem is { Cell: CellKind.Lstm, Input: InputKind.Embedded }).Select(problem => (problem.Name, EngineKind.Kernels)),
        .. GradientCases.All.Where(problem => problem.Cell == CellKind.Urnn).Select(problem => (problem.Name, EngineKind.Kernels)),
    ];

    /// <summary>One case of each kind of window that states are computed again in.</summary>
    public static TheoryData<string, EngineKind> Recomputed =>
    [
        .. OnBothEngines.Select(name => (name, EngineKind.Libtorch)),
        .. OnBothEngines.Select(name => (name, EngineKind.Kernels)),
        .. OnLibtorch.Select(name => (name, EngineKind.Libtorch)),
    ];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Value_and_gradient_equal_the_scalar_reference_with_its_cut_states_held_constant(string name, EngineKind engine) => AssertEqualsScalar(name, engine);

    [Theory]
    [MemberData(nameof(Recomputed))]
    public void With_states_computed_again_they_do_too(string name, EngineKind engine) => AssertEqualsScalar(name, engine, recompute: true);

    private static void AssertEqualsScalar(string name, EngineKind engine, bool recompute = false)
    {
        var problem = GradientCases.All.Single(candidate => candidate.Name == name);
        var real = new SmallProblem(problem, engine: engine, recompute: recompute);
        var weights = real.Weights();
        var held = new Constants { HoldStates = true };
        var reference = new ScalarLosses(problem, problem.ScalarRows());
        var expected = reference.Of(weights, held);

        var found = real.Evaluate();

        Assert.Equal(expected.Total, found.Total, 1e-12);
        Assert.Equal(expected.Supervised, found.Supervised ?? 0, 1e-12);
        Assert.All(expected.Auxiliary.Zip(found.Auxiliary), pair => Assert.Equal(pair.First, pair.Second, 1e-12));
        var truncated = Differences(reference, weights, held);
        AssertEqual(truncated, found.Of, 1e-8, 1e-6);
        AssertCutsMatter(reference, weights, truncated, held.Cuts, problem.Cell == CellKind.Urnn ? "bias_l" : "bias_ih");
    }

    // A case that claims a cut must be one in which leaving the cut out would be seen, far above the tolerance.
    private static void AssertCutsMatter(
        ScalarLosses reference, Dictionary<string, double[]> weights, Dictionary<string, double[]> truncated, int cuts, string biases)
    {
        if (cuts == 0)
            return;
        var free = new Constants { HoldStates = false };
        reference.Of(weights, free);
        var full = Differences(reference, weights, free, biases);
        var apart = full.Max(entry => entry.Value.Zip(truncated[entry.Key], (a, b) => Math.Abs(a - b)).Max());
        Assert.True(apart > 1e-5, $"{cuts} cuts change the gradient by {apart} at most.");
    }

    // Central differences. The fixed seed keeps every ReLU's input further than a step from 0, where there is no derivative.
    private static Dictionary<string, double[]> Differences(
        ScalarLosses reference, Dictionary<string, double[]> weights, Constants constants, string part = "")
    {
        double At(double[] values, int place, double value)
        {
            values[place] = value;
            constants.Rewind();
            return reference.Of(weights, constants).Total;
        }

        var result = new Dictionary<string, double[]>();
        foreach (var (name, values) in weights.Where(entry => entry.Key.Contains(part, StringComparison.Ordinal)))
        {
            var gradient = result[name] = new double[values.Length];
            for (var place = 0; place < values.Length; place++)
            {
                var value = values[place];
                gradient[place] = (At(values, place, value + Step) - At(values, place, value - Step)) / (2 * Step);
                values[place] = value;
            }
        }
        return result;
    }

    internal static void AssertEqual(
        IReadOnlyDictionary<string, double[]> expected, IReadOnlyDictionary<string, double[]> found, double absolute, double relative)
    {
        Assert.Equal(expected.Keys.Order(), found.Keys.Order());
        foreach (var (name, values) in expected)
        {
            for (var place = 0; place < values.Length; place++)
            {
                var (e, f) = (values[place], found[name][place]);
                Assert.True(Math.Abs(e - f) <= absolute + relative * Math.Abs(e), $"{name}[{place}]: expected {e:R}, found {f:R}.");
            }
        }
    }
}
