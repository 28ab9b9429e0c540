namespace Recollect.Data.Tests;

/// <summary>Asserts that something is refused with a message that says all that a person needs.</summary>
internal static class Refusal
{
    public static void Of<T>(Action action, params string[] parts) where T : RecollectException => Says(Assert.Throws<T>(action).Message, parts);

    public static void Of<T>(Func<IEnumerable<object>> rows, params string[] parts) where T : RecollectException =>
        Says(Assert.Throws<T>(() => rows().Count()).Message, parts);

    public static async Task Of<T>(Func<Task> action, params string[] parts) where T : RecollectException =>
        Says((await Assert.ThrowsAsync<T>(action)).Message, parts);

    private static void Says(string message, string[] parts)
    {
        foreach (var part in parts)
            Assert.Contains(part, message, StringComparison.Ordinal);
    }
}
