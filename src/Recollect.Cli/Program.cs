using Recollect.Cli;

return CommandLine.Run(args, Terminal.OfThisProcess(), new Engine());
