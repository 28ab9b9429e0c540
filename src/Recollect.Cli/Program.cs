using Recollect.Cli;

OpenMp.LetIdleThreadsSleep();
return CommandLine.Run(args, Terminal.OfThisProcess(), new Engine());
