using System.IO.Pipes;
using Recollect.Data.Tests.Reading;

namespace Recollect.Data.Tests;

public sealed class DataInfoTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_set_is_described_part_by_part()
    {
        var info = DataInfo.Of("digits", _folder.Path);
        Assert.Equal(["train", "test"], info.Parts.Select(part => part.Name));
        Assert.Equal((1437, 64, 64.0, 64), (info.Parts[0].Rows, info.Parts[0].MinLength, info.Parts[0].MeanLength, info.Parts[0].MaxLength));
        Assert.Equal(1437, info.Parts[0].Classes.Values.Sum());
    }

    [Fact]
    public void A_file_is_described_by_its_kind_rows_lengths_and_classes()
    {
        var text = DataInfo.Of(_folder.Write("a.csv", "label,text\nx,abc\ny,a\nx,ab\n"), "");
        Assert.Equal("CSV", text.Format);
        var part = Assert.Single(text.Parts);
        Assert.Equal((3, 1, 2.0, 3), (part.Rows, part.MinLength, part.MeanLength, part.MaxLength));
        Assert.Equal(new Dictionary<string, int> { ["x"] = 2, ["y"] = 1 }, part.Classes);

        var series = DataInfo.Of(_folder.Write("a.jsonl", "{\"values\":[[1,2],[3,4]]}"), "");
        Assert.Equal(("JSON Lines", 2), (series.Format, series.Parts[0].MaxLength));
        var labels = DataInfo.Of(_folder.Write("l", IdxReaderTests.Idx([1, 1, 0], 3)), "");
        Assert.Equal(("IDX labels", 2), (labels.Format, labels.Parts[0].Classes["1"]));
        Assert.Equal(6, DataInfo.Of(_folder.Write("i", IdxReaderTests.Idx([1, 1, 0, 1, 2, 3], 1, 2, 3)), "").Parts[0].MaxLength);
        Refusal.Of<DataException>(() => DataInfo.Of(Path.Combine(_folder.Path, "none"), ""), "no such file");
    }

    [Fact]
    public void A_pipe_is_described_as_a_file_is()
    {
        Assert.SkipUnless(Directory.Exists("/dev/fd"), "This system has no /dev/fd.");
        Assert.Equal(("CSV", 3), Piped("label,text\nx,abc\ny,a\n"u8));
        Assert.Equal(("JSON Lines", 5), Piped("\n{\"text\":\"abcde\"}\n"u8));
        Assert.Equal(("IDX labels", 1), Piped(IdxReaderTests.Idx([1, 1, 0], 3)));
    }

    private static (string Format, int MaxLength) Piped(ReadOnlySpan<byte> content)
    {
        using var pipe = new AnonymousPipeServerStream(PipeDirection.Out);
        using var end = pipe.ClientSafePipeHandle;
        pipe.Write(content);
        pipe.Dispose();
        var info = DataInfo.Of($"/dev/fd/{end.DangerousGetHandle()}", "");
        return (info.Format, info.Parts[0].MaxLength);
    }
}
