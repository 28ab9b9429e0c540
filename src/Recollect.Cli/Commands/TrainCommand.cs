using System.CommandLine;
using Recollect.Cli.Display;
using Recollect.Cli.Observing;
using Recollect.Experiments;
using Recollect.Runs;
using Recollect.Training;

namespace Recollect.Cli.Commands;

/// <summary><c>recollect train</c>: a recipe becomes a run directory.</summary>
internal static class TrainCommand
{
    /// <summary>The hidden option of a training that another command has started.</summary>
    internal const string FollowParent = "--follow-parent";

    /// <summary>The hidden option that says how many such trainings run at a time.</summary>
    internal const string Sharing = "--sharing";

    public static Command Create(Terminal terminal, Engine engine, string[] typed)
    {
        var recipe = new Argument<string?>("RECIPE")
        {
            HelpName = "RECIPE",
            Description = $"A shipped recipe's name or a file (default: {RecipeBook.Default})",
            Arity = ArgumentArity.ZeroOrOne,
        };
        recipe.CompletionSources.Add([.. RecipeBook.Names]);
        var output = new Option<string?>("--out") { Description = "Folder of the run (default: runs/<recipe>-<seed>)", HelpName = Inputs.FolderForm };
        var edits = new Option<string[]>("--set")
        {
            Description = "Change a key of the recipe; may be repeated",
            HelpName = "key.path=value",
            DefaultValueFactory = _ => [],
        };
        var seed = Inputs.Number("--seed", "Seed of every random draw (default: the recipe's)");
        var maxSteps = Inputs.Number("--max-steps", "End the run after so many updates in all, those of earlier sittings included; it can be resumed", least: 1);
        var maxTime = Inputs.Time("--max-time", "End the run after so much time in this sitting; it can be resumed");
        var resume = new Option<string?>("--resume")
        {
            Description = $"Go on with the run in this folder; only {RecipeBook.Extendable} may change",
            HelpName = Inputs.FolderForm,
        };
        var follow = new Option<bool>(FollowParent) { Description = "End with the process that holds standard input", Hidden = true };
        var sharing = Inputs.Number(Sharing, "How many trainings share the machine's memory, this one included", least: 1, most: int.MaxValue);
        sharing.Hidden = true;
        var (data, device, threads, json) = (Inputs.Data(), Inputs.Device(), Inputs.Threads(), Inputs.Json());
        var observe = new ObserveOptions();
        var command = new Command("train", "Trains a network from a recipe and saves it as a run.")
        {
            recipe, output, data, edits, seed, device, threads, maxSteps, maxTime, resume, json, follow, sharing,
        };
        observe.AddTo(command);
        command.Validators.Add(result =>
        {
            // Not by their values, which may be missing or wrong.
            bool Given(Option option) => result.GetResult(option) is { Implicit: false };
            if (!Given(resume))
                return;
            var excluded = result.GetResult(recipe) is { Tokens.Count: > 0 } ? "RECIPE" : Given(output) ? "--out" : Given(seed) ? "--seed" : null;
            if (excluded is not null)
                result.AddError($"--resume goes on with a run's own recipe, folder and seed; leave {excluded} out");
        });
        command.SetAction(parsed =>
        {
            var own = parsed.GetValue(follow); // a training that another command has started is one process
            var peers = own ? Peers.Alone : engine.Peers();
            return PeerCommand.Run(peers, terminal.Error, parsed.GetValue<bool>(CommandLine.Verbose), () =>
            {
                var request = OfFirst(peers, () => parsed.GetValue(resume) is { } earlier
                    ? Resumed(earlier, parsed.GetValue(edits)!)
                    : Started(parsed.GetValue(recipe), parsed.GetValue(output), parsed.GetValue(edits)!, parsed.GetValue(seed)));
                return Run(request with
                {
                    Workplace = Inputs.Workplace(parsed, data, device, threads) with { Sharing = (int)(parsed.GetValue(sharing) ?? 1) },
                    MaxSteps = parsed.GetValue(maxSteps),
                    MaxTime = parsed.GetValue(maxTime),
                    Command = ["recollect", .. typed],
                }, parsed.GetValue(json), own, (run, write) => observe.Begin(parsed, run, write), terminal, engine);
            });
        });
        return command;
    }

