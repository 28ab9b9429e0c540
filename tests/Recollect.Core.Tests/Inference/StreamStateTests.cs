using System.Buffers.Binary;
using System.Security.Cryptography;
using FsCheck.Xunit;
using Recollect.Inference;

namespace Recollect.Core.Tests.Inference;

/// <summary>Streams that are saved, and go on elsewhere.</summary>
public class StreamStateTests
{
    private const int HashBytes = 32;

    private static string Refusal(SequenceModel model, byte[] state)
    {
        using var stream = model.OpenStream();
        stream.Push("before"u8);
        var before = stream.Save();
        var message = Assert.Throws<DataException>(() => stream.Restore(state)).Message;
        Assert.Equal(before, stream.Save()); // what is refused changes nothing
        return message;
    }

    private static byte[] Signed(byte[] state, Action<byte[]> change)
    {
        var changed = state.ToArray();
        change(changed);
        SHA256.HashData(changed.AsSpan(..^HashBytes), changed.AsSpan(changed.Length - HashBytes));
        return changed;
    }

    private static byte[] Saved(SequenceModel model)
    {
        using var stream = model.OpenStream();
        stream.Push("some bytes"u8);
        return stream.Save();
    }

    [Property(MaxTest = 40)]
    public void A_restored_stream_goes_on_bit_for_bit(byte[] first, byte[] second, bool gru)
    {
        var model = SmallModel.Of(gru ? SmallModel.Gru : SmallModel.Lstm, SmallModel.Bytes);
        using SequenceStream whole = model.OpenStream(), before = model.OpenStream();
        whole.Push(first);
        whole.Push(second);
        before.Push(first);
        using var after = SmallModel.Of(gru ? SmallModel.Gru : SmallModel.Lstm, SmallModel.Bytes).OpenStream(before.Save()); // the same file, read anew
        Assert.Equal(before.Steps, after.Steps);
        after.Push(second);
        Assert.Equal(whole.Logits.ToArray(), after.Logits.ToArray());
        Assert.Equal(whole.Save(), after.Save());
    }

    [Fact]
    public void The_last_number_of_a_series_is_part_of_the_state()
    {
        var model = SmallModel.Of(SmallModel.Lstm, """{"kind":"series","components":2,"missing":"previous"}""");
        using var before = model.OpenStream();
        before.Push([5f, 7f, float.NaN, 8f]);
        using var after = model.OpenStream(before.Save());
        after.Push([float.NaN, float.NaN]);
        Assert.Equal(model.Classify([5f, 7f, 5f, 8f, 5f, 8f]).Logits, after.Logits.ToArray());
    }

    [Fact]
    public void A_state_has_one_length_however_long_its_stream_has_run()
    {
        using var stream = SmallModel.Of(SmallModel.Lstm, SmallModel.Bytes).OpenStream();
        Assert.Equal(56 + 2 * 2 * 5 * 4 + 32, stream.Save().Length); // head, h and c of two layers of five units, checksum
        stream.Push(new byte[10_000]);
        Assert.Equal(stream.StateLength, stream.Save().Length);
        Assert.Throws<ArgumentException>(() => stream.Save(new byte[10]));
    }

    /// <summary>The layout, byte for byte: states outlive the program that wrote them.</summary>
    [Fact]
    public void The_bytes_are_those_of_the_format()
    {
        var model = SmallModel.Of(SmallModel.Gru, SmallModel.Bytes);
        using var stream = model.OpenStream();
        stream.Push("abc"u8);
        var state = stream.Save();
        Assert.Equal("RECOLLST"u8.ToArray(), state[..8]);
        Assert.Equal([1, 0, 0, 0], state[8..12]);
        Assert.Equal(state.Length, BinaryPrimitives.ReadInt32LittleEndian(state.AsSpan(12)));
        Assert.Equal(model.Fingerprint, Convert.ToHexStringLower(state[16..48]));
        Assert.Equal(3, BinaryPrimitives.ReadInt64LittleEndian(state.AsSpan(48)));
        Assert.Equal(SHA256.HashData(state[..^HashBytes]), state[^HashBytes..]);
    }

