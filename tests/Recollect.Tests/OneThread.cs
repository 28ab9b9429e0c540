using System.Runtime.CompilerServices;

namespace Recollect.Tests;

internal static class OneThread
{
    /// <summary>The networks of tests are too small to be shared out, and idle OpenMP threads that spin slow whatever runs beside them.</summary>
    [ModuleInitializer]
    internal static void Set() => TorchSharp.torch.set_num_threads(1);
}
