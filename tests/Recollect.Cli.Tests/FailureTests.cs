using System.Runtime.InteropServices;
using Recollect.Cli;

namespace Recollect.Tests.Cli;

public class FailureTests
{
    public static TheoryData<Exception, int, string> Failures => new()
    {
        { new RecipeException("a"), 2, "a" },
        { new DataException("b"), 3, "b" },
        { new RunException("c"), 1, "c" },
        { new AggregateException(new DataException("d")), 3, "d" },
        { new AggregateException(new ArgumentException("g"), new AggregateException(new DataException("h"), new RunException("i"))), 3, "h" },
        { new IOException("No space left on device"), 1, "No space left on device" },
        { new InsufficientMemoryException(), 2, "training.batch" },
        { new NativeException("[enforce fail] DefaultCPUAllocator: not enough memory: you tried to allocate 9 bytes"), 2, "training.accumulate" },
        { new NativeException("[enforce fail at alloc_cpu.cpp:118] err == 0. DefaultCPUAllocator: can't allocate memory: you tried to allocate "
            + "4503599627370496 bytes. Error code 12 (Cannot allocate memory)"), 2, "training.accumulate" },
        { new NativeException("CUDA out of memory. Tried to allocate 2.00 GiB"), 2, "training.batch" },
        { new AggregateException(new ArgumentException("f"), new NativeException("Cannot allocate memory")), 2, "training.batch" },
        { new DllNotFoundException("Unable to load shared library 'LibTorchSharp'"), 1, "libtorch does not load" },
        { new TypeInitializationException("torch", new DllNotFoundException("x")), 1, "recollect doctor" },
        { new StoppedException("SIGTERM"), 143, "stopped by SIGTERM" },
        { new ArgumentException("e"), 1, "a defect of the program: ArgumentException: e" },
    };

    [Theory]
    [MemberData(nameof(Failures))]
    public void Each_kind_of_failure_has_its_exit_code_and_message(Exception error, int code, string message)
    {
        var failure = Failure.Of(error);
        Assert.Equal(code, failure.Code);
        Assert.Contains(message, failure.Message);
    }

    [Fact]
    public void Where_nothing_is_trained_no_key_of_a_training_is_advised()
    {
        foreach (var error in new Exception[] { new InsufficientMemoryException(), new AggregateException(new InsufficientMemoryException()), new AggregateException(new ArgumentException(), new InsufficientMemoryException()) })
        {
            var failure = Failure.Of(error, Failure.LessToRead);
            Assert.Equal(2, failure.Code);
            Assert.Contains("not enough memory. Split long rows", failure.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("training.", failure.Message, StringComparison.Ordinal);
        }
    }

    /// <summary>A label of a file of somebody else's, which would clear the screen and write on from its top.</summary>
    [Fact]
    public void What_a_file_s_words_would_do_to_a_terminal_is_told_and_not_done()
    {
        using var told = new StringWriter { NewLine = "\n" };
        Assert.Equal(3, Failure.Tell(new DataException("a.csv, line 2: the label '\u001b[2J\u001b[H' is unknown;\nexpected a or b."), told, verbose: false));
        Assert.Equal("recollect: a.csv, line 2: the label '\\u001b[2J\\u001b[H' is unknown;\nexpected a or b.\n", told.ToString());
    }

    [Fact]
    public void What_libtorch_throws_here_where_memory_ends_is_known()
    {
        var error = Assert.ThrowsAny<Exception>(() => TorchSharp.torch.empty(1L << 50)); // 4 PiB: more than a process can address
        Assert.Equal(2, Failure.Of(error).Code);
        Assert.Contains("training.batch", Failure.Of(error).Message);
    }

    /// <summary>As TorchSharp throws what libtorch says.</summary>
    private sealed class NativeException(string message) : ExternalException(message);
}
