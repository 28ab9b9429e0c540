using Recollect.Sequences;

namespace Recollect.Data.Tests.Reading;

public sealed class DigitsReaderTests
{
    [Fact]
    public void The_embedded_digits_are_1797_images_with_their_published_class_counts()
    {
        var digits = DigitsReader.Read().Cast<ImageSample>().ToList();
        Assert.Equal(1797, digits.Count);
        // The counts of optdigits.tes in its publisher's description.
        Assert.Equal([178, 182, 177, 183, 181, 182, 181, 179, 174, 180], digits.GroupBy(digit => digit.Label).OrderBy(same => same.Key).Select(same => same.Count()));
        Assert.Equal([0, 0, 5, 13, 9, 1, 0, 0], digits[0].Pixels[..8]);
        Assert.All(digits, digit => Assert.Equal(new ImageShape(8, 8, 1, 17), digit.Shape));
    }
}
