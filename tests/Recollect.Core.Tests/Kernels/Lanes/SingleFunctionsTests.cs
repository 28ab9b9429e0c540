using System.Runtime.Intrinsics;
using Recollect.Kernels;

namespace Recollect.Core.Tests.Kernels.Lanes;

/// <summary>The bounds that <see cref="SingleFunctions{TLanes, TVector}"/> states, against the functions in double precision.</summary>
public sealed unsafe class SingleFunctionsTests
{
    private const float Zero = -104, Infinite = 89, SigmoidsEnd = -88.37626f;
    private const int Stretch = 1 << 13;

    // A prime, so that no low bit pattern is left out: some 860,000 floats.
    private const uint Stride = 4999;

    // The largest errors of all floats, rounded up: exp 1.011 at −5.878, sigmoid 2.481 at −16.636, tanh 2.498 at −4.505.
    private const double ExpBound = 1.02, SigmoidBound = 2.5, TanhBound = 2.5;

    /// <summary>Where formulas change, where results leave the normal numbers, and where errors are largest: every float near by is tested.</summary>
    private static readonly float[] Joints =
        [5.8778844f, 16.635704f, 4.5050907f, 0.0077671753f, 0, float.Epsilon, 1.17549435e-38f, 1.0e-7f, 0.17328680f, 0.34657359f, 1, 9.01f, 9.02f, 17.33f, 87.33f, 87.33654f, 88.37626f, 88.72284f, 89, 103.97f, 104];

    private delegate void Function(float* from, float* to);

    [Fact]
    public void Exp_is_within_its_bound_everywhere()
    {
        var worst = Worst(SingleFunctions<OneSingle, float>.Exp, Math.Exp, _ => true);
        Assert.True(worst.Error <= ExpBound, $"{worst}");
    }

    [Fact]
    public void Sigmoid_is_within_its_bound_where_its_result_is_a_normal_number()
    {
        var worst = Worst(SingleFunctions<OneSingle, float>.Sigmoid, Sigmoid, x => x >= SigmoidsEnd);
        Assert.True(worst.Error <= SigmoidBound, $"{worst}");
    }

    [Fact]
    public void Tanh_is_within_its_bound_everywhere()
    {
        var worst = Worst(SingleFunctions<OneSingle, float>.Tanh, Math.Tanh, _ => true);
        Assert.True(worst.Error <= TanhBound, $"{worst}");
    }

    /// <summary>Every float, not a sample.</summary>
    [Fact]
    [Trait("Tier", "slow")]
    public void The_bounds_hold_for_every_float()
    {
        var exp = Everywhere(SingleFunctions<OneSingle, float>.Exp, Math.Exp, _ => true);
        var sigmoid = Everywhere(SingleFunctions<OneSingle, float>.Sigmoid, Sigmoid, x => x >= SigmoidsEnd);
        var tanh = Everywhere(SingleFunctions<OneSingle, float>.Tanh, Math.Tanh, _ => true);
        var found = $"exp {exp}, sigmoid {sigmoid}, tanh {tanh}";
        TestContext.Current.TestOutputHelper?.WriteLine(found);
        Assert.True(exp.Error <= ExpBound && sigmoid.Error <= SigmoidBound && tanh.Error <= TanhBound, found);
    }

    [Fact]
    public void Beyond_their_ranges_results_are_the_limits()
    {
        foreach (var x in Sample())
        {
            if (x > Infinite)
                Assert.Equal(float.PositiveInfinity, SingleFunctions<OneSingle, float>.Exp(x));
            if (x < Zero)
                Assert.Equal(0, SingleFunctions<OneSingle, float>.Exp(x));
            if (x < SigmoidsEnd)
                Assert.InRange(SingleFunctions<OneSingle, float>.Sigmoid(x), 0, 4.2e-39f);
        }
    }

    [Fact]
    public void Infinities_and_what_is_no_number_give_what_mathematics_says()
    {
        float up = float.PositiveInfinity, down = float.NegativeInfinity;
        Assert.Equal((up, 0f), (SingleFunctions<OneSingle, float>.Exp(up), SingleFunctions<OneSingle, float>.Exp(down)));
        Assert.Equal((1f, 0f), (SingleFunctions<OneSingle, float>.Sigmoid(up), SingleFunctions<OneSingle, float>.Sigmoid(down)));
        Assert.Equal((1f, -1f), (SingleFunctions<OneSingle, float>.Tanh(up), SingleFunctions<OneSingle, float>.Tanh(down)));
        Assert.Equal((1f, 0.5f), (SingleFunctions<OneSingle, float>.Exp(0), SingleFunctions<OneSingle, float>.Sigmoid(0)));
        Assert.Equal((0f, 0f), (SingleFunctions<OneSingle, float>.Tanh(0), SingleFunctions<OneSingle, float>.Tanh(-0f)));
        foreach (var bits in new[] { 0x7fc00000u, 0xffc00000u, 0x7f800001u, 0xffffffffu })
        {
            var none = BitConverter.UInt32BitsToSingle(bits);
            Assert.True(float.IsNaN(SingleFunctions<OneSingle, float>.Exp(none)), $"exp {bits:x}");
            Assert.True(float.IsNaN(SingleFunctions<OneSingle, float>.Sigmoid(none)), $"sigmoid {bits:x}");
            Assert.True(float.IsNaN(SingleFunctions<OneSingle, float>.Tanh(none)), $"tanh {bits:x}");
        }
    }