    [Fact]
    public void A_state_of_another_model_is_refused_by_both_fingerprints()
    {
        SequenceModel one = SmallModel.Of(SmallModel.Lstm, SmallModel.Bytes, seed: 1), other = SmallModel.Of(SmallModel.Lstm, SmallModel.Bytes, seed: 2);
        var message = Refusal(other, Saved(one));
        Assert.Contains(one.Fingerprint, message);
        Assert.Contains(other.Fingerprint, message);
        Assert.Contains(one.Fingerprint, Refusal(SmallModel.Of(SmallModel.Gru, SmallModel.Bytes), Saved(one)));
    }

    [Fact]
    public void A_state_of_another_version_is_refused()
    {
        var model = SmallModel.Of(SmallModel.Lstm, SmallModel.Bytes);
        Assert.Contains("version 2; this program reads version 1", Refusal(model, Signed(Saved(model), state => state[8] = 2)));
    }

    [Fact]
    public void Numbers_that_no_stream_has_are_refused_under_a_right_checksum()
    {
        var model = SmallModel.Of(SmallModel.Lstm, SmallModel.Bytes);
        Assert.Contains("NaN", Refusal(model, Signed(Saved(model), state => BinaryPrimitives.WriteSingleLittleEndian(state.AsSpan(60), float.NaN))));
        Assert.Contains("-1 steps", Refusal(model, Signed(Saved(model), state => BinaryPrimitives.WriteInt64LittleEndian(state.AsSpan(48), -1))));
        Assert.Contains("9,007,199,254,740,993 steps", Refusal(model, Signed(Saved(model), state => BinaryPrimitives.WriteInt64LittleEndian(state.AsSpan(48), (1L << 53) + 1))));
        Assert.Contains("cut short, or damaged", Refusal(model, Signed(Saved(model), state => state[12]++)));
    }

    [Theory]
    [InlineData(SmallModel.Lstm, 2)]
    [InlineData(SmallModel.Refined, 2)]
    [InlineData(SmallModel.Gru, 1)]
    public void A_hidden_state_beyond_one_is_refused_in_every_layer_and_one_is_not(string architecture, int parts)
    {
        var model = SmallModel.Of(architecture, SmallModel.Bytes);
        foreach (var layer in new[] { 0, 1 })
        {
            var at = 56 + 4 * (5 * parts * layer + 4); // the last unit of five
            Assert.Contains("the hidden state 1.0000001", Refusal(model, Signed(Saved(model), state => BinaryPrimitives.WriteSingleLittleEndian(state.AsSpan(at), MathF.BitIncrement(1)))));
            Assert.Contains("the hidden state -2", Refusal(model, Signed(Saved(model), state => BinaryPrimitives.WriteSingleLittleEndian(state.AsSpan(at), -2))));
            model.OpenStream(Signed(Saved(model), state => BinaryPrimitives.WriteSingleLittleEndian(state.AsSpan(at), -1))).Dispose();
            if (parts == 2)
                model.OpenStream(Signed(Saved(model), state => BinaryPrimitives.WriteSingleLittleEndian(state.AsSpan(at + 4 * 5), 7.5f))).Dispose(); // an LSTM's c counts
        }
    }

    /// <summary>However large the gates are, h stays within 1, so that every honest state is taken.</summary>
    [Theory]
    [InlineData(SmallModel.Lstm)]
    [InlineData(SmallModel.Refined)]
    [InlineData(SmallModel.Gru)]
    public void States_of_saturated_gates_are_taken(string architecture)
    {
        var model = SmallModel.Of(architecture, """{"kind":"series","components":1}""");
        using var stream = model.OpenStream();
        for (var step = 0; step < 3000; step++)
        {
            stream.Push((step * 7 % 11 - 5) * 40f);
            using var again = model.OpenStream(stream.Save());
            Assert.Equal(stream.Steps, again.Steps);
        }
    }

    [Fact]
    public void Every_changed_byte_and_every_cut_is_refused()
    {
        var model = SmallModel.Of(SmallModel.Lstm, SmallModel.Bytes);
        var state = Saved(model);
        for (var at = 0; at < state.Length; at++)
        {
            var damaged = state.ToArray();
            damaged[at] ^= 1;
            Refusal(model, damaged);
            Refusal(model, state[..at]);
        }
        Refusal(model, [.. state, 0]);
    }
}
