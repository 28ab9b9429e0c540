using Recollect.Cli;
using Recollect.Experiments;

OpenMp.LetIdleThreadsSleep();
Allocator.KeepFreedMemory();
ComputingThread.TakesNoSignals();
var terminal = Terminal.OfThisProcess();
Console.SetOut(Console.Error); // what a library says there is no result: TorchSharp tells how it looked for libtorch
return CommandLine.Run(args, terminal, new Engine());
