using System.Text;

namespace Recollect.Runs;

public class EventRecordTests
{
    /// <summary>RFC 3720, appendix B.4, whose checksums are written lowest byte first.</summary>
    [Theory]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000000", 0x8a9136aa)]
    [InlineData("ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff", 0x62a8ab43)]
    [InlineData("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f", 0x46dd794e)]
    [InlineData("1f1e1d1c1b1a191817161514131211100f0e0d0c0b0a09080706050403020100", 0x113fdb5c)]
    [InlineData("01c000000000000000000000000000001400000000000400000000140000001828000000000000000200000000000000", 0xd9963a56)]
    public void Checksums_are_those_of_the_standard(string bytes, uint expected) => Assert.Equal(expected, EventRecord.Crc32C(Convert.FromHexString(bytes)));

    /// <summary>The file was written by the SummaryWriter of TorchSharp 0.107, by protocol buffers made of TensorBoard's own definitions.</summary>
    [Fact]
    public void Records_are_byte_for_byte_those_of_another_writer()
    {
        var file = File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Runs", "tensorboard.events"));
        var begun = BitConverter.ToDouble(file, 13); // the time at which it was made, behind the record's head and the field's number
        byte[] written =
        [
            .. EventRecord.Version(begun),
            .. EventRecord.Scalars(1764144001, 1, [("train/loss", 2.3025851)]),
            .. EventRecord.Scalars(1764144002, 300, [("train/accuracy", 0)]),
            .. EventRecord.Scalars(1764144003, int.MaxValue, [("test/" + new StringBuilder().Insert(0, "long", 40), double.PositiveInfinity)]),
            .. EventRecord.Scalars(1764144004, 0, [("test/ä", -1e-10)]),
        ];
        Assert.Equal(file, written);
    }

    [Fact]
    public void A_record_without_content_is_sixteen_bytes()
    {
        // The checksum of eight zeros is 0x8c28b28a and that of nothing 0; masked: ((c >> 15) | (c << 17)) + 0xa282ead8.
        var masked = unchecked(((0x8c28b28a >> 15) | (0x8c28b28a << 17)) + 0xa282ead8);
        Assert.Equal([.. new byte[8], .. BitConverter.GetBytes(masked), 0xd8, 0xea, 0x82, 0xa2], EventRecord.Framed([]));
    }
}
