namespace Recollect.Data.Tests;

public sealed class SpellingTests
{
    [Theory]
    [InlineData("mnits", "mnist")]
    [InlineData("MNIST", "mnist")]
    [InlineData("fashionmnist", "fashion-mnist")]
    [InlineData("cifar10", "cifar-10")]
    [InlineData("imagenet-21k-winter", null)]
    public void The_nearest_name_is_the_one_that_was_probably_meant(string name, string? expected) =>
        Assert.Equal(expected, Spelling.Nearest(name, DataSources.All) is [var nearest, ..] ? nearest : null);
}
