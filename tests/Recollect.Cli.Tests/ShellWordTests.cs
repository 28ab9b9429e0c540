using Recollect.Cli;

namespace Recollect.Tests.Cli;

public sealed class ShellWordTests
{
    [Theory]
    [InlineData("runs/digits-1", "runs/digits-1")]
    [InlineData("two words", "'two words'")]
    [InlineData("it's", @"'it'\''s'")]
    [InlineData("", "''")]
    public void A_word_is_shown_as_a_shell_takes_it(string word, string shown) => Assert.Equal(shown, ShellWord.Quoted(word));

    [Fact]
    public void A_backslash_is_a_plain_character_on_Windows_alone() => Assert.Equal(OperatingSystem.IsWindows() ? @"a\b" : @"'a\b'", ShellWord.Quoted(@"a\b"));
}
