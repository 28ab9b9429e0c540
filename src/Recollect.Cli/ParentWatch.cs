namespace Recollect.Cli;

/// <summary>A process that another one has started ends with it, as nobody would be left to hear of it.</summary>
internal static class ParentWatch
{
    /// <summary>What the parent writes to ask for a stop that saves first.</summary>
    public const byte Stop = (byte)'s';

    /// <summary>Watches standard input from a thread of its own: where it ends, this process does at once; files are whole or not there.</summary>
    /// <param name="asked">Called when the parent asks for a stop.</param>
    public static void Begin(Action? asked = null)
    {
        var input = Console.OpenStandardInput();
        new Thread(() =>
        {
            while (input.ReadByte() is >= 0 and var word)
            {
                if (word == Stop)
                    asked?.Invoke();
            }
            SignalListener.End(ExitCode.Failed);
        })
        { IsBackground = true, Name = "parent watch" }.Start();
    }
}
