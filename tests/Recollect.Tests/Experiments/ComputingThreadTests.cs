using System.Collections;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Recollect.Experiments;
using Recollect.Imports;
using Recollect.Runs;

namespace Recollect.Tests.Experiments;

/// <summary>A program lends its own thread to what computes: no signal may interrupt it there (decision 0006).</summary>
public sealed class ComputingThreadTests : IDisposable
{
    private const ulong Interrupt = 1UL << (2 - 1), Terminate = 1UL << (15 - 1), Alarm = 1UL << (14 - 1); // Linux's numbers
    private readonly string _folder = Directory.CreateTempSubdirectory("recollect-lent-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_thread_that_is_lent_takes_no_signals_and_comes_back_as_it_was()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Threads' signals are read from /proc.");
        OnItsOwn(() =>
        {
            var before = Blocked();
            Assert.Equal(0UL, before & (Interrupt | Terminate));
            Assert.Equal(Interrupt | Terminate, ComputingThread.Lent(Blocked) & (Interrupt | Terminate | Alarm));
            Assert.Equal(before, Blocked());
            Assert.Throws<RunException>(() => ComputingThread.Lent(() => throw new RunException("it failed")));
            Assert.Equal(before, Blocked());
        });
    }

    [Fact]
    public void So_it_is_with_a_training_and_with_what_is_predicted()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Threads' signals are read from /proc.");
        OnItsOwn(() =>
        {
            var (before, news, run, workplace) = (Blocked(), new Heard(), Path.Combine(_folder, "run"), new Workplace(_folder, DeviceChoice.Cpu, 1));
            Experiment.Train(
                new TrainRequest
                {
                    Recipe = RecipeBook.Open("digits", ["data.limit=40", "data.testLimit=10", "training.batch=8", "training.pretrainEpochs=0", "training.epochs=1"]),
                    Folder = run,
                    Workplace = workplace,
                    MaxSteps = 1,
                },
                news, new StopSignal());
            Assert.NotEmpty(news.Blocked);
            Assert.All(news.Blocked, blocked => Assert.Equal(Interrupt | Terminate, blocked & (Interrupt | Terminate)));
            Assert.Equal(before, Blocked());
            var whilePredicting = 0UL;
            var rows = Experiment.Predict(new PredictRequest(
                run, "-", () =>
                {
                    whilePredicting = Blocked();
                    return new MemoryStream(Encoding.ASCII.GetBytes(string.Join(',', Enumerable.Repeat(0, 64))));
                },
                workplace));
            foreach (var _ in rows)
                Assert.Equal(before, Blocked());
            Assert.Equal(Interrupt | Terminate, whilePredicting & (Interrupt | Terminate));
        });
    }

    [Fact]
    public void So_it_is_with_what_is_imported()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Threads' signals are read from /proc.");
        OnItsOwn(() =>
        {
            var (before, classes) = (Blocked(), new Asked());
            var file = Path.Combine(_folder, "torch.safetensors");
            Safetensors.Write(file, new Dictionary<string, string>(), [StoredTensor.Of("lstm.weight_ih_l0", [1], [0.5f])]);
            Assert.Throws<DataException>(() => PyTorchImport.Read(new ImportRequest
            {
                File = file,
                Recipe = RecipeBook.Open("digits", []),
                Classes = classes,
                Workplace = new Workplace(_folder, DeviceChoice.Cpu, 1),
            }));
            Assert.Equal(Interrupt | Terminate, classes.Blocked & (Interrupt | Terminate));
            Assert.Equal(before, Blocked());
        });
    }

    [Fact]
    public void Between_two_items_a_thread_is_its_owners()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Threads' signals are read from /proc.");
        OnItsOwn(() =>
        {
            var before = Blocked();
            foreach (var blocked in ComputingThread.Lent(Enumerable.Range(0, 3).Select(_ => Blocked())))
            {
                Assert.Equal(Interrupt | Terminate, blocked & (Interrupt | Terminate));
                Assert.Equal(before, Blocked());
            }
        });
    }

    // A new thread has the mask of the one that starts it, and that may be one of the pool's, started while a test computed.
    private static void OnItsOwn(Action test)
    {
        Exception? failure = null;
        var thread = new Thread(() => failure = Record.Exception(() =>
        {
            var signals = new ulong[16];
            signals[0] = Interrupt | Terminate;
            Assert.Equal(0, SetMask(1, signals, null)); // SIG_UNBLOCK
            test();
        }));
        thread.Start();
        thread.Join();
        Assert.Null(failure);
    }

    private static ulong Blocked() => ulong.Parse(
        File.ReadLines("/proc/thread-self/status").First(line => line.StartsWith("SigBlk:", StringComparison.Ordinal))[7..].Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    [DllImport("libc", EntryPoint = "pthread_sigmask"), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SetMask(int how, ulong[] set, ulong[]? before);

    private sealed class Heard : IProgress<TrainNews>
    {
        public List<ulong> Blocked { get; } = [];

        public void Report(TrainNews value) => Blocked.Add(ComputingThreadTests.Blocked());
    }

    // None are named; whoever asks how many there are is heard.
    private sealed class Asked : IReadOnlyList<string>
    {
        public ulong Blocked { get; private set; }

        public int Count
        {
            get
            {
                Blocked = ComputingThreadTests.Blocked();
                return 0;
            }
        }

        public string this[int index] => throw new ArgumentOutOfRangeException(nameof(index));

        public IEnumerator<string> GetEnumerator() => Enumerable.Empty<string>().GetEnumerator();

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
