using System.CommandLine;
using System.CommandLine.Parsing;
using Recollect.Experiments;
using Recollect.Plans;

namespace Recollect.Cli.Plans;

/// <summary>The options of a command that runs a plan: which share, where, how many at a time, and whether only to list it.</summary>
internal sealed class PlanOptions
{
    private const int MostSeeds = 10_000;
    private readonly Option<Shard?> _shard;
    private readonly Option<bool> _resume, _list, _json = Inputs.Json();
    private readonly Option<string?> _output, _data = Inputs.Data();
    private readonly Option<long?> _jobs, _seeds;
    private readonly Option<DeviceChoice?> _device = Inputs.Device();
    private readonly Option<int?> _threads = Inputs.Threads();

    /// <summary>The options, said of such a plan.</summary>
    /// <param name="kind">What a plan is called.</param>
    /// <param name="seeds">Whose seeds <c>--seeds</c> gives, and how many there are without it.</param>
    /// <param name="output">The folder without <c>--out</c>.</param>
    /// <param name="jobs">Trainings at a time without <c>--jobs</c>.</param>
    public PlanOptions(string kind, string seeds, string output, string jobs)
    {
        _seeds = Inputs.Number("--seeds", $"Seeds of every {seeds}", least: 1);
        _shard = new Option<Shard?>("--shard")
        {
            Description = $"Run a share only, such as 2/4: shares of one {kind} run anywhere, with nothing in common but the folder",
            HelpName = "I/N",
            CustomParser = ParseShard,
        };
        _resume = new Option<bool>("--resume") { Description = "Go on with what the folder holds: finished runs stay, interrupted and failed ones go on" };
        _list = new Option<bool>("--list") { Description = "Show the runs with their time and memory, by a short measurement, and run nothing" };
        _output = new Option<string?>("--out") { Description = $"Folder of everything (default: {output})", HelpName = Inputs.FolderForm };
        _jobs = Inputs.Number("--jobs", $"Trainings at a time (default: {jobs})", least: 1);
    }

    /// <summary>Adds them to a command.</summary>
    public void AddTo(Command command)
    {
        foreach (var option in new Option[] { _seeds, _shard, _resume, _list, _output, _jobs, _data, _device, _threads, _json })
            command.Add(option);
    }

    /// <summary>What <c>--seeds</c> says.</summary>
    /// <exception cref="RecipeException">More than anybody waits for.</exception>
    public int? Seeds(ParseResult parsed) => parsed.GetValue(_seeds) is not > MostSeeds and var seeds
        ? (int?)seeds
        : throw new RecipeException($"--seeds is {parsed.GetValue(_seeds)}; it must be at most {MostSeeds}.");

    /// <summary>Whether results are to be one JSON document.</summary>
    public bool IsJson(ParseResult parsed) => parsed.GetValue(_json);

    /// <summary>Whether nothing is to be run.</summary>
    public bool IsList(ParseResult parsed) => parsed.GetValue(_list);

    /// <summary>What is asked for.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="plan">The runs.</param>
    /// <param name="folder">The folder without <c>--out</c>.</param>
    /// <param name="mostJobs">Without <c>--jobs</c> there is one a core, and at most so many.</param>
    public PlanRequest Request(ParseResult parsed, RunPlan plan, string folder, int mostJobs)
    {
        var jobs = (int)Math.Min(parsed.GetValue(_jobs) ?? Math.Clamp(Environment.ProcessorCount, 1, mostJobs), int.MaxValue);
        return new PlanRequest
        {
            Plan = plan,
            Folder = parsed.GetValue(_output) ?? folder,
            Resume = parsed.GetValue(_resume),
            Shard = parsed.GetValue(_shard),
            Jobs = jobs,
            Workplace = Inputs.Workplace(parsed, _data, _device, _threads),
        };
    }

    private static Shard? ParseShard(ArgumentResult result)
    {
        var parts = result.Tokens[0].Value.Split('/');
        if (parts.Length == 2 && int.TryParse(parts[0], out var number) && int.TryParse(parts[1], out var of) && number >= 1 && number <= of)
            return new Shard(number, of);
        result.AddError($"--shard is '{result.Tokens[0].Value}'; it must be I/N with I from 1 to N, such as 2/4.");
        return null;
    }
}
