using System.Numerics;
using System.Runtime.InteropServices;
using System.Text;

namespace Recollect.Training;

/// <summary>The functions of Open MPI's library that a training needs; it is looked for in a process that <c>mpirun</c> has started, and in no other.</summary>
/// <remarks>
/// Open MPI's handles are addresses of variables of its library (<c>OMPI_PREDEFINED_GLOBAL</c> in its mpi.h), and its version 5 has the names and the numbers of
/// version 4. Other libraries of MPI have neither.
/// </remarks>
internal sealed unsafe partial class OpenMpi
{
    private const int Success = 0, Serialized = 2, LongestError = 256; // MPI_SUCCESS, MPI_THREAD_SERIALIZED, MPI_MAX_ERROR_STRING
    private const int Now = 2, AlreadyThere = 4, Global = 0x100; // RTLD_NOW, RTLD_NOLOAD, RTLD_GLOBAL of Linux

    /// <summary>What the library is called, by its interface's version and, where a system's developers have it, without.</summary>
    internal static IReadOnlyList<string> Names { get; } = OperatingSystem.IsMacOS() ? ["libmpi.40.dylib", "libmpi.dylib"] : ["libmpi.so.40", "libmpi.so"];

    private readonly nint _library;
    private readonly string _name;
    private readonly nint _world;

    private OpenMpi(nint library, string name)
    {
        (_library, _name) = (library, name);
        _world = Find("ompi_mpi_comm_world");
    }

    /// <summary>The number of this process, from 0.</summary>
    public int Rank => NumberBy("MPI_Comm_rank");

    /// <summary>How many processes there are.</summary>
    public int Size => NumberBy("MPI_Comm_size");

    /// <summary>Loads the first of these libraries that is there.</summary>
    /// <exception cref="RunException">None is, or it is not Open MPI's.</exception>
    public static OpenMpi Load(IReadOnlyList<string> names)
    {
        var reason = "";
        foreach (var name in names)
        {
            try
            {
                var library = NativeLibrary.Load(name);
                // Open MPI's plugins look for its functions among those of the whole program, and .NET loads a library for itself alone (open-mpi/ompi issue 3705).
                if (OperatingSystem.IsLinux())
                    _ = Reopen(name, Now | AlreadyThere | Global);
                return new OpenMpi(library, name);
            }
            catch (Exception cause) when (cause is DllNotFoundException or BadImageFormatException)
            {
                reason = cause.Message.TrimEnd().Split('\n')[^1].Trim();
            }
        }
        throw new RunException($"This process was started by mpirun, and Open MPI's library does not load; looked for {string.Join(" and ", names)} ({reason}). "
            + "Install it (Debian and Ubuntu: apt install openmpi-bin), name its folder in LD_LIBRARY_PATH, or start the training without mpirun.");
    }

    /// <summary>Meets the others.</summary>
    public void Begin()
    {
        int provided;
        var begin = (delegate* unmanaged[Cdecl]<void*, void*, int, int*, int>)Find("MPI_Init_thread");
        Check(begin(null, null, Serialized, &provided), "MPI_Init_thread"); // one thread calls at a time, whichever it is
        var handle = (delegate* unmanaged[Cdecl]<nint, nint, int>)Find("MPI_Comm_set_errhandler");
        Check(handle(_world, Find("ompi_mpi_errors_return")), "MPI_Comm_set_errhandler"); // failures are told in words of our own
    }

    /// <summary>Puts in the place of each number its sum over the processes.</summary>
    public void Sum<T>(Span<T> values)
        where T : unmanaged, INumberBase<T>
    {
        var type = typeof(T) == typeof(float) ? "ompi_mpi_float" : typeof(T) == typeof(double) ? "ompi_mpi_double" : throw new NotSupportedException($"{typeof(T)}");
        var inPlace = (void*)1; // MPI_IN_PLACE
        var reduce = (delegate* unmanaged[Cdecl]<void*, void*, int, nint, nint, nint, int>)Find("MPI_Allreduce");
        fixed (T* numbers = values)
            Check(reduce(inPlace, numbers, values.Length, Find(type), Find("ompi_mpi_op_sum"), _world), "MPI_Allreduce");
    }

    /// <summary>Puts in the place of these bytes those of the process <paramref name="from"/>.</summary>
    public void Broadcast(Span<byte> bytes, int from)
    {
        var broadcast = (delegate* unmanaged[Cdecl]<void*, int, nint, int, nint, int>)Find("MPI_Bcast");
        fixed (byte* first = bytes)
            Check(broadcast(first, bytes.Length, Find("ompi_mpi_byte"), from, _world), "MPI_Bcast");
    }

    /// <summary>Ends all processes.</summary>
    public void Abort(int code) => _ = ((delegate* unmanaged[Cdecl]<nint, int, int>)Find("MPI_Abort"))(_world, code);

    /// <summary>Leaves the others, once each of them does.</summary>
    public void End() => Check(((delegate* unmanaged[Cdecl]<int>)Find("MPI_Finalize"))(), "MPI_Finalize");

    private int NumberBy(string function)
    {
        int number;
        Check(((delegate* unmanaged[Cdecl]<nint, int*, int>)Find(function))(_world, &number), function);
        return number;
    }

    private nint Find(string symbol) => NativeLibrary.TryGetExport(_library, symbol, out var address)
        ? address
        : throw new RunException($"'{_name}' is not Open MPI's library, or is of another version than 4 or 5: it has no '{symbol}'. "
            + "Recollect trains with Open MPI; name the folder of its library in LD_LIBRARY_PATH, and start with its mpirun.");

    private void Check(int code, string function)
    {
        if (code == Success)
            return;
        var text = stackalloc byte[LongestError];
        int length;
        var explain = (delegate* unmanaged[Cdecl]<int, byte*, int*, int>)Find("MPI_Error_string");
        var cause = explain(code, text, &length) == Success ? Encoding.UTF8.GetString(text, length) : $"error {code}";
        throw new RunException($"{function} failed: {cause}. Another process of this training may have ended, or the network between them. "
            + "The newest checkpoint is whole: go on with it by 'recollect train --resume'.");
    }

    [LibraryImport("libc", EntryPoint = "dlopen", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint Reopen(string name, int flags);
}
