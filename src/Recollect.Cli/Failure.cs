using System.Runtime.InteropServices;
using Recollect.Cli.Display;
using Recollect.Cli.Doctor;
using Recollect.Experiments;

namespace Recollect.Cli;

/// <summary>What the command line says of an exception, and the exit code that goes with it.</summary>
/// <param name="Message">One message for the person who typed the command.</param>
/// <param name="Code">The exit code.</param>
internal sealed record Failure(string Message, int Code)
{
    /// <summary>What needs less memory: to train, to label rows of a file, to read data, all else, and to evaluate.</summary>
    public const string LessToTrain = "Lower 'training.batch', raise 'training.accumulate', or shorten 'bptt' and the auxiliary losses' 'length', "
        + "such as --set training.accumulate=4; or make the network smaller: 'model.hidden', 'model.embedding', 'model.layers', 'headUnits'.",
        LessToLabel = "Split long rows, or give fewer of them at a time; of a GPU's memory: --device cpu.",
        LessToRead = "Split long rows, take fewer of them, or read a part of the file; 'recollect data pack' holds no rows in memory.",
        LessBeside = "End what else takes memory, or use a machine that has more.",
        LessToEvaluate = $"{LessBeside} Of a GPU's memory: --device cpu.";

    /// <summary>What is said of an exception.</summary>
    /// <param name="error">What happened.</param>
    /// <param name="lessMemory">What needs less memory, for where there is not enough.</param>
    public static Failure Of(Exception error, string lessMemory = LessToTrain) => error switch
    {
        RecollectException known => new(known.Message, known.ExitCode),
        AggregateException { InnerExceptions: [var only] } => Of(only, lessMemory),
        AggregateException several when several.Flatten().InnerExceptions.Any(IsOutOfMemory) => OutOfMemory(lessMemory),
        AggregateException several when several.Flatten().InnerExceptions.OfType<RecollectException>().FirstOrDefault() is { } known => Of(known),
        StoppedException stopped => new(stopped.Message, stopped.Code),
        _ when IsOutOfMemory(error) => OutOfMemory(lessMemory),
        _ when IsNativeLoad(error) => new(
            $"{NativeFailure.Explain(string.Join('\n', TorchProbe.Reasons(error)), Platform.OfThisMachine())} 'recollect doctor' tells more.", ExitCode.Failed),
        IOException or UnauthorizedAccessException => new(error.Message, ExitCode.Failed),
        _ => new($"a defect of the program: {error.GetType().Name}: {error.Message.Split('\n')[0]} "
            + "Run it again with --verbose and report what it prints.", ExitCode.Failed),
    };

    /// <summary>Tells the person who typed the command.</summary>
    /// <param name="error">What happened.</param>
    /// <param name="output">The error stream.</param>
    /// <param name="verbose">Whether to show where it arose.</param>
    /// <param name="who">Who speaks.</param>
    /// <param name="lessMemory">As for <see cref="Of"/>.</param>
    /// <returns>The exit code.</returns>
    public static int Tell(Exception error, TextWriter output, bool verbose, string who = "recollect", string lessMemory = LessToTrain)
    {
        var (message, code) = Of(error, lessMemory);
        output.WriteLine(string.Join('\n', $"{who}: {message}".Split('\n').Select(Printable.Of))); // names and labels of files are in it
        if (verbose)
            output.WriteLine(error);
        return code;
    }

    private static Failure OutOfMemory(string lessMemory) => new($"there is not enough memory. {lessMemory}", ExitCode.Usage);

    // libtorch's own words: of its CUDA allocator, and of its CPU allocator on Windows, on POSIX, and as the C library says it.
    private static readonly string[] NoMemory = ["out of memory", "not enough memory", "can't allocate memory", "cannot allocate memory"];

    private static bool IsOutOfMemory(Exception error) => error is OutOfMemoryException
        || (error is ExternalException && NoMemory.Any(words => error.Message.Contains(words, StringComparison.OrdinalIgnoreCase)));

    private static bool IsNativeLoad(Exception error) => error switch
    {
        DllNotFoundException or BadImageFormatException or EntryPointNotFoundException => true,
        TypeInitializationException { InnerException: { } inner } => IsNativeLoad(inner),
        NotSupportedException => error.Message.Contains("libtorch", StringComparison.OrdinalIgnoreCase), // TorchSharp's own words for it
        _ => false,
    };
}
