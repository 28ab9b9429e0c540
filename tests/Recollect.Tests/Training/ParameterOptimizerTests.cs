using Recollect.Training;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Recollect.Tests.Training;

public sealed class ParameterOptimizerTests
{
    private static readonly double[] Gradients = [0.5, -2, 0.01, 3, -0.25, 1e-4];

    [Theory]
    [InlineData(OptimizerKind.RmsProp, 0.0)]
    [InlineData(OptimizerKind.RmsProp, 0.1)]
    [InlineData(OptimizerKind.Adam, 0.0)]
    [InlineData(OptimizerKind.Adam, 0.1)]
    [InlineData(OptimizerKind.AdamW, 0.1)]
    public void Each_rule_follows_its_published_formula(OptimizerKind kind, double decay)
    {
        using var parameter = new Parameter(tensor(1.5, ScalarType.Float64).reshape(1));
        var options = new TrainingOptions { Optimizer = kind, WeightDecay = decay };
        using var optimizer = new ParameterOptimizer(options, [("w", parameter)]);
        var reference = new ScalarRule(kind, decay) { Value = 1.5 };
        for (var t = 0; t < Gradients.Length; t++)
        {
            var rate = 0.1 / (t + 1);
            parameter.grad = tensor(Gradients[t], ScalarType.Float64).reshape(1);
            optimizer.Step(rate);
            reference.Step(Gradients[t], rate);
            Assert.Equal(reference.Value, parameter.item<double>(), 1e-12);
        }
    }

    /// <summary>Every number by itself, in single precision too, whether or not a vector holds them all.</summary>
    [Theory]
    [InlineData(OptimizerKind.RmsProp, 3)]
    [InlineData(OptimizerKind.Adam, 37)]
    [InlineData(OptimizerKind.AdamW, 64)]
    public void Each_number_of_a_tensor_follows_the_rule(OptimizerKind kind, int count)
    {
        var values = Enumerable.Range(0, count).Select(i => 0.1 * i - 1).ToArray();
        using var parameter = new Parameter(tensor(values, ScalarType.Float32));
        using var optimizer = new ParameterOptimizer(new TrainingOptions { Optimizer = kind, WeightDecay = 0.01 }, [("w", parameter)]);
        var rules = values.Select(value => new ScalarRule(kind, 0.01) { Value = value }).ToArray();
        for (var t = 0; t < 20; t++)
        {
            var gradient = values.Select((_, i) => Math.Sin(i + t)).ToArray();
            parameter.grad = tensor(gradient, ScalarType.Float32);
            optimizer.Step(0.01);
            foreach (var (rule, g) in rules.Zip(gradient))
                rule.Step(g, 0.01);
        }
        Assert.All(parameter.data<float>().ToArray().Zip(rules), pair => Assert.Equal(pair.Second.Value, pair.First, 2e-5));
    }

    /// <summary>TorchSharp's own step throws now and then here: decision 0010.</summary>
    [Fact]
    public void A_step_does_not_depend_on_when_garbage_is_collected()
    {
        using var parameter = new Parameter(ones(200_000));
        using var optimizer = new ParameterOptimizer(new TrainingOptions(), [("w", parameter)]);
        var ended = false;
        var collector = new Thread(() =>
        {
            while (!Volatile.Read(ref ended))
            {
                GC.Collect(0);
                GC.WaitForPendingFinalizers();
            }
        });
        collector.Start();
        try
        {
            for (var step = 0; step < 500; step++)
            {
                parameter.grad = ones(200_000);
                optimizer.Step(1e-3);
            }
        }
        finally
        {
            Volatile.Write(ref ended, true);
            collector.Join();
        }
        Assert.All(parameter.data<float>().ToArray(), value => Assert.Equal(0.5, value, 1e-3));
    }

    [Fact]
    public void A_parameter_without_a_gradient_is_left_alone()
    {
        using var still = new Parameter(ones(2));
        using var moving = new Parameter(ones(2));
        using var optimizer = new ParameterOptimizer(new TrainingOptions { Optimizer = OptimizerKind.AdamW, WeightDecay = 0.5 }, [("still", still), ("moving", moving)]);
        still.grad = ones(2);
        optimizer.ForgetGradients();
        moving.grad = ones(2);
        optimizer.Step(0.1);
        Assert.Equal([1f, 1f], still.data<float>().ToArray());
        Assert.NotEqual([1f, 1f], moving.data<float>().ToArray());
        Assert.Equal((0L, 1L), (optimizer.Steps()["still"], optimizer.Steps()["moving"]));
    }

    [Theory]
    [InlineData(OptimizerKind.RmsProp)]
    [InlineData(OptimizerKind.Adam)]
    [InlineData(OptimizerKind.AdamW)]
    public void Averages_carried_over_continue_as_if_nothing_had_happened(OptimizerKind kind)
    {
        using var first = new Parameter(ones(3));
        using var second = new Parameter(ones(3));
        var options = new TrainingOptions { Optimizer = kind };
        using var undisturbed = new ParameterOptimizer(options, [("w", first)]);
        using var earlier = new ParameterOptimizer(options, [("w", second)]);
        void Update(Parameter parameter, ParameterOptimizer optimizer, float gradient)
        {
            parameter.grad = zeros(3);
            parameter.grad.FillWith(gradient);
            optimizer.Step(0.01);
        }
        Update(first, undisturbed, 1);
        Update(second, earlier, 1);
        using var later = new ParameterOptimizer(options, [("w", second)]);
        later.CarryOver(earlier);
        Update(first, undisturbed, -2);
        Update(second, later, -2);
        Assert.Equal(first.data<float>().ToArray(), second.data<float>().ToArray());
    }

    /// <summary>The published rules on one number, with PyTorch's defaults (α 0.99; β 0.9, 0.999; ε 1e-8 outside the root).</summary>
    private sealed class ScalarRule(OptimizerKind kind, double decay)
    {
        private double _first, _second;
        private int _step;

        public double Value { get; set; }

        public void Step(double gradient, double rate)
        {
            _step++;
            if (kind == OptimizerKind.AdamW)
                Value -= rate * decay * Value;
            else
                gradient += decay * Value;
            if (kind == OptimizerKind.RmsProp)
            {
                _second = 0.99 * _second + 0.01 * gradient * gradient;
                Value -= rate * gradient / (Math.Sqrt(_second) + 1e-8);
                return;
            }
            _first = 0.9 * _first + 0.1 * gradient;
            _second = 0.999 * _second + 0.001 * gradient * gradient;
            var corrected = _first / (1 - Math.Pow(0.9, _step));
            Value -= rate * corrected / (Math.Sqrt(_second / (1 - Math.Pow(0.999, _step))) + 1e-8);
        }
    }
}
