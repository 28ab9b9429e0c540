using Recollect.Data;

namespace Recollect.Experiments;

/// <summary>What a recipe may say about a data source before any of its files is opened.</summary>
/// <param name="Name">The value of <c>data.source</c>.</param>
/// <param name="Side">Images: rows, and columns, of a pixel grid; 0 where the source is not images.</param>
/// <param name="Levels">Images: grey levels of a component.</param>
/// <param name="Tokens">Images: whether tokens are the default encoding.</param>
internal sealed record KnownSource(string Name, int Side = 0, int Levels = 0, bool Tokens = true)
{
    /// <summary>Every source, in the order in which messages list them.</summary>
    public static IReadOnlyList<KnownSource> All { get; } =
    [
        new(DataSources.Digits, 8, 17), // UCI Optical Recognition of Handwritten Digits: 0…16
        new(DataSources.Mnist, 28, 256),
        new(DataSources.FashionMnist, 28, 256),
        new(DataSources.Cifar10, 32, 256, Tokens: false),
        new(DataSources.Csv),
        new(DataSources.JsonLines),
    ];

    /// <summary>Whether rows are images of a fixed size.</summary>
    public bool IsImages => Side > 0;

    /// <summary>Whole factors that divide both sides.</summary>
    public IEnumerable<int> Downscales => Enumerable.Range(1, Side).Where(factor => Side % factor == 0);

    /// <summary>The source called <paramref name="name"/>, or null.</summary>
    public static KnownSource? Of(string name) => All.FirstOrDefault(source => source.Name == name);
}
