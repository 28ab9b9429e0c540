using Recollect.Tests.Networks;
using TorchSharp;

[assembly: AssemblyFixture(typeof(OneThread))]

namespace Recollect.Tests.Networks;

/// <summary>Small shapes are slower on several threads than on one, and test collections already run side by side.</summary>
public sealed class OneThread
{
    public OneThread() => torch.set_num_threads(1);
}
