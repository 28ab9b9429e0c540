using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Recollect.Kernels;
using Recollect.Sequences;

namespace Recollect.Inference;

/// <summary>A stream's state as bytes: little-endian, of one length for all states of a model.</summary>
/// <remarks>
/// 8 bytes <c>RECOLLST</c> · version (4 bytes) · length of the whole (4) · SHA-256 of the model's file (32) · steps (8) · of each component the last number that was
/// there, where missing ones are filled with it (4 each) · of each layer h, and of an LSTM c (4 a unit each) · SHA-256 of all before (32).
/// Units lie in PyTorch's order, so that a machine with other vectors reads the state too.
/// </remarks>
internal static unsafe class StreamState
{
    private const int Version = 1;
    private const int VersionAt = 8, LengthAt = 12, ModelAt = 16, StepsAt = 48, NumbersAt = 56;
    private const int HashBytes = 32;
    private const long MostSteps = 1L << 53; // more than any stream reads; beyond it JSON's numbers skip some

    private static ReadOnlySpan<byte> Magic => "RECOLLST"u8;

    /// <summary>How many numbers are kept for missing ones: the components, or none.</summary>
    public static int LastNumbers(SequenceModel model) =>
        model.Preprocessing is SeriesPreprocessing { Missing: MissingValues.Previous } series ? series.Components : 0;

    /// <summary>Bytes of a state.</summary>
    public static int LengthOf(SequenceModel model) => checked(NumbersAt + sizeof(float) * (LastNumbers(model) + PartsOf(model) * model.Architecture.Layers * model.Architecture.Hidden) + HashBytes);

    /// <summary>Writes a state, if any stream would read it.</summary>
    /// <returns>Its length.</returns>
    /// <exception cref="DataException">It is not finite; nothing is written.</exception>
    public static int Write(SequenceModel model, ForwardStates<float> states, long steps, ReadOnlySpan<float> last, Span<byte> to)
    {
        for (var layer = 0; layer < model.Architecture.Layers; layer++)
        {
            for (var part = 0; part < PartsOf(model); part++)
                Prediction.RefuseInfinite(Numbers(model, states, layer, part), "The stream's state");
        }
        var length = LengthOf(model);
        to = to[..length];
        Magic.CopyTo(to);
        BinaryPrimitives.WriteInt32LittleEndian(to[VersionAt..], Version);
        BinaryPrimitives.WriteInt32LittleEndian(to[LengthAt..], length);
        WriteFingerprint(model, to[ModelAt..]);
        BinaryPrimitives.WriteInt64LittleEndian(to[StepsAt..], steps);
        var at = NumbersAt;
        MemoryMarshal.AsBytes(last).CopyTo(to[at..]);
        at += sizeof(float) * last.Length;
        for (var layer = 0; layer < model.Architecture.Layers; layer++)
        {
            for (var part = 0; part < PartsOf(model); part++)
            {
                MemoryMarshal.AsBytes(Numbers(model, states, layer, part)).CopyTo(to[at..]);
                at += sizeof(float) * model.Architecture.Hidden;
            }
        }
        SHA256.HashData(to[..at], to[at..]);
        return length;
    }

    /// <summary>Reads a state; what is refused changes nothing.</summary>
    /// <returns>The steps.</returns>
    /// <exception cref="DataException">It is damaged, of another version or of another model.</exception>
    public static long Read(SequenceModel model, ReadOnlySpan<byte> state, ForwardStates<float> states, Span<float> last)
    {
        Check(model, state);
        var numbers = MemoryMarshal.Cast<byte, float>(state[NumbersAt..^HashBytes]);
        foreach (var number in numbers)
        {
            if (!float.IsFinite(number))
                throw new DataException($"The saved stream holds the number {number}; expected finite ones. It is damaged.");
        }
        CheckHidden(model, numbers[last.Length..]);
        states.Clear();
        numbers[..last.Length].CopyTo(last);
        numbers = numbers[last.Length..];
        for (var layer = 0; layer < model.Architecture.Layers; layer++)
        {
            for (var part = 0; part < PartsOf(model); part++)
            {
                numbers[..model.Architecture.Hidden].CopyTo(Numbers(model, states, layer, part));
                numbers = numbers[model.Architecture.Hidden..];
            }
        }
        return BinaryPrimitives.ReadInt64LittleEndian(state[StepsAt..]);
    }

    // Of every cell: an LSTM's h is o·tanh c, a GRU's lies between its candidate, a tanh, and the h before. Gates and tanh are 1 at most, rounded too, and so is h.
    private static void CheckHidden(SequenceModel model, ReadOnlySpan<float> numbers)
    {
        var hidden = model.Architecture.Hidden;
        for (; !numbers.IsEmpty; numbers = numbers[(hidden * PartsOf(model))..])
        {
            foreach (var number in numbers[..hidden])
            {
                if (Math.Abs(number) > 1)
                    throw new DataException($"The saved stream holds the hidden state {number}; expected −1…1, as every cell's are. It is damaged.");
            }
        }
    }

    private static void Check(SequenceModel model, ReadOnlySpan<byte> state)
    {
        if (state.Length < NumbersAt || !state.StartsWith(Magic))
            throw new DataException($"The {state.Length:N0} bytes are no saved stream; expected what Save gave, at least {NumbersAt} bytes that begin with {Encoding.ASCII.GetString(Magic)}.");
        if (BinaryPrimitives.ReadInt32LittleEndian(state[VersionAt..]) is not Version and var version)
            throw new DataException($"The saved stream has version {version}; this program reads version {Version}. Use the program that saved it, or a newer one.");
        Span<byte> fingerprint = stackalloc byte[HashBytes];
        WriteFingerprint(model, fingerprint);
        var found = state.Slice(ModelAt, HashBytes);
        if (!found.SequenceEqual(fingerprint))
            throw new DataException($"The saved stream belongs to the model with SHA-256 {Convert.ToHexStringLower(found)}; '{model.Name}' has {model.Fingerprint}. Restore it with the model that it was saved with.");
        var length = LengthOf(model);
        if (state.Length != length || BinaryPrimitives.ReadInt32LittleEndian(state[LengthAt..]) != length)
            throw new DataException($"The saved stream has {state.Length:N0} bytes; expected {length:N0}. It is cut short, or damaged.");
        Span<byte> hash = stackalloc byte[HashBytes];
        SHA256.HashData(state[..^HashBytes], hash);
        if (!hash.SequenceEqual(state[^HashBytes..]))
            throw new DataException("The saved stream is damaged: its content does not have the SHA-256 written in it. Restore it from a copy, or begin anew.");
        if (BinaryPrimitives.ReadInt64LittleEndian(state[StepsAt..]) is (< 0 or > MostSteps) and var steps)
            throw new DataException($"The saved stream claims {steps:N0} steps; expected 0…{MostSteps:N0}. It is damaged.");
    }

    private static int PartsOf(SequenceModel model) => model.Architecture.Cell == RecurrentCell.Gru ? 1 : 2;

    private static Span<float> Numbers(SequenceModel model, ForwardStates<float> states, int layer, int part) =>
        new((part == 0 ? states.Before(layer) : states.Cells(layer))[0], model.Architecture.Hidden);

    private static void WriteFingerprint(SequenceModel model, Span<byte> to) => Convert.FromHexString(model.Fingerprint, to, out _, out _);
}
