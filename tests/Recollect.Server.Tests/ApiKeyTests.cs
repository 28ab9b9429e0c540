using Recollect.Server;

namespace Recollect.Tests.Server;

public sealed class ApiKeyTests
{
    [Fact]
    public void A_key_knows_itself_and_nothing_like_it()
    {
        const string Text = "0123456789abcdef0123456789abcdef";
        var key = new ApiKey(Text, "test");
        Assert.True(key.Is(Text));
        Assert.All(["", Text[..^1], Text + "0", Text.ToUpperInvariant(), "0" + Text[1..^1] + "e"], other => Assert.False(key.Is(other)));
    }

    [Theory]
    [InlineData("short", "5 characters", "at least 16")]
    [InlineData("0123456789 abcdef", "a space")]
    [InlineData("0123456789äbcdefg", "not ASCII")]
    public void A_key_that_cannot_serve_is_refused_without_being_repeated(string text, params string[] words)
    {
        var refused = Assert.Throws<RecipeException>(() => new ApiKey(text, "'file'"));
        Assert.All(words.Append("'file'"), word => Assert.Contains(word, refused.Message));
        Assert.DoesNotContain(text, refused.Message);
    }
}
