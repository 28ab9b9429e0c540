using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Recollect.Experiments;

/// <summary>Keeps signal handlers away from the threads that compute.</summary>
/// <remarks>
/// The matrix products of libtorch's oneDNN use the stack register for a buffer on the heap. A handler that runs there, even one that only
/// notes that a terminal was resized, overwrites what lies below that buffer: docs/decisions/0006-signals-and-onednn.md.
/// </remarks>
internal static partial class ComputingThread
{
    // The numbers are those of Linux on x64 and arm64.
    private const int Interrupt = 2, Quit = 3, Terminate = 15, Child = 17, Continue = 18, WindowSize = 28;
    private const int Block = 0, Unblock = 1, Put = 2; // SIG_BLOCK, SIG_UNBLOCK, SIG_SETMASK
    private const int SetWords = 1024 / 64; // sigset_t of glibc and of musl

    /// <summary>
    /// Leaves the signals that .NET handles to .NET's own threads: this thread, and those that it starts from now on, no longer take them.
    /// Before libtorch is loaded and anything is computed, on the thread that will.
    /// </summary>
    public static void TakesNoSignals()
    {
        if (!OperatingSystem.IsLinux())
            return; // Windows interrupts no thread, and on arm64 oneDNN has other kernels
        _ = Listening.Value;
        Change(Block);
    }

    // A thread inherits the mask of the one that starts it. .NET starts the thread that acts on signals with the first registration; it
    // must be there, and open to them, before the mask is set.
    // A parent may have handed its own mask on; a program that nothing could stop would be the result.
    private static readonly Lazy<bool> Listening = new(() =>
    {
        Change(Unblock);
        if (!OperatingSystem.IsWindows()) // which knows no SIGCONT
            PosixSignalRegistration.Create(PosixSignal.SIGCONT, static _ => { }).Dispose();
        return true;
    });

    private static void Change(int how)
    {
        Span<ulong> set = stackalloc ulong[SetWords];
        set.Clear();
        foreach (var signal in (ReadOnlySpan<int>)[Interrupt, Quit, Terminate, Child, Continue, WindowSize])
            set[0] |= 1UL << (signal - 1);
        _ = SetMask(how, in MemoryMarshal.GetReference(set), ref Unsafe.NullRef<ulong>()); // fails for an unknown first argument alone
    }

    /// <summary>As <see cref="TakesNoSignals"/>, for as long as a library's caller has lent its thread.</summary>
    /// <exception cref="Exception">What <paramref name="action"/> throws.</exception>
    public static T Lent<T>(Func<T> action)
    {
        if (!OperatingSystem.IsLinux())
            return action();
        Span<ulong> nothing = stackalloc ulong[SetWords], before = stackalloc ulong[SetWords];
        nothing.Clear();
        _ = SetMask(Block, in MemoryMarshal.GetReference(nothing), ref MemoryMarshal.GetReference(before));
        TakesNoSignals();
        try
        {
            return action();
        }
        finally
        {
            _ = SetMask(Put, in MemoryMarshal.GetReference(before), ref Unsafe.NullRef<ulong>());
        }
    }

    /// <inheritdoc cref="Lent{T}(Func{T})"/>
    public static void Lent(Action action) => Lent(() =>
    {
        action();
        return true;
    });

    /// <summary>As <see cref="Lent{T}(Func{T})"/>, for as long as the next of some items takes.</summary>
    public static IEnumerable<T> Lent<T>(IEnumerable<T> items)
    {
        using var each = items.GetEnumerator();
        while (Lent(each.MoveNext))
            yield return each.Current;
    }

    [LibraryImport("libc", EntryPoint = "pthread_sigmask")]
    private static partial int SetMask(int how, in ulong set, ref ulong before);
}
