using System.Text;

namespace Recollect.Data.Tests.Reading;

public sealed class InputFormatTests
{
    private static InputFormat Of(string name, byte[] content, bool lengthKnown = true)
    {
        using var input = InputStream.From(new MemoryStream(content), name, lengthKnown ? content.Length : null);
        return InputFormats.Of(input, null);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(200)]
    public void A_cifar_record_that_begins_as_idx_does_is_still_cifar(byte fourth)
    {
        var record = new byte[3073];
        (record[2], record[3], record[7], record[11], record[15]) = (8, fourth, 9, 9, 9);
        Assert.Equal(InputFormat.Cifar, Of("data_batch_1.bin", record));
        record[8] = 200; // a side of 200·2²⁴: no header, also where the length is unknown
        record[4] = 200;
        Assert.Equal(InputFormat.Cifar, Of("data_batch_1.bin.gz", record, lengthKnown: false));
    }

    [Theory]
    [InlineData("a.ts", "whatever")]
    [InlineData("-", "\n# comment\n@problemName x\n")]
    [InlineData("-", "% comment\r\n@TimeStamps false\r\n")]
    public void Time_series_are_told_by_their_ending_or_their_header(string name, string content) => Assert.Equal(InputFormat.Ts, Of(name, Encoding.UTF8.GetBytes(content)));

    [Theory]
    [InlineData("a.parquet", "whatever")]
    [InlineData("a.csv", "PAR1…")]
    public void Parquet_is_told_by_its_ending_or_its_magic_number(string name, string content) => Assert.Equal(InputFormat.Parquet, Of(name, Encoding.UTF8.GetBytes(content)));

    [Fact]
    public void A_table_may_begin_with_an_at_sign() => Assert.Equal(InputFormat.Csv, Of("-", "@name,label\na,b\n"u8.ToArray()));

    [Fact]
    public void Idx_is_told_by_its_header_whatever_the_ending()
    {
        var idx = IdxReaderTests.Idx(new byte[6], 1, 2, 3);
        Assert.Equal(InputFormat.Idx, Of("images.bin", idx));
        Assert.Equal(InputFormat.Idx, Of("images.bin.gz", idx, lengthKnown: false));
        Assert.Equal(InputFormat.Idx, Of("images", idx[..^1])); // cut off: for its reader to say
        Assert.Equal(InputFormat.Idx, Of("labels.bin", IdxReaderTests.Idx([1, 2], 2)));
    }
}
