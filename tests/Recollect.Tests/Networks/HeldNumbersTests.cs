using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.CompilerServices;
using Recollect.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace Recollect.Tests.Networks;

/// <summary>
/// TorchSharp makes a <see cref="Scalar"/> of a number, hands libtorch its native handle and keeps nothing: a collection at that moment frees what libtorch reads
/// (decision 0010). Its IL tells which of its methods do, themselves or by what they call.
/// </summary>
public sealed class HeldNumbersTests
{
    private const BindingFlags Declared = BindingFlags.DeclaredOnly | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static;
    private static readonly Dictionary<short, OpCode> OpCodeOf = typeof(OpCodes).GetFields().Select(field => (OpCode)field.GetValue(null)!).ToDictionary(code => code.Value);
    private static readonly Lazy<HashSet<(Module, int)>> Hiding = new(FindHiding);

    [Fact]
    public void No_call_of_the_library_or_its_tests_hides_a_number()
    {
        var found = from assembly in new[] { typeof(TensorNumber).Assembly, typeof(HeldNumbersTests).Assembly }
                    from caller in MethodsOf(assembly)
                    from call in CallsOf(caller)
                    where caller.Name != nameof(Unheld) && (Hiding.Value.Contains(Key(call.Called)) || IsUnheld(call))
                    select $"{caller.DeclaringType}.{caller.Name} calls {call.Called.DeclaringType}.{call.Called}";

        Assert.Empty(found);
    }

    [Fact]
    public void A_number_that_is_handed_on_at_once_is_found() => Assert.Contains(CallsOf(((Delegate)Unheld).Method), IsUnheld);

    [Fact]
    public void What_hides_one_is_told_from_what_does_not()
    {
        bool Hides(Type type, string name, params Type[] parameters) => Hiding.Value.Contains(Key(type.GetMethod(name, parameters)!));

        Assert.True(Hides(typeof(Scalar), "op_Implicit", typeof(double)));
        Assert.True(Hides(typeof(Tensor), "op_Addition", typeof(Tensor), typeof(Tensor)));
        Assert.True(Hides(typeof(Tensor), "op_Multiply", typeof(Tensor), typeof(float)));
        Assert.True(Hides(typeof(Tensor), nameof(Tensor.square)));
        Assert.True(Hides(typeof(TensorExtensionMethods), nameof(TensorExtensionMethods.ToDouble), typeof(Tensor)));
        Assert.False(Hides(typeof(Tensor), "op_Multiply", typeof(Tensor), typeof(Tensor)));
        Assert.False(Hides(typeof(Tensor), nameof(Tensor.add), typeof(Tensor), typeof(Scalar)));
        Assert.False(Hides(typeof(Tensor), nameof(Tensor.sqrt)));
        Assert.Contains(Key(typeof(Tensor).GetMethod(nameof(Tensor.add), [typeof(Tensor), typeof(Scalar)])!), CallsOf(((Delegate)TensorNumber.Plus).Method).Select(call => Key(call.Called)));
        Assert.True(Hides(typeof(nn), nameof(nn.LeakyReLU), typeof(double), typeof(bool))); // by what its module does when it is called
    }

    private static Tensor Unheld(Tensor tensor) => tensor.mul(2.0.ToScalar());

    // Whoever holds a number puts it into a variable.
    private static bool IsUnheld((MethodBase Called, OpCode Next) call) =>
        IsMaker(call.Called) && call.Next.Name?.StartsWith("stloc", StringComparison.Ordinal) != true && call.Next != OpCodes.Stsfld;

    private static bool IsMaker(MethodBase method) => method.Name != "op_Implicit" && method is MethodInfo { ReturnType: var type } && type == typeof(Scalar);

    private static HashSet<(Module, int)> FindHiding()
    {
        var methods = MethodsOf(typeof(Scalar).Assembly).ToArray();
        var callers = methods.SelectMany(caller => CallsOf(caller).Select(call => (Called: Key(call.Called), Caller: Key(caller)))).Distinct().ToLookup(call => call.Called, call => call.Caller);
        // Our own code may hold what makes one (ToScalar) gives it; TorchSharp's own methods do not. A conversion has nobody who could.
        var makers = methods.Where(IsMaker).Select(Key).ToArray();
        var hiding = methods.Where(method => method.DeclaringType == typeof(Scalar) && method.Name == "op_Implicit").Select(Key).ToHashSet();
        var next = new Queue<(Module, int)>(hiding.Concat(makers));
        while (next.TryDequeue(out var called))
        {
            foreach (var caller in callers[called].Concat(WhoMakes(called)).Where(caller => !makers.Contains(caller) && hiding.Add(caller)))
                next.Enqueue(caller);
        }
        return hiding;
    }

    // A module's method is called through its base, and an iterator's by whoever asks for its items: whoever makes one counts.
    private static IEnumerable<(Module, int)> WhoMakes((Module Module, int Token) method) =>
        method.Module.ResolveMethod(method.Token) is { IsStatic: false, IsConstructor: false, DeclaringType: { } type } && (typeof(nn.Module).IsAssignableFrom(type) || type.IsDefined(typeof(CompilerGeneratedAttribute)))
            ? type.GetConstructors(Declared).Select(Key)
            : [];

    private static IEnumerable<MethodBase> MethodsOf(Assembly assembly) =>
        assembly.GetTypes().SelectMany(type => type.GetMethods(Declared).Concat<MethodBase>(type.GetConstructors(Declared)));

    // A method of whatever type arguments.
    private static (Module, int) Key(MethodBase method) => (method.Module, method.MetadataToken);

    private static IEnumerable<(MethodBase Called, OpCode Next)> CallsOf(MethodBase caller)
    {
        var il = caller.GetMethodBody()?.GetILAsByteArray() ?? [];
        var ofType = caller.DeclaringType!.IsGenericType ? caller.DeclaringType.GetGenericArguments() : null;
        var ofMethod = caller.IsGenericMethod ? caller.GetGenericArguments() : null;
        for (var at = 0; at < il.Length;)
        {
            var code = CodeAt(il, at);
            at += code.Size;
            if (code.OperandType == OperandType.InlineMethod && caller.Module.ResolveMethod(BitConverter.ToInt32(il, at), ofType, ofMethod) is { } called)
                yield return (called, CodeAt(il, at + 4));
            at += code.OperandType switch
            {
                OperandType.InlineNone => 0,
                OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
                OperandType.InlineVar => 2,
                OperandType.InlineI8 or OperandType.InlineR => 8,
                OperandType.InlineSwitch => 4 + 4 * BitConverter.ToInt32(il, at),
                _ => 4,
            };
        }
    }

    private static OpCode CodeAt(byte[] il, int at) => il[at] == 0xfe ? OpCodeOf[unchecked((short)(0xfe00 | il[at + 1]))] : OpCodeOf[il[at]];
}
