using Recollect.Cli;

OpenMp.LetIdleThreadsSleep();
ComputingThread.TakesNoSignals();
return CommandLine.Run(args, Terminal.OfThisProcess(), new Engine());
