using System.Buffers.Binary;
using System.Text;
using System.Text.Unicode;
using Recollect.Inference;
using Recollect.Sequences;
using Recollect.Server.Guards;

namespace Recollect.Server.Models;

/// <summary>Reads the sequences that requests hold, and refuses what the model does not take.</summary>
/// <param name="model">The model.</param>
/// <param name="most">The most steps that a request may have.</param>
internal sealed class SequenceReader(SequenceModel model, int most)
{
    private const int BytesPerReal = sizeof(float);
    private const string OwnSteps = "steps";

    // Of a stream's parts: cut by the length of the whole stream, not of a part. Made once, as it numbers its vocabulary once.
    private readonly Preprocessing? _uncut = model.Preprocessing switch
    {
        TextPreprocessing text => new TextPreprocessing { Unit = text.Unit, Vocabulary = text.Vocabulary },
        BytesPreprocessing => new BytesPreprocessing(),
        _ => null,
    };

    /// <summary>The member that holds what the model was trained on.</summary>
    private string OwnMember => model.Preprocessing switch
    {
        ImagePreprocessing => "image",
        TextPreprocessing => "text",
        BytesPreprocessing => "bytes",
        _ => "series",
    };

    /// <summary>A whole sequence.</summary>
    /// <exception cref="RefusedException">It has none or several of the members, one that the model does not take, or too many steps.</exception>
    /// <exception cref="DataException">It does not fit the model.</exception>
    public WholeSequence Whole(SequenceRequest request, Origin origin)
    {
        if (MemberOf(request, origin) != OwnSteps)
            return Whole(SampleOf(request, origin), origin);
        return model.Format.Kind == StepKind.Tokens
            ? new TokenSequence(Tokens(request.Steps!, origin))
            : new RealSequence(Reals(request.Steps!, origin), model.Format.Width);
    }

    /// <summary>A whole sequence that was sent as bytes: an image's components, a text's UTF-8, a file, or a series' little-endian 32-bit floats.</summary>
    /// <exception cref="RefusedException">It cannot be read, or has too many steps.</exception>
    /// <exception cref="DataException">It does not fit the model.</exception>
    public WholeSequence Whole(byte[] bytes, Origin origin) => Whole(SampleOf(bytes, origin), origin);

    /// <summary>As <see cref="Whole(SequenceRequest, Origin)"/>, of a part of a stream: all of it can be read, or it is refused before a step of it is.</summary>
    public StreamPart Part(SequenceRequest request, Origin origin)
    {
        if (MemberOf(request, origin) != OwnSteps)
            return Part(SampleOf(request, origin), origin);
        return model.Format.Kind == StepKind.Tokens
            ? new TokenPart(Tokens(request.Steps!, origin), null)
            : new RealPart(Reals(request.Steps!, origin), model.Format.Width);
    }

    /// <summary>As <see cref="Whole(byte[], Origin)"/>, of a part of a stream.</summary>
    public StreamPart Part(byte[] bytes, Origin origin) => Part(SampleOf(bytes, origin), origin);

    private SampleSequence Whole(Sample sample, Origin origin)
    {
        model.Preprocessing.Complete(sample); // refuses a number that is missing where none may be
        return new SampleSequence(sample, Allowed(model.Preprocessing.StepsOf(sample), origin));
    }

    private StreamPart Part(Sample sample, Origin origin)
    {
        switch (model.Preprocessing)
        {
            case SeriesPreprocessing series when sample is SeriesSample { Values: var values }:
                if (series.Missing is MissingValues.Error or MissingValues.Interpolate && Array.FindIndex(values, float.IsNaN) is >= 0 and var at)
                    throw RefusedException.Unfit($"{origin}: number {at + 1} is missing, which a stream of this model cannot fill; fill it before it is sent.");
                series.WriteReals(series.Complete(sample), 0, new float[Allowed(series.StepsOf(sample), origin) * model.Format.Width]); // refuses a number that cannot be used
                return new SeriesPart(values, model.Format.Width);
            case TextPreprocessing text:
                return Tokens(_uncut!, sample, text.MaxLength, origin);
            case BytesPreprocessing bytes:
                return Tokens(_uncut!, sample, bytes.MaxLength, origin);
            default:
                Allowed(model.Preprocessing.StepsOf(sample), origin);
                return model.Format.Kind == StepKind.Tokens ? new TokenPart(model.TokensOf(sample), null) : new RealPart(model.RealsOf(sample), model.Format.Width);
        }
    }

    private TokenPart Tokens(Preprocessing uncut, Sample sample, int? cut, Origin origin)
    {
        var tokens = new int[Allowed(uncut.StepsOf(sample), origin)];
        uncut.WriteTokens(sample, 0, tokens);
        return new TokenPart(tokens, cut);
    }

    private string MemberOf(SequenceRequest request, Origin origin)
    {
        string[] given =
        [
            .. new (string Name, object? Value)[]
            {
                (OwnSteps, request.Steps), ("image", request.Image), ("text", request.Text), ("series", request.Series), ("bytes", request.Bytes),
            }.Where(member => member.Value is not null).Select(member => member.Name),
        ];
        if (given is not [var name])
            throw RefusedException.Unfit($"{origin}: found {(given.Length == 0 ? "no sequence" : string.Join(" and ", given))}; expected exactly one of '{OwnMember}' and '{OwnSteps}'.");
        if (name != OwnSteps && name != OwnMember)
            throw RefusedException.Unfit($"{origin}: found '{name}', which this model does not take; expected '{OwnMember}' or '{OwnSteps}'.");
        return name;
    }