    [Fact]
    public void Sigmoid_and_tanh_stay_between_their_limits()
    {
        foreach (var x in Sample())
        {
            Assert.InRange(SingleFunctions<OneSingle, float>.Sigmoid(x), 0, 1);
            Assert.InRange(SingleFunctions<OneSingle, float>.Tanh(x), -1, 1);
        }
    }

    [Fact]
    public void Vectors_of_4_equal_one_lane_bit_for_bit() => AssertEqualsOneLane<Lanes128, Vector128<float>>(Vector128.IsHardwareAccelerated);

    [Fact]
    public void Vectors_of_8_equal_one_lane_bit_for_bit() => AssertEqualsOneLane<Lanes256, Vector256<float>>(Vector256.IsHardwareAccelerated);

    [Fact]
    public void Vectors_of_16_equal_one_lane_bit_for_bit() => AssertEqualsOneLane<Lanes512, Vector512<float>>(Vector512.IsHardwareAccelerated);

    private static void AssertEqualsOneLane<TLanes, TVector>(bool inHardware)
        where TLanes : ISingleLanes<TVector>
        where TVector : unmanaged
    {
        (string, Function, Function)[] functions =
        [
            ("exp", (x, y) => TLanes.Store(TLanes.Exp(TLanes.Load(x)), y), (x, y) => *y = OneSingle.Exp(*x)),
            ("sigmoid", (x, y) => TLanes.Store(TLanes.Sigmoid(TLanes.Load(x)), y), (x, y) => *y = OneSingle.Sigmoid(*x)),
            ("tanh", (x, y) => TLanes.Store(TLanes.Tanh(TLanes.Load(x)), y), (x, y) => *y = OneSingle.Tanh(*x)),
        ];
        var x = stackalloc float[16];
        var many = stackalloc float[16];
        float one;
        // What the runtime emulates is correct and slow: fewer floats are enough.
        foreach (var part in Sample(inHardware ? Stride : 200 * Stride, inHardware ? Stretch : 100).Append(float.NaN).Chunk(TLanes.Count))
        {
            part.CopyTo(new Span<float>(x, 16));
            foreach (var (name, vector, lane) in functions)
            {
                vector(x, many);
                for (var i = 0; i < part.Length; i++)
                {
                    lane(x + i, &one);
                    if (BitConverter.SingleToUInt32Bits(one) != BitConverter.SingleToUInt32Bits(many[i]) && !(float.IsNaN(one) && float.IsNaN(many[i])))
                        Assert.Fail($"{name}({x[i]:R}): one lane {one:R}, {TLanes.Count} lanes {many[i]:R}");
                }
            }
        }
    }

    private static double Sigmoid(double x) => 1 / (1 + Math.Exp(-x));

    private readonly record struct Found(double Error, float At);

    private static Found Worst(Func<float, float> function, Func<double, double> truth, Func<float, bool> range)
    {
        var worst = new Found(-1, 0);
        foreach (var x in Sample())
        {
            if (range(x) && Ulps(function(x), truth(x)) is var error && error > worst.Error)
                worst = new Found(error, x);
        }
        TestContext.Current.TestOutputHelper?.WriteLine($"{worst}");
        return worst;
    }

    private static Found Everywhere(Func<float, float> function, Func<double, double> truth, Func<float, bool> range)
    {
        var each = new Found[1 << 12];
        Parallel.For(0, each.Length, part =>
        {
            each[part] = new Found(-1, 0);
            for (var bits = 0u; bits < 1u << 20; bits++)
            {
                var x = BitConverter.UInt32BitsToSingle((uint)part << 20 | bits);
                if (!float.IsNaN(x) && range(x) && Ulps(function(x), truth(x)) is var error && error > each[part].Error)
                    each[part] = new Found(error, x);
            }
        });
        return each.MaxBy(found => found.Error);
    }

    /// <summary>The distance in units of the last place that a float of the true value's size has.</summary>
    private static double Ulps(float found, double truth)
    {
        if (found == (float)truth)
            return 0; // infinities too
        var exponent = Math.Max(-126, truth == 0 ? -126 : Math.ILogB(truth));
        return Math.Abs(found - truth) / Math.ScaleB(1, exponent - 23);
    }

    private static IEnumerable<float> Sample(uint stride = Stride, int stretch = Stretch)
    {
        for (ulong bits = 0; bits <= uint.MaxValue; bits += stride)
        {
            if (BitConverter.UInt32BitsToSingle((uint)bits) is var x && !float.IsNaN(x))
                yield return x;
        }
        foreach (var joint in Joints)
        {
            var bits = (int)BitConverter.SingleToUInt32Bits(joint);
            for (var near = Math.Max(0, bits - stretch / 2); near < bits + stretch / 2; near++)
            {
                yield return BitConverter.Int32BitsToSingle(near);
                yield return -BitConverter.Int32BitsToSingle(near);
            }
        }
    }
}
