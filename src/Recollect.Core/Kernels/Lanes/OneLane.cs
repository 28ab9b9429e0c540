using System.Runtime.CompilerServices;

namespace Recollect.Kernels;

/// <summary>One float at a time: the specification of the vectors, which agree with it bit for bit, and the way where there are none.</summary>
internal readonly unsafe struct OneSingle : ISingleLanes<float>
{
    public static int Count => 1;

    public static float All(float value) => value;

    public static float Load(float* from) => *from;

    public static void Store(float value, float* to) => *to = value;

    public static float Add(float a, float b) => a + b;

    public static float Subtract(float a, float b) => a - b;

    public static float Multiply(float a, float b) => a * b;

    public static float Divide(float a, float b) => a / b;

    public static float MultiplyAdd(float a, float b, float c) => MathF.FusedMultiplyAdd(a, b, c);

    public static float Larger(float a, float b) => a > b ? a : b;

    public static float Smaller(float a, float b) => a < b ? a : b;

    public static float WherePositive(float test, float value) => test <= 0 ? 0 : value;

    public static float Round(float x) => MathF.Round(x);

    public static float Scale(float x, float n) => MathF.ScaleB(x, (int)n);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Exp(float x) => SingleFunctions<OneSingle, float>.Exp(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sigmoid(float x) => SingleFunctions<OneSingle, float>.Sigmoid(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Tanh(float x) => SingleFunctions<OneSingle, float>.Tanh(x);
}

/// <summary>One double at a time: for checking gradients against finite differences, not for speed.</summary>
internal readonly unsafe struct OneDouble : ILanes<double, double>
{
    public static int Count => 1;

    public static double All(double value) => value;

    public static double Load(double* from) => *from;

    public static void Store(double value, double* to) => *to = value;

    public static double Add(double a, double b) => a + b;

    public static double Subtract(double a, double b) => a - b;

    public static double Multiply(double a, double b) => a * b;

    public static double MultiplyAdd(double a, double b, double c) => Math.FusedMultiplyAdd(a, b, c);

    public static double Larger(double a, double b) => a > b ? a : b;

    public static double WherePositive(double test, double value) => test <= 0 ? 0 : value;

    public static double Exp(double x) => Math.Exp(x);

    public static double Sigmoid(double x) => 1 / (1 + Math.Exp(-x));

    public static double Tanh(double x) => Math.Tanh(x);
}
