namespace Recollect.Training;

/// <summary>Processes that Open MPI has brought together.</summary>
internal sealed class MpiPeers : Peers
{
    private readonly OpenMpi _mpi;
    private bool _left;

    public MpiPeers(OpenMpi mpi)
    {
        _mpi = mpi;
        mpi.Begin();
        (Rank, Count) = (mpi.Rank, mpi.Size);
    }

    public override int Rank { get; }

    public override int Count { get; }

    /// <summary>Whether this process was started as one of several.</summary>
    /// <param name="variable">The environment: <c>mpirun</c> tells how many they are, a launcher with PMIx which of them this is.</param>
    public static bool Expected(Func<string, string?> variable) => variable("OMPI_COMM_WORLD_SIZE") is { } size ? size != "1" : variable("PMIX_RANK") is not null;

    public override void Sum<T>(Span<T> values) => _mpi.Sum(values);

    public override void Share(Span<byte> bytes, int from = 0) => _mpi.Broadcast(bytes, from);

    public override void Abort(int code) => _mpi.Abort(code);

    public override void Dispose()
    {
        if (_left)
            return;
        _left = true;
        _mpi.End();
        base.Dispose();
    }
}
