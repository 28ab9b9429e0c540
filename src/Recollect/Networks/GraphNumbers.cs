namespace Recollect.Networks;

/// <summary>The numbers that libtorch holds of one step of one row: in a graph until it is done, and beyond that while one call goes forwards or back.</summary>
/// <param name="Kept">In the graph.</param>
/// <param name="Passing">Only during a call.</param>
internal readonly record struct GraphNumbers(long Kept, long Passing);