    /// <summary>The request of the first process, in each: the others need no recipe file and no run directory of their own.</summary>
    private static TrainRequest OfFirst(Peers peers, Func<TrainRequest> read)
    {
        if (!peers.IsFirst)
            return new TrainRequest { Recipe = RecipeReader.Read(peers.ShareText(null), "the recipe of rank 0"), Folder = "", Peers = peers };
        var request = read() with { Peers = peers };
        peers.ShareText(RecipeJson.Write(request.Recipe));
        return request;
    }

    private static TrainRequest Started(string? name, string? output, string[] edits, long? seed)
    {
        var recipe = RecipeBook.Open(name ?? RecipeBook.Default, edits);
        if (seed is not null)
            recipe = recipe with { Seed = seed.Value };
        return new TrainRequest { Recipe = recipe, Folder = output ?? Path.Combine("runs", $"{recipe.Name}-{recipe.Seed}") };
    }

    private static TrainRequest Resumed(string folder, string[] edits) =>
        new() { Recipe = RecipeBook.Resume(RunDirectory.Open(folder), edits), Folder = folder, Resume = true };

    private static int Run(
        TrainRequest request, bool json, bool follow, Func<string, Action<string>, Observer> observe, Terminal terminal, Engine engine)
    {
        var stop = new StopSignal();
        if (!request.Peers.IsFirst)
        {
            using (new SignalListener(stop, _ => { }))
            {
                engine.Follow(request, stop);
                request.Peers.Dispose(); // waits for the first, which a signal must not end on this one's account
            }
            return ExitCode.Done; // how the training ended is for the first to say
        }
        using var display = TrainDisplay.For(terminal);
        using var observer = observe(request.Folder, line => display.Report(new NoteNews(line)));
        if (follow)
            ParentWatch.Begin(() => stop.Raise(SignalListener.Terminate));
        Summary summary;
        using (new SignalListener(stop, text => display.Report(new NoteNews(text + AmongOthers(request)))))
            summary = StoppedException.Unless(stop, () => display.During(() => engine.Train(request with { Log = observer.Log }, display, stop)));
        if (json)
            Json.Write(terminal.Out, summary);
        else
            Show(request, summary, terminal.Out);
        return ExitCode.Of(summary.StoppedBy);
    }

    // mpirun sends SIGTERM to all where one has ended, and shortly afterwards SIGKILL.
    private static string AmongOthers(TrainRequest request) => request.Peers.Count == 1
        ? ""
        : $" If another process of this training has ended, so does this one: its newest checkpoint is whole, and 'recollect train --resume {ShellWord.Quoted(request.Folder)}' goes on from there.";

    private static void Show(TrainRequest request, Summary summary, TextWriter output)
    {
        output.WriteLine($"run         {request.Folder}");
        if (summary.Test is { } test)
            output.WriteLine($"test        {ProgressText.Percent(test.Accuracy)} of {test.Examples:N0} (loss {test.Loss:0.0000})");
        if (summary.Validation is { } validation)
            output.WriteLine($"validation  {ProgressText.Percent(validation.Accuracy)} of {validation.Examples:N0} (loss {validation.Loss:0.0000})");
        output.WriteLine($"network     {summary.Parameters:N0} parameters{(summary.AuxiliaryParameters > 0 ? $", and {summary.AuxiliaryParameters:N0} of decoders, which prediction does not need" : "")}");
        output.WriteLine($"updates     {summary.Updates:N0} in {Duration.Show(TimeSpan.FromSeconds(summary.TrainSeconds))}");
        if (summary.Epochs == 0 && (summary.PretrainEpochs > 0 || request.Recipe.Training.PretrainEpochs > 0 || request.Recipe.Training.Epochs == 0))
            output.WriteLine("note        no epoch of labels is done: what the network says of them is chance, or near it");
        if (summary.StoppedBy is { } reason)
            output.WriteLine($"stopped by  {reason}; go on with: recollect train --resume {ShellWord.Quoted(request.Folder)}{Again(request.Workplace)}");
    }

    /// <summary>The options that say where and how fast, as far as they were given: no run remembers them.</summary>
    private static string Again(Workplace workplace) => string.Concat(
        workplace.DataFolder is { } data ? $" --data {ShellWord.Quoted(data)}" : "",
        workplace.Device == DeviceChoice.Auto ? "" : $" --device {workplace.Device.ToString().ToLowerInvariant()}",
        workplace.Threads is { } threads ? $" --threads {threads}" : "");
}
