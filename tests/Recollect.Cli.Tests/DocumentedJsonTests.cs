using System.Text.Json;
using System.Text.Json.Nodes;
using Recollect.Cli;
using Recollect.Runs;
using Recollect.Sequences;

namespace Recollect.Tests.Cli;

/// <summary>docs/json.md against what is really written: every name that is there is documented, and the other way round.</summary>
public sealed class DocumentedJsonTests : IDisposable
{
    // A container's limit stands in a manifest only where there is one.
    private static readonly string[] Seldom = ["machine.memoryLimit", "sittings[].machine.memoryLimit"];
    private static readonly MarkdownPage Page = MarkdownPage.Open("docs", "json.md");
    private readonly SmallRuns _runs = new();

    // A PNG of one pixel.
    private const string GreyPixel = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCBd81ytgAAAABJRU5ErkJggg==";

    public void Dispose() => _runs.Dispose();

    [Fact]
    public void A_run_and_what_is_said_of_it_are_documented()
    {
        var whole = _runs.Train("whole", SmallRuns.WithAuxiliaries);
        var stopped = Ran.Command(SmallRuns.Digits(_runs.In("stopped"), SmallRuns.WithAuxiliaries, "--max-steps", "4", "--json"));
        Assert.Equal(0, SmallRuns.Resume(_runs.In("stopped")).Code);
        var rows = _runs.Write("rows.csv", string.Join(',', Enumerable.Repeat(3, 64)) + "\n");

        Documented("`train --json` and `summary.json`", Read(whole, "summary.json"), stopped.Json);
        Documented("`evaluate --json` and `evaluation.json`", Read(whole, "evaluation.json"), Ran.Command("evaluate", whole, "--json").Json);
        Directory.CreateDirectory(_runs.In("images"));
        File.WriteAllBytes(_runs.In("images", "grey.png"), Convert.FromBase64String(GreyPixel));
        Documented("`predict --json`", [.. new[] { rows, _runs.In("images") }.SelectMany(input => Ran.Command("predict", whole, input, "--json").Json.AsArray())]);
        Documented("`manifest.json`", Read(whole, "manifest.json"), Read(_runs.In("stopped"), "manifest.json"));
        Documented("`metrics.jsonl`", [.. File.ReadLines(Path.Combine(whole, "metrics.jsonl")).Select(line => JsonNode.Parse(line))]);
        Documented("`probes/gradient.json`", Read(whole, "probes/gradient.json"));
        var coloured = new MemoryProbe { Height = 1, Width = 2, Channels = 3, Components = 3, Order = [1, 0], Losses = [] };
        Documented("`probes/memory.json`", Read(whole, "probes/memory.json"), JsonSerializer.SerializeToNode(coloured, RunJson.Default.MemoryProbe));
        Documented("Metadata of `checkpoint/update-N.safetensors`", [.. SmallRuns.Checkpoints(whole).Select(Metadata)]);

        // A table's model has columns; one of text names its text, one of numbers its values.
        var model = Metadata(Path.Combine(whole, "model.safetensors"));
        Documented("Metadata of `model.safetensors`", model, TableModel("text", "text"), TableModel("values", null));
    }

    [Fact]
    public void What_is_said_of_data_recipes_and_the_machine_is_documented()
    {
        Directory.CreateDirectory(_runs.In("mnist"));
        _runs.Write("mnist/t10k-labels-idx1-ubyte", "abc");
        var check = Ran.Command("data", "check", "--data", _runs.Folder, "--json");
        Assert.Equal(3, check.Code);
        var whole = JsonNode.Parse("""{"name":"a","folder":"b","files":[{"name":"c","isPresent":true}],"isWhole":true,"isPresent":true}""");
        Documented("`data check --json` and `data get --json`", [.. check.Json.AsArray(), whole]);
        Documented("`data list --json`", [.. Ran.Command("data", "list", "--data", _runs.Folder, "--json").Json.AsArray()]);
        var numbers = _runs.Write("numbers.csv", "label,a\nx,1\n");
        var letters = _runs.Write("letters.csv", "text,label\nab,x\na,y\nab,x\na,y\nab,x\n");
        var texts = _runs.Write("texts.csv", "text\nabc\n");
        Documented("`data info --json`", [.. new[] { "digits", numbers, texts, letters }.Select(name => Ran.Command("data", "info", name, "--json").Json)]);
        string[] pack = ["data", "pack", "digits", "--set", "data={\"source\":\"csv\",\"train\":\"" + letters + "\",\"text\":\"text\",\"maxLength\":1}", "-o", _runs.In("a.packed"), "--json"];
        Documented("`data pack --json`", Ran.Command(pack).Json);
        Documented("`recipes list --json`", [.. Ran.Command("recipes", "list", "--json").Json.AsArray()]);
        Documented("`doctor --json`", Ran.Command("doctor", "--data", _runs.Folder, "--json").Json);
    }

