namespace Recollect.Reports.Reading;

/// <summary>How far a run is.</summary>
public enum RunState
{
    /// <summary>There is no run in the folder.</summary>
    Missing,

    /// <summary>It failed, as a file beside its folder says.</summary>
    Failed,

    /// <summary>It has no summary: it goes on, or was ended from outside.</summary>
    Unfinished,

    /// <summary>It has a summary, and less was done than the recipe asks for.</summary>
    Stopped,

    /// <summary>All that the recipe asks for is done.</summary>
    Finished,

    /// <summary>One of its files is damaged: beside other runs none of its numbers is shown.</summary>
    Damaged,
}
