using System.Reflection;

namespace Recollect.Experiments;

/// <summary>The version of this program and of what computes in it, for manifests and messages.</summary>
public static class ProgramVersion
{
    /// <summary>Recollect's version, with the commit it was built from where the build knew it.</summary>
    public static string Text { get; } = Of(typeof(ProgramVersion).Assembly);

    /// <summary>The libraries that compute, by name, as they are loaded in this process.</summary>
    public static IReadOnlyDictionary<string, string> Libraries() => new Dictionary<string, string>
    {
        ["TorchSharp"] = Of(typeof(TorchSharp.torch).Assembly),
        ["libtorch"] = LoadedTorch.Version,
    };

    private static string Of(Assembly assembly) =>
        assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? assembly.GetName().Version!.ToString();
}
