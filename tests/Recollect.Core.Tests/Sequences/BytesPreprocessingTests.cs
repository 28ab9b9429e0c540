using Recollect.Sequences;

namespace Recollect.Core.Tests.Sequences;

public sealed class BytesPreprocessingTests
{
    [Theory]
    [InlineData(4, null, 4, false)]
    [InlineData(3, 3, 3, false)]
    [InlineData(4, 3, 3, true)]
    public void A_file_is_cut_where_it_is_longer_than_it_may_be(int bytes, int? most, int steps, bool isCut)
    {
        var (preprocessing, file) = (new BytesPreprocessing { MaxLength = most }, new BytesSample(Origin.Whole("a"), null, new byte[bytes]));
        Assert.Equal((steps, isCut), (preprocessing.StepsOf(file), preprocessing.Cuts(file)));
    }
}
