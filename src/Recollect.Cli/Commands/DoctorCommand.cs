using System.CommandLine;
using Recollect.Cli.Display;
using Recollect.Cli.Doctor;

namespace Recollect.Cli.Commands;

/// <summary><c>recollect doctor</c>: what is wrong with this machine, and the fix.</summary>
internal static class DoctorCommand
{
    public static Command Create(Terminal terminal, Engine engine)
    {
        var (data, json) = (Inputs.Data(), Inputs.Json());
        var deep = new Option<bool>("--deep") { Description = "Also test kernels, saving and loading, the disk's speed and threads, for 20 seconds" };
        var command = new Command("doctor", "Checks libraries, processor, memory, GPU, data and disk, and says how to mend what is wrong.") { data, deep, json };
        command.SetAction(parsed =>
        {
            var facts = MachineFacts.Gather(engine.Torch(), parsed.GetValue(data));
            var findings = Diagnosis.Of(facts);
            if (parsed.GetValue(deep))
                findings = [.. findings, .. DeepDiagnosis.Of(engine.SelfTest(facts.RunsFolder.Path, facts.Torch.Works, new ErrorLines(terminal.Error)))];
            var works = findings.All(finding => finding.Health != Health.Broken);
            if (parsed.GetValue(json))
                Json.Write(terminal.Out, new { CanTrain = works, Findings = findings });
            else
                Show(findings, works, terminal.Out);
            return works ? ExitCode.Done : ExitCode.Failed;
        });
        return command;
    }

    private static void Show(IReadOnlyList<Finding> findings, bool works, TextWriter output)
    {
        var width = findings.Max(finding => finding.Check.Length);
        foreach (var finding in findings)
        {
            var mark = finding.Health switch { Health.Good => "ok     ", Health.Note => "note   ", _ => "BROKEN " };
            output.WriteLine($"{mark} {finding.Check.PadRight(width)}  {finding.Found}");
            if (finding.Fix is { } fix)
                output.WriteLine($"        {"".PadRight(width)}  → {fix}");
        }
        output.WriteLine(works ? "Training can run." : "Training cannot run until what is BROKEN is mended.");
    }
}
