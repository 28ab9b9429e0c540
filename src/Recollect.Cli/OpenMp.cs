using System.Runtime.InteropServices;

namespace Recollect.Cli;

/// <summary>How libtorch's OpenMP threads wait for work.</summary>
/// <remarks>
/// They spin by default. A recurrent network gives them work in pieces of microseconds, so that two spinning pools on the same cores
/// (another run, a test, a browser) slow each other down tenfold and more. Sleeping threads cost an idle machine little.
/// </remarks>
internal static partial class OpenMp
{
    private const string Policy = "OMP_WAIT_POLICY";

    /// <summary>Lets idle threads sleep, unless the caller's environment says otherwise; before libtorch is loaded, or it has no effect.</summary>
    public static void LetIdleThreadsSleep()
    {
        // .NET keeps its own copy of the environment on Unix; OpenMP reads the C library's.
        if (OperatingSystem.IsLinux() && Environment.GetEnvironmentVariable(Policy) is null)
            _ = SetEnvironment(Policy, "PASSIVE", overwrite: 0);
    }

    /// <summary>How they wait in this process.</summary>
    public static string WaitPolicy => Environment.GetEnvironmentVariable(Policy) ?? (OperatingSystem.IsLinux() ? "PASSIVE" : "default");

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetEnvironment(string name, string value, int overwrite);
}
