using System.Text.Json.Nodes;
using Recollect.Cli;

namespace Recollect.Tests.Cli;

/// <summary>A command that was run in this process, with everything it wrote.</summary>
internal sealed record Ran(int Code, string Out, string Error)
{
    public static Ran Command(Engine engine, params string[] arguments) => Command(engine, () => Stream.Null, arguments);

    public static Ran Command(Engine engine, Func<Stream> input, params string[] arguments)
    {
        var (output, error) = (new StringWriter(), new StringWriter());
        var code = CommandLine.Run(arguments, new Terminal { Out = output, Error = error, In = input }, engine);
        return new Ran(code, output.ToString(), error.ToString());
    }

    public static Ran Command(params string[] arguments) => Command(new Engine(), arguments);

    /// <summary>Standard output as one JSON document; anything else on it fails.</summary>
    public JsonNode Json => JsonNode.Parse(Out)!;
}