    private Sample SampleOf(SequenceRequest request, Origin origin) => model.Preprocessing switch
    {
        ImagePreprocessing images => new ImageSample(origin, null, images.Shape, Pixels(request.Image!, images.Shape, origin)),
        TextPreprocessing => new TextSample(origin, null, Encoding.UTF8.GetBytes(request.Text!)),
        BytesPreprocessing => new BytesSample(origin, null, request.Bytes!),
        _ => new SeriesSample(origin, null, Rows(request.Series!, origin), model.Format.Width),
    };

    private Sample SampleOf(byte[] bytes, Origin origin) => model.Preprocessing switch
    {
        ImagePreprocessing images => new ImageSample(origin, null, images.Shape, bytes),
        TextPreprocessing => Utf8.IsValid(bytes) ? new TextSample(origin, null, bytes) : throw RefusedException.Unfit($"{origin}: the bytes are not UTF-8; expected a text in UTF-8."),
        BytesPreprocessing => new BytesSample(origin, null, bytes),
        _ => new SeriesSample(origin, null, Floats(bytes, origin), model.Format.Width),
    };

    private int[] Tokens(NumberList list, Origin origin)
    {
        var vocabulary = model.Format.Width;
        if (list.PerStep > 0)
            throw RefusedException.Unfit($"{origin}: '{OwnSteps}' holds lists; this model's steps are tokens: expected one list of whole numbers 0…{vocabulary - 1}.");
        var tokens = new int[Allowed(list.Values.Length, origin)];
        for (var t = 0; t < tokens.Length; t++)
            tokens[t] = IsWhole(list.Values[t], vocabulary) ? (int)list.Values[t] : throw NotWhole($"{origin}: step {t + 1}", list.Values[t], vocabulary);
        return tokens;
    }

    private float[] Reals(NumberList list, Origin origin)
    {
        var reals = Rows(list, origin);
        Allowed(reals.Length / model.Format.Width, origin);
        return Array.FindIndex(reals, float.IsNaN) is >= 0 and var missing
            ? throw RefusedException.Unfit($"{origin}: number {missing + 1} of '{OwnSteps}' is missing; expected a number.")
            : reals;
    }

    private float[] Rows(NumberList list, Origin origin)
    {
        var components = model.Format.Width;
        return list.Values.Length == 0 || list.PerStep == components || (list.PerStep == 0 && components == 1)
            ? list.Values
            : throw RefusedException.Unfit($"{origin}: found {(list.PerStep == 0 ? "numbers" : $"lists of {list.PerStep}")}; expected "
                + (components == 1 ? "a list of numbers, one a step." : $"a list of lists, each of the {components} numbers of a step."));
    }

    private static byte[] Pixels(NumberList list, ImageShape shape, Origin origin)
    {
        if (list.PerStep > 0)
            throw RefusedException.Unfit($"{origin}: 'image' holds lists; expected one list of the {shape.Components} components of an image of {shape}, row by row.");
        var pixels = new byte[list.Values.Length];
        for (var i = 0; i < pixels.Length; i++)
            pixels[i] = IsWhole(list.Values[i], shape.Levels) ? (byte)list.Values[i] : throw NotWhole($"{origin}: component {i + 1} of 'image'", list.Values[i], shape.Levels);
        return pixels;
    }

    private float[] Floats(byte[] bytes, Origin origin)
    {
        var stepBytes = BytesPerReal * model.Format.Width;
        if (bytes.Length == 0 || bytes.Length % stepBytes != 0)
            throw RefusedException.Unfit($"{origin}: found {bytes.Length} bytes; expected a multiple of {stepBytes}: {model.Format.Width} little-endian 32-bit float(s) a step.");
        var reals = new float[bytes.Length / BytesPerReal];
        for (var i = 0; i < reals.Length; i++)
            reals[i] = BinaryPrimitives.ReadSingleLittleEndian(bytes.AsSpan(i * BytesPerReal));
        return Array.FindIndex(reals, float.IsInfinity) is >= 0 and var infinite
            ? throw RefusedException.Unfit($"{origin}: number {infinite + 1} is infinite; expected a finite number, or NaN for one that is missing.")
            : reals;
    }

    private static bool IsWhole(float value, int below) => value >= 0 && value < below && value == MathF.Floor(value);

    private static RefusedException NotWhole(string what, float value, int below) =>
        RefusedException.Unfit($"{what} is {(float.IsNaN(value) ? "missing" : value)}; expected a whole number 0…{below - 1}.");

    private int Allowed(int count, Origin origin) => count switch
    {
        0 => throw RefusedException.Unfit($"{origin}: found no step; expected at least one."),
        _ when count > most => throw TooMany(count, origin.ToString(), most),
        _ => count,
    };

    /// <summary>The refusal of more steps than a request may have.</summary>
    public static RefusedException TooMany(long count, string what, int most) => RefusedException.TooLarge(
        $"{what}: found {count:N0} steps; this server takes at most {most:N0} a request. Send them to a stream, a part at a time, or raise --max-steps.");
}
