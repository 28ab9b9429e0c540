using System.Runtime.CompilerServices;
using Recollect.Kernels;

namespace Recollect.Core.Tests.Kernels;

/// <summary>In these tests works take all threads of a team, however small they are: what threads could break would stay unseen.</summary>
internal static class AllThreads
{
    [ModuleInitializer]
    internal static void TakePart() => Team.LeastProducts = 0;
}
