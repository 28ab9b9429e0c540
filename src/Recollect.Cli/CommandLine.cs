using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using Recollect.Cli.Commands;
using Recollect.Experiments;

namespace Recollect.Cli;

/// <summary>The command <c>recollect</c>: arguments in, an exit code out.</summary>
internal static class CommandLine
{
    /// <summary>The option that shows where an error arose.</summary>
    internal const string Verbose = "--verbose";

    private const string Data = "data";

    /// <summary>Runs one command; every error becomes one message on the error stream and an exit code.</summary>
    public static int Run(string[] arguments, Terminal terminal, Engine engine)
    {
        var root = Root(terminal, engine, arguments);
        // A token that begins with @ is a name like any other, not a file of arguments.
        var parsed = root.Parse(arguments, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (UsageError.Of(parsed) is { } error)
        {
            terminal.Error.WriteLine($"recollect: {error}");
            return ExitCode.Usage;
        }
        try
        {
            return parsed.Invoke(new InvocationConfiguration
            {
                Output = terminal.Out,
                Error = terminal.Error,
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = null, // SignalListener's
            });
        }
        catch (Exception failure)
        {
            return Failure.Tell(failure, terminal.Error, parsed.GetValue<bool>(Verbose), lessMemory: LessMemory(parsed.CommandResult));
        }
    }

    /// <summary>The program's version, such as <c>0.1.0</c>: that of manifests, without the commit.</summary>
    public static string Version { get; } = ProgramVersion.Text.Split('+')[0];

    /// <summary>The command with all that stands below it.</summary>
    internal static Command Root(Terminal terminal, Engine engine, string[] arguments)
    {
        // No RootCommand: help would call it by the assembly's name.
        return new Command("recollect", "Trains small recurrent networks on very long sequences, and uses them afterwards.")
        {
            new Option<bool>("--version") { Description = "Show the version", Action = new VersionAction(terminal) },
            new HelpOption { Recursive = true },
            new Option<bool>(Verbose) { Description = "Show where in the program an error arose", Recursive = true },
            TrainCommand.Create(terminal, engine, arguments),
            EvaluateCommand.Create(terminal, engine),
            PredictCommand.Create(terminal, engine),
            ExportCommand.Create(terminal),
            ImportCommand.Create(terminal),
            new Command(Data, "Lists, gets, checks and packs data sets.")
            {
                DataListCommand.Create(terminal),
                DataGetCommand.Create(terminal, engine),
                DataInfoCommand.Create(terminal),
                DataCheckCommand.Create(terminal),
                DataPackCommand.Create(terminal),
            },
            new Command("recipes", "Lists and shows the recipes that come with the program.")
            {
                RecipesListCommand.Create(terminal),
                RecipesShowCommand.Create(terminal),
            },
            ReproduceCommand.Create(terminal, engine),
            SweepCommand.Create(terminal, engine),
            ReportCommand.Create(terminal),
            ServeCommand.Create(terminal),
            BenchCommand.Create(terminal, engine),
            DoctorCommand.Create(terminal, engine),
        };
    }

    private static string LessMemory(CommandResult command) => command.Command.Name switch
    {
        "train" or "reproduce" or "sweep" => Failure.LessToTrain,
        "predict" => Failure.LessToLabel,
        "evaluate" => Failure.LessToEvaluate,
        "import" => Failure.LessToRead,
        _ => command.Parent is CommandResult { Command.Name: Data } ? Failure.LessToRead : Failure.LessBeside,
    };

    private sealed class VersionAction(Terminal terminal) : SynchronousCommandLineAction
    {
        public override int Invoke(ParseResult parseResult)
        {
            terminal.Out.WriteLine($"recollect {Version}");
            return ExitCode.Done;
        }
    }
}