    [Fact]
    public void What_a_benchmark_says_is_documented()
    {
        Documented("`bench kernel --json`, `bench step --json` and `bench memory --json`", Commands.BenchCommandTests.Timed.Json, Commands.BenchCommandTests.Weighed.Json);
    }

    [Fact]
    public void What_a_reproduction_says_is_documented()
    {
        var target = _runs.Write("mine.json", """
            {"exhibits": [{"kind": "curve", "title": "t", "measure": "test.accuracy", "x": "x", "logarithmic": false, "series": [
              {"name": "s", "points": [{"x": 1, "run": "digits-lstm"}, {"x": 2, "run": "digits-gru"}]}]}]}
            """);
        var engine = new Engine { TrainProcess = (words, _, _) => words[0] == "digits-gru" ? new(1, "no") : Plans.StubTraining.Measured(words) };
        string[] small = ["--seeds", "1", "--json"];
        Documented("`reproduce --json`", Ran.Command(engine, ["reproduce", target, "--out", _runs.In("reproduction"), .. small]).Json);
        Documented("`reproduce --list --json`", [.. Ran.Command(engine, ["reproduce", target, "--list", .. small]).Json.AsArray()]);
    }

    [Fact]
    public void What_a_sweep_says_is_documented()
    {
        var sweep = _runs.Write("mine.json", """
            {"recipe": "digits-lstm", "set": {"data.validation": 0.5, "data.limit": 60, "data.testLimit": 30, "model.hidden": 4, "training.epochs": 1}, "grid": {"training.batch": [16, 20]}}
            """);
        var engine = new Engine { TrainProcess = (words, _, _) => words.Contains("training.batch=20") ? new(1, "no") : Plans.SweepTests.Finish([.. words], validation: 0.5, test: 0.5) };
        Documented("`sweep --json`", Ran.Command(engine, "sweep", sweep, "--out", _runs.In("sweep"), "--json").Json);
    }

    [Fact]
    public void Every_kind_of_preprocessing_is_documented()
    {
        var image = new ImagePreprocessing { Shape = new ImageShape(8, 8, 1, 17), Downscale = 2, Encoding = StepKind.Reals };
        var permuted = new ImagePreprocessing { Shape = image.Shape, Downscale = 1, Encoding = StepKind.Tokens, Permutation = new Permutation { Seed = 1 } };
        Documented("Preprocessing `image`", JsonNode.Parse(image.ToJson()), JsonNode.Parse(permuted.ToJson()));
        var words = new TextPreprocessing { Unit = TextUnit.Words, Vocabulary = ["a"], MaxLength = 3 };
        Documented("Preprocessing `text`", JsonNode.Parse(new TextPreprocessing().ToJson()), JsonNode.Parse(words.ToJson()));
        var series = new SeriesPreprocessing { Components = 1 };
        var standardized = new SeriesPreprocessing { Components = 1, Missing = MissingValues.Zero, Mean = [0], Scale = [1] };
        Documented("Preprocessing `bytes`", JsonNode.Parse(new BytesPreprocessing().ToJson()), JsonNode.Parse(new BytesPreprocessing { MaxLength = 9 }.ToJson()));
        Documented("Preprocessing `series`", JsonNode.Parse(series.ToJson()), JsonNode.Parse(standardized.ToJson()));
    }

