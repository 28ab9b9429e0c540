using Recollect.Reports.Reading;

namespace Recollect.Reports.Sections;

/// <summary>The numbers of the colours, dashes and markers of an exhibit's series and levels: what is called the same in several exhibits of a target looks the same.</summary>
internal sealed class SeriesStyles
{
    private const int Apart = 6; // numbers before a marker comes again, or, one later, a colour

    private readonly Dictionary<string, int> _numbers = [];

    /// <summary>The number of the series, or level, of that name.</summary>
    public int this[string name] => _numbers[name];

    /// <summary>Those of each exhibit.</summary>
    /// <remarks>Two names of one exhibit never have one number, even if each has it in an exhibit before.</remarks>
    public static IEnumerable<SeriesStyles> Of(IEnumerable<Exhibit> exhibits)
    {
        var known = new Dictionary<string, int>();
        foreach (var exhibit in exhibits)
        {
            var own = new SeriesStyles();
            List<string> names = [.. NamesOf(exhibit).Distinct()];
            foreach (var name in names.Where(known.ContainsKey))
            {
                if (!own._numbers.ContainsValue(known[name]))
                    own._numbers.Add(name, known[name]);
            }
            foreach (var name in names.Where(name => !own._numbers.ContainsKey(name)))
            {
                own._numbers.Add(name, own.Free(known));
                known.TryAdd(name, own[name]);
            }
            yield return own;
        }
    }

    // One that nothing else in the target has, while there are such.
    private int Free(Dictionary<string, int> known)
    {
        var free = Enumerable.Range(0, _numbers.Count + Apart).Except(_numbers.Values).ToList();
        return free.Where(number => number < Apart).Except(known.Values).Append(free[0]).First();
    }

    private static IEnumerable<string> NamesOf(Exhibit exhibit) => exhibit switch
    {
        CurveExhibit curve => curve.Series.Select(series => series.Name).Concat((curve.References ?? []).Select(reference => reference.Name)),
        LearningExhibit learning => learning.Series.Select(series => series.Name),
        CostExhibit cost => cost.Series.Select(series => series.Name),
        _ => [],
    };
}
