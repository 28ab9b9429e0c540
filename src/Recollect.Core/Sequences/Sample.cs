using System.Text.Json.Serialization;

namespace Recollect.Sequences;

/// <summary>Where a sample was read, for messages: a file and a line, image or record in it.</summary>
/// <param name="File">The file's name, or what stands for it, such as <c>standard input</c>.</param>
/// <param name="Unit">What is counted: <c>line</c>, <c>image</c>, <c>record</c>.</param>
/// <param name="Number">Which one, counted from 1; 0 where the file as a whole is the sample.</param>
/// <param name="Part">The part of the file in which it stands, such as <c>row group 2</c>; null where a file has no parts.</param>
public readonly record struct Origin(string File, string Unit, long Number, string? Part = null)
{
    /// <summary>Where a sample was read that is a file of its own.</summary>
    public static Origin Whole(string file) => new(file, "file", 0);

    /// <inheritdoc/>
    public override string ToString() => Number == 0 ? File : Part is null ? $"{File}, {Unit} {Number}" : $"{File}, {Part}, {Unit} {Number}";
}

/// <summary>One thing as it was read, before any preprocessing: an image, a text, a file's bytes or a series of numbers.</summary>
public abstract class Sample
{
    private protected Sample(Origin origin, string? label)
    {
        Origin = origin;
        Label = label;
    }

    /// <summary>Where it was read.</summary>
    public Origin Origin { get; }

    /// <summary>Its class's name; null where it has none.</summary>
    public string? Label { get; }
}

/// <summary>An image of whole-number components. // [Height, Width, Channels]</summary>
public sealed class ImageSample : Sample
{
    /// <summary>Wraps <paramref name="pixels"/>, which is kept and not copied.</summary>
    /// <param name="origin">Where it was read.</param>
    /// <param name="label">Its class's name, or null.</param>
    /// <param name="shape">Its height, width, channels and levels.</param>
    /// <param name="pixels">Row by row, the channels of a pixel side by side, each 0…levels−1.</param>
    /// <exception cref="DataException">The pixels are not as many as the shape says, or one is not below the levels.</exception>
    public ImageSample(Origin origin, string? label, ImageShape shape, byte[] pixels) : base(origin, label)
    {
        if (pixels.Length != shape.Components)
            throw new DataException($"{origin}: {pixels.Length} pixel components, where an image of {shape} has {shape.Components}.");
        if (shape.Levels < 256 && pixels.AsSpan().IndexOfAnyExceptInRange((byte)0, (byte)(shape.Levels - 1)) is >= 0 and var at)
            throw new DataException($"{origin}: pixel component {at + 1} is {pixels[at]}; expected 0…{shape.Levels - 1}.");
        Shape = shape;
        Pixels = pixels;
    }

    /// <summary>Its height, width, channels and levels.</summary>
    public ImageShape Shape { get; }

    /// <summary>The components, each 0…levels−1. // [Height, Width, Channels]</summary>
    public byte[] Pixels { get; }
}

/// <summary>The size of an image and the number of values that a component can take.</summary>
/// <param name="Height">Rows of pixels; at least 1.</param>
/// <param name="Width">Columns of pixels; at least 1.</param>
/// <param name="Channels">1 for grey, 3 for red, green and blue.</param>
/// <param name="Levels">Values of a component, 2…256: a byte's 256, or 17 for the embedded digits.</param>
public readonly record struct ImageShape(int Height, int Width, int Channels, int Levels)
{
    /// <summary>Height × width × channels.</summary>
    [JsonIgnore]
    public int Components => Height * Width * Channels;

    /// <inheritdoc/>
    public override string ToString() => $"{Height}×{Width}×{Channels} ({Levels} levels)";
}

/// <summary>A text.</summary>
/// <param name="origin">Where it was read.</param>
/// <param name="label">Its class's name, or null.</param>
/// <param name="utf8">Its bytes.</param>
public sealed class TextSample(Origin origin, string? label, ReadOnlyMemory<byte> utf8) : Sample(origin, label)
{
    /// <summary>The text's UTF-8 bytes.</summary>
    public ReadOnlyMemory<byte> Utf8 { get; } = utf8;
}

/// <summary>A file's bytes, whatever they mean.</summary>
/// <param name="origin">Where it was read.</param>
/// <param name="label">Its class's name, or null.</param>
/// <param name="bytes">Its bytes, which are kept and not copied.</param>
public sealed class BytesSample(Origin origin, string? label, byte[] bytes) : Sample(origin, label)
{
    /// <summary>The bytes.</summary>
    public byte[] Bytes { get; } = bytes;
}

/// <summary>A series of vectors, in which a number that is missing is NaN. // [T, D]</summary>
/// <param name="origin">Where it was read.</param>
/// <param name="label">Its class's name, or null.</param>
/// <param name="values">T × D numbers, the D components of a step side by side.</param>
/// <param name="components">D, at least 1.</param>
public sealed class SeriesSample(Origin origin, string? label, float[] values, int components) : Sample(origin, label)
{
    /// <summary>The numbers. // [T, D]</summary>
    public float[] Values { get; } = values;

    /// <summary>The components D of a step.</summary>
    public int Components { get; } = components;
}
