using System.CommandLine;
using Recollect.Cli.Reporting;
using Recollect.Experiments;
using Recollect.Reports;
using Recollect.Reports.Reading;

namespace Recollect.Cli.Commands;

/// <summary><c>recollect report</c>: run folders become one HTML file, or a page that follows them.</summary>
internal static class ReportCommand
{
    private const string DefaultFile = "report.html", DefaultAddress = "http://127.0.0.1:5000";

    public static Command Create(Terminal terminal)
    {
        var runs = new Argument<string[]>("RUN")
        {
            Description = "Folders of runs, folders that hold such, or what 'recollect reproduce' wrote",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var output = new Option<string?>("--out", "-o") { Description = $"The file to make; an earlier report is replaced (default: {DefaultFile})", HelpName = "FILE" };
        var figures = new Option<string?>("--svg") { Description = "Write every figure as a file of its own into this folder too", HelpName = Inputs.FolderForm };
        var watch = new Option<string?>("--watch") { Description = "Show the report of this folder as a page that follows it, until Ctrl-C", HelpName = Inputs.FolderForm };
        var address = new Option<string?>("--urls") { Description = $"Where --watch serves the page (default: {DefaultAddress})", HelpName = "URL" };
        address.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && Watcher.Address(token.Value) is null)
                result.AddError($"--urls is '{token.Value}'; it must be an address such as {DefaultAddress}: http, a host and a port.");
        });
        var command = new Command("report", "Makes one HTML file of runs: tables, curves, comparisons, what they remember.") { runs, output, figures, watch, address };
        command.Validators.Add(result =>
        {
            bool Given(Option option) => result.GetResult(option) is { Implicit: false };
            var named = result.GetResult(runs) is { Tokens.Count: > 0 };
            if (Given(watch) && (named ? "RUN" : Given(output) ? "--out" : Given(figures) ? "--svg" : null) is { } excluded)
                result.AddError($"--watch serves a page and writes no file; leave {excluded} out");
            else if (!Given(watch) && Given(address))
                result.AddError("--urls is for --watch; name the folder to watch");
            else if (!Given(watch) && !named)
                result.AddError("name a RUN, or a folder to --watch");
        });
        command.SetAction(parsed =>
        {
            if (parsed.GetValue(watch) is { } folder)
                return Watch(folder, Watcher.Address(parsed.GetValue(address) ?? DefaultAddress)!, terminal);
            Write(parsed.GetValue(runs)!, parsed.GetValue(output) ?? DefaultFile, parsed.GetValue(figures), terminal);
            return ExitCode.Done;
        });
        return command;
    }

    private static void Write(string[] runs, string file, string? figures, Terminal terminal)
    {
        var input = ReportInput.Read(runs);
        ReportFiles.TellDamage(input, terminal.Error.WriteLine);
        var report = ReportBuilder.Of(input);
        ReportFiles.Write(report, file, figures);
        terminal.Out.WriteLine($"{file}: {report.Sections.Count} sections, {report.Figures.Count()} figures{(figures is null ? "" : $", each as a file in {figures}")}");
    }

    private static int Watch(string folder, Uri address, Terminal terminal)
    {
        var stop = new StopSignal();
        using var ended = new CancellationTokenSource();
        using var listener = new SignalListener(stop, _ => ended.Cancel());
        Watcher.Serve(folder, address, url =>
        {
            terminal.Out.WriteLine(url);
            terminal.Out.Flush();
            terminal.Error.WriteLine($"The report of '{folder}' is there, and follows it; Ctrl-C ends.");
        }, ended.Token);
        return stop.Reason is { } reason ? throw new StoppedException(reason) : ExitCode.Done;
    }
}
