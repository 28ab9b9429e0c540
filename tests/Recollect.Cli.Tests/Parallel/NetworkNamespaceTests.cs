using Recollect.Runs;

namespace Recollect.Tests.Cli.Parallel;

/// <summary>Processes with network addresses of their own, so that what they tell each other crosses a network: two namespaces, joined by a bridge.</summary>
[Trait("Tier", "mpi")]
public sealed class NetworkNamespaceTests : IDisposable
{
    private const int Updates = 12;
    private readonly SmallRuns _runs = new();
    private readonly string _tag = $"rc{Environment.ProcessId}"; // an interface's name has 15 letters at most
    private readonly string _net = $"10.{200 + Environment.ProcessId % 50}.{Environment.ProcessId / 50 % 250}";

    public NetworkNamespaceTests()
    {
        MpiRun.SkipWhereMissing();
        Assert.SkipUnless(Environment.UserName == "root", "Only root makes network namespaces.");
    }

    public void Dispose() => _runs.Dispose();

    [Fact]
    public void Two_machines_of_a_network_train_as_one_process_does()
    {
        string[] edits = ["model.hidden=64", "training.epochs=4", "training.testEvery=1"];
        var (alone, run) = (_runs.Train("alone", edits), _runs.In("run"));
        var words = string.Join(' ', SmallRuns.Digits(run, edits).Select(word => $"'{word}'"));
        var agent = _runs.Write("agent", $$"""
            #!/bin/sh
            # As ssh: a host, and the words of a command that a shell reads there. Each machine has its own name as well.
            host=${1##*.}; shift
            exec ip netns exec {{_tag}}-$host unshare --uts sh -c "hostname machine-$host; $*"
            """);
        var (code, output, error) = Script($"""
            remove() (
              set +e
              for n in 1 2; do ip netns del {_tag}-$n; done
              ip link del {_tag}b
            ) 2>/dev/null
            trap remove EXIT
            (
              ip link add {_tag}b type bridge
              ip address add {_net}.254/24 dev {_tag}b
              ip link set {_tag}b up
              for n in 1 2; do
                ip netns add {_tag}-$n
                ip link add {_tag}v$n type veth peer name eth0 netns {_tag}-$n
                ip link set {_tag}v$n master {_tag}b up
                ip -n {_tag}-$n address add {_net}.$n/24 dev eth0
                ip -n {_tag}-$n link set eth0 up
                ip -n {_tag}-$n link set lo up
              done
            ) || exit 99
            chmod +x '{agent}'
            mpirun -np 2 --host {_net}.1,{_net}.2 --mca plm_rsh_agent '{agent}' --mca oob_tcp_if_include {_net}.0/24 \
              --mca btl tcp,self --mca btl_tcp_if_include {_net}.0/24 dotnet '{Processes.Program}' {words} >&2
            for n in 1 2; do cat /sys/class/net/{_tag}v$n/statistics/rx_bytes; done
            """);
        Assert.SkipWhen(code == 99, $"This system lets nobody make network namespaces here: {error}");
        Assert.True(code == 0, error);

        var (one, two) = (Read(alone), Read(run));
        Assert.Equal((Updates, true), (two.Updates, two.Complete));
        Assert.Equal(one.Test!.Loss, two.Test!.Loss, one.Test.Loss * 1e-3);
        Assert.All(Losses(alone).Zip(Losses(run)), pair => Assert.Equal(pair.First, pair.Second, pair.First * 1e-3));
        // Each of two sends at least all its gradients once an update, and the weights were shared out before.
        var gradients = (two.Parameters + two.AuxiliaryParameters) * sizeof(float) * Updates;
        Assert.All(output.Trim().Split('\n').Select(long.Parse), sent => Assert.InRange(sent, gradients, 20 * gradients));
    }

    private static (int Code, string Out, string Error) Script(string text)
    {
        try
        {
            return MpiRun.ToItsEnd(MpiRun.Start(["bash", "-eu", "-c", text]));
        }
        catch (System.ComponentModel.Win32Exception missing)
        {
            return (99, "", missing.Message);
        }
    }

    private static Summary Read(string run) => JsonFile.Read(Path.Combine(run, "summary.json"), RunJson.Default.Summary);

    private static double[] Losses(string run) =>
        [.. MetricsLog.Read(Path.Combine(run, "metrics.jsonl")).Where(line => line is { Split: DataSplit.Train, WholeEpoch: null }).Select(line => line.Loss!.Value)];
}
