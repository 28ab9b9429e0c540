using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Recollect.Networks;

/// <summary>Parameters by name, for what libtorch has no module for.</summary>
internal sealed class NamedWeights : nn.Module
{
    private NamedWeights(IEnumerable<(string Name, long[] Shape)> shapes) : base("weights")
    {
        foreach (var (name, shape) in shapes)
            register_parameter(name, new Parameter(zeros(shape)));
    }

    /// <summary>Parameters of zeros.</summary>
    /// <param name="shapes">The name and shape of each.</param>
    public static NamedWeights Of(IEnumerable<(string Name, long[] Shape)> shapes) => new(shapes);

    /// <summary>The parameter called <paramref name="name"/>, wherever the module has been moved.</summary>
    public Parameter this[string name] => get_parameter(name)!;
}