    [Fact]
    public void Every_example_is_as_its_table_says() => Assert.All(
        Page.Headings.Where(heading => Page.Rows(heading).Count > 0),
        heading =>
        {
            var block = Assert.Single(Page.Blocks(heading));
            string[] texts = block.Info == "jsonl" ? block.Text.TrimEnd().Split('\n') : [block.Text];
            var table = new Table(heading);
            Assert.All(texts.Select(text => JsonNode.Parse(text)).SelectMany(Entries), document => table.Check(document!.AsObject(), ""));
        });

    private static JsonNode?[] Entries(JsonNode? document) => document is JsonArray list ? [.. list] : [document];

    private static void Documented(string heading, params JsonNode?[] documents)
    {
        var table = new Table(heading);
        Assert.NotEmpty(documents);
        Assert.All(documents, document => table.Check(document!.AsObject(), ""));
        Assert.Equal(table.Paths.Except(Seldom).Order(), table.Seen.Except(Seldom).Order());
    }

    private static JsonNode Read(string run, string file) => JsonNode.Parse(File.ReadAllText(Path.Combine(run, file)))!;

    private static JsonObject Metadata(string file) => new(
        Safetensors.Read(file).Metadata.Select(entry => KeyValuePair.Create(entry.Key, (JsonNode?)entry.Value)));

    private JsonObject TableModel(string column, string? text)
    {
        var rows = string.Join('\n', Enumerable.Range(0, 12).Select(row => $"{row},{row % 2}"));
        var train = _runs.Write($"{column}.csv", $"{column},label\n{rows}\n");
        var data = new JsonObject { ["source"] = "csv", ["train"] = train, ["text"] = text, ["test"] = train };
        var run = _runs.In($"run-{column}");
        var ran = Ran.Command(SmallRuns.Words("digits-lstm", run, [$"data={data.ToJsonString()}", "training.epochs=1"]));
        Assert.True(ran.Code == 0, ran.Error);
        return Metadata(Path.Combine(run, "model.safetensors"));
    }

    /// <summary>One table of the page, and which of its names were met in a document.</summary>
    private sealed class Table
    {
        private sealed record Field(string Parent, string Name, bool Optional, string Type);

        private readonly List<Field> _fields;
        private readonly HashSet<string> _seen = [];

        public Table(string heading)
        {
            _fields = [.. Page.Rows(heading).Select(cells => Parse(cells[0].Trim('`'), cells[1]))];
            Assert.Equal(_fields.Count, Paths.Distinct().Count());
        }

        public IEnumerable<string> Paths => _fields.Select(entry => Join(entry.Parent, entry.Name));

        public IEnumerable<string> Seen => _seen;

        /// <summary>Fails where <paramref name="document"/> has a name that the table lacks, or lacks one that is not optional.</summary>
        public void Check(JsonObject document, string path)
        {
            var fields = _fields.Where(field => field.Parent == path).ToDictionary(field => field.Name);
            Assert.Empty(document.Select(entry => Join(path, entry.Key)).Except(fields.Keys.Select(name => Join(path, name))));
            Assert.Empty(fields.Values.Where(field => !field.Optional && !document.ContainsKey(field.Name)).Select(field => Join(path, field.Name)));
            foreach (var (name, value) in document)
            {
                var at = Join(path, name);
                _seen.Add(at);
                var inner = fields[name].Type.StartsWith("JSON", StringComparison.Ordinal) ? JsonNode.Parse(value!.GetValue<string>()) : value;
                if (inner is JsonObject section && _fields.Any(field => field.Parent == at))
                    Check(section, at);
                else if (inner is JsonArray list && _fields.Any(field => field.Parent == at + "[]"))
                    Assert.All(list, entry => Check(entry!.AsObject(), at + "[]"));
                else
                    Assert.True(inner is not JsonObject || OpenEnded(fields[name].Type), $"The names in '{at}' are not documented.");
            }
        }

        // A map's names are data, and a JSON object without rows of its own is described elsewhere.
        private static bool OpenEnded(string type) => type.StartsWith("map", StringComparison.Ordinal) || type.StartsWith("JSON", StringComparison.Ordinal);

        private static Field Parse(string path, string type)
        {
            var dot = path.LastIndexOf('.');
            return new Field(dot < 0 ? "" : path[..dot], path[(dot + 1)..].TrimEnd('?'), path.EndsWith('?'), type);
        }

        private static string Join(string parent, string name) => parent.Length == 0 ? name : $"{parent}.{name}";
    }
}
