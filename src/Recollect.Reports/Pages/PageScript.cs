namespace Recollect.Reports.Pages;

/// <summary>A script that whoever serves the page adds to it.</summary>
/// <param name="Text">The script.</param>
/// <param name="MayConnect">Whether it may talk to where the page came from; a page that lies in a file talks to nobody.</param>
public sealed record PageScript(string Text, bool MayConnect);
