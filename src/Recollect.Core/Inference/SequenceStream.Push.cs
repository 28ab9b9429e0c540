using System.Buffers;
using System.Text.Unicode;
using Recollect.Sequences;

namespace Recollect.Inference;

// Data as they are: the part of the preprocessing that a step can be given without what follows it.
public sealed unsafe partial class SequenceStream
{
    private const string Given = "The stream"; // where a message has no file to name

    private const int LargestRoomOfUnit = 4096; // characters that a stream keeps room for

    private char[] _unit = new char[TextUnits.RoomOfUnit];

    /// <summary>Takes bytes: of a file, of a text in UTF-8, or an image's components row by row, whichever the model was trained on.</summary>
    /// <remarks>
    /// A text of single bytes may be cut anywhere. Of characters and words each call holds whole ones: its end ends a word. A text or file that the model's
    /// <c>data.maxLength</c> cuts is cut here too: what lies behind is passed over.
    /// </remarks>
    /// <param name="data">The bytes.</param>
    /// <returns>How many steps they were.</returns>
    /// <exception cref="DataException">The model reads something else, the bytes do not fit, an image has no more steps, or data cannot be pushed as they are: <see cref="SequenceModel.StreamObstacle"/>.</exception>
    public int Push(ReadOnlySpan<byte> data) => Model.Preprocessing switch
    {
        BytesPreprocessing bytes => PushBytes(data, bytes.MaxLength),
        TextPreprocessing { Unit: TextUnit.Bytes } text => PushBytes(data, text.MaxLength),
        TextPreprocessing text => PushUnits(data, text),
        ImagePreprocessing image => PushPixels(data, image),
        _ => throw Model.Misfit($"{data.Length:N0} bytes"),
    };

    /// <summary>Takes one byte, which of a series is a number like any other; as the other.</summary>
    public int Push(byte data) => Model.Preprocessing is SeriesPreprocessing ? Push((float)data) : Push(new ReadOnlySpan<byte>(in data));

    /// <summary>Takes a piece of a text: whole characters, and of words whole ones.</summary>
    /// <param name="text">The piece.</param>
    /// <returns>How many steps it was.</returns>
    /// <exception cref="DataException">The model does not read texts, or the piece ends within a surrogate pair.</exception>
    public int Push(ReadOnlySpan<char> text)
    {
        if (Model.Preprocessing is not TextPreprocessing)
            throw Model.Misfit("a text");
        var utf8 = ArrayPool<byte>.Shared.Rent(StrictUtf8.Encoding.GetMaxByteCount(text.Length));
        try
        {
            return Push(utf8.AsSpan(0, StrictUtf8.Encode(text, utf8, Given)));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(utf8);
        }
    }

    /// <summary>Takes numbers of a series; one that is missing is NaN, and filled or refused as while training.</summary>
    /// <param name="series">The components of each step side by side; whole steps. // [T, D]</param>
    /// <returns>How many steps they were.</returns>
    /// <exception cref="DataException">The model does not read series, the numbers are no whole steps, one cannot be used, or a missing one would need the number after it.</exception>
    public int Push(ReadOnlySpan<float> series)
    {
        if (Model.Preprocessing is not SeriesPreprocessing preprocessing)
            throw Model.Misfit($"a series of {series.Length:N0} number(s)");
        Model.RefusePart(series.Length);
        ObjectDisposedException.ThrowIf(_disposed, this);
        var width = Model.Format.Width;
        // None is taken before all are seen to be usable: what is not may stand behind what is.
        Array.Copy(_last, _lastTried, _last.Length);
        for (var first = 0; first < series.Length; first += width)
            Prepare(series.Slice(first, width), _lastTried, preprocessing, Steps + first / width + 1);
        for (var first = 0; first < series.Length; first += width)
        {
            Prepare(series.Slice(first, width), _last, preprocessing, Steps + 1);
            _states.Read[0] = _step.Pointer;
            Advance();
        }
        return series.Length / width;
    }

    /// <summary>Takes one number, of a series of one component a step; as the other.</summary>
    public int Push(float number) => Push(new ReadOnlySpan<float>(in number));

    // Fills and standardises a step, into _step; `last` is moved on where missing numbers are filled with it.
    private void Prepare(ReadOnlySpan<float> numbers, float[] last, SeriesPreprocessing preprocessing, long at)
    {
        for (var component = 0; component < numbers.Length; component++)
        {
            var number = Filled(numbers[component], component, last, preprocessing.Missing, at);
            _step.Pointer[component] = preprocessing.Standardized(number, component);
            SequenceModel.RefuseInfinite(_step.Pointer[component], at);
            if (last.Length > 0)
                last[component] = number;
        }
    }

    private float Filled(float number, int component, float[] last, MissingValues missing, long at) => (float.IsNaN(number), missing) switch
    {
        (false, _) => number,
        (_, MissingValues.Zero) => 0,
        (_, MissingValues.Previous) => last[component],
        (_, MissingValues.Interpolate) => throw new DataException(
            $"Step {at:N0}: number {component + 1} is missing, and '{Model.Name}' fills it from the numbers on both sides, of which a stream has not read the second. Fill it, or classify the whole series."),
        _ => throw new DataException($"Step {at:N0}: number {component + 1} is missing; expected a number. Fill it, or train with data.missing = zero or previous, which does."),
    };

    private int PushBytes(ReadOnlySpan<byte> data, int? most)
    {
        var taken = (int)Math.Min(data.Length, RoomBefore(most));
        foreach (var value in data[..taken])
            Take((int)value);
        return taken;
    }

    private int PushUnits(ReadOnlySpan<byte> data, TextPreprocessing text)
    {
        if (!Utf8.IsValid(data))
            throw new DataException($"{Given}: the bytes are not UTF-8; expected a text of whole characters, which '{Model.Name}' reads.");
        var units = new TextUnits(data, text.Unit, _unit);
        var taken = 0;
        for (var room = RoomBefore(text.MaxLength); taken < room && units.MoveNext(); taken++)
            Take(text.TokenOf(units.Current));
        if (units.Room.Length <= LargestRoomOfUnit)
            _unit = units.Room; // more where a word was longer than all before it
        return taken;
    }

    private int PushPixels(ReadOnlySpan<byte> data, ImagePreprocessing image)
    {
        if (Model.StreamObstacle is { } obstacle)
            throw new DataException($"{obstacle}. Classify the whole image, or push the prepared steps that the model's TokensOf or RealsOf gives.");
        if (image.Encoding == StepKind.Reals)
            Model.RefusePart(data.Length);
        var count = image.Encoding == StepKind.Reals ? data.Length / Model.Format.Width : data.Length;
        if (count > RoomBefore(image.Steps))
            throw new DataException($"The stream has {Steps:N0} steps, and {count:N0} more were pushed; an image of {image.Shape} has {image.Steps:N0}. Reset begins another.");
        if (data.IndexOfAnyExceptInRange((byte)0, (byte)(image.Shape.Levels - 1)) is >= 0 and var at)
            throw new DataException($"Found the pixel component {data[at]}; expected 0…{image.Shape.Levels - 1}, the levels of the images that '{Model.Name}' reads.");
        if (image.Encoding == StepKind.Tokens)
            PushLevels(data, image);
        else
            PushColours(data, image);
        return count;
    }

    private void PushLevels(ReadOnlySpan<byte> levels, ImagePreprocessing image)
    {
        foreach (var level in levels)
            Take(image.TokenOf(level));
    }

    private void PushColours(ReadOnlySpan<byte> levels, ImagePreprocessing image)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        for (var first = 0; first < levels.Length; first += Model.Format.Width)
        {
            for (var channel = 0; channel < Model.Format.Width; channel++)
                _step.Pointer[channel] = image.RealOf(levels[first + channel]);
            _states.Read[0] = _step.Pointer;
            Advance();
        }
    }

    private long RoomBefore(int? most) => Math.Max(0, (most ?? long.MaxValue) - Steps);
}
