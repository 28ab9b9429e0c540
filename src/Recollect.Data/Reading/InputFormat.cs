using System.Text;
using System.Text.Json;

namespace Recollect.Data;

/// <summary>The kinds of file that can be read.</summary>
internal enum InputFormat
{
    /// <summary>IDX, images or labels.</summary>
    Idx,

    /// <summary>CIFAR-10's binary records.</summary>
    Cifar,

    /// <summary>Comma-separated columns.</summary>
    Csv,

    /// <summary>A JSON object a line.</summary>
    JsonLines,

    /// <summary>The time-series archive's format.</summary>
    Ts,

    /// <summary>Parquet.</summary>
    Parquet,

    /// <summary>Plain text, a sample a line.</summary>
    Text,

    /// <summary>What <c>recollect data pack</c> makes.</summary>
    Packed,

    /// <summary>One JPEG or PNG image.</summary>
    Image,

    /// <summary>MATLAB's arrays.</summary>
    Matlab,
}

/// <summary>Recognises the kind of a file by its first bytes and its name.</summary>
internal static class InputFormats
{
    private const int Ahead = 4096;

    /// <summary>The kind of <paramref name="input"/>.</summary>
    /// <remarks>
    /// A packed file (a damaged one by what is left of those bytes, or by the ending .packed), JPEG, PNG, MATLAB and Parquet by their first bytes, IDX by its magic number (a .bin only if the sizes in its header fit); then by the ending (.bin, .jsonl or .ndjson, .csv, .ts,
    /// .parquet, .txt, .mat, .jpg, .jpeg, .png, each also before .gz); then JSON Lines by a first brace; then plain text for a model of text whose column the first line does not name; .ts by a first line that is one of
    /// its header's; and CSV else.
    /// </remarks>
    /// <param name="input">The bytes, of which none is taken.</param>
    /// <param name="textColumn">The column in which a model expects text; null where it expects none.</param>
    public static InputFormat Of(InputStream input, string? textColumn)
    {
        var head = input.Peek(Ahead);
        var ending = Path.GetExtension(DataFolder.PlainName(input.Name)).ToLowerInvariant();
        if (head.StartsWith(PackedFormat.Magic) || PackedFormat.IsDamaged(head) || ending == PackedFormat.Ending)
            return InputFormat.Packed;
        if (ImageFile.IsImage(head))
            return InputFormat.Image;
        if (Matlab5Reader.IsMatlab(head))
            return InputFormat.Matlab;
        // A CIFAR-10 record may begin with the same bytes: label 0, then the dark pixels 0 and 8…14.
        if (ending == ".bin" ? IdxReader.IsPlausible(head, input.KnownLength) : IdxReader.IsIdx(head))
            return InputFormat.Idx;
        if (head.StartsWith(ParquetFooter.Magic))
            return InputFormat.Parquet;
        switch (ending)
        {
            case ".bin": return InputFormat.Cifar;
            case ".jsonl" or ".ndjson": return InputFormat.JsonLines;
            case ".csv": return InputFormat.Csv;
            case ".ts": return InputFormat.Ts;
            case ".parquet": return InputFormat.Parquet;
            case ".txt": return InputFormat.Text;
            case ".mat": return InputFormat.Matlab; // empty or damaged, for its reader to say; so are the images
            case ".jpg" or ".jpeg" or ".png": return InputFormat.Image;
        }
        var text = Encoding.UTF8.GetString(head).TrimStart('\uFEFF', ' ', '\t', '\r', '\n');
        if (text.StartsWith('{'))
            return InputFormat.JsonLines;
        if (text.StartsWith('[') && (textColumn is null || ending == ".json" || IsList(text))) // a line of a text may begin so: "[error] …"
            throw new DataException($"{input.Name}: found a JSON list; expected JSON Lines, an object a line{(textColumn is null ? "" : ", or a file that ends in .txt, whose lines are the texts")}.");
        var names = text.Split('\n')[0].Split(',').Select(cell => cell.Trim().Trim('"'));
        if (textColumn is not null && !names.Contains(textColumn))
            return InputFormat.Text;
        return text.Split('\n').Select(line => line.Trim()).FirstOrDefault(line => line is not ['#' or '%', ..] and not "") is { } first && TsHeader.IsKey(first)
            ? InputFormat.Ts
            : InputFormat.Csv;
    }

    // Whether the beginning of a file is a list in JSON, or one a line, as far as it goes.
    private static bool IsList(string text)
    {
        var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(text), isFinalBlock: false, new JsonReaderState(new JsonReaderOptions { AllowMultipleValues = true, AllowTrailingCommas = true }));
        try
        {
            while (reader.Read())
                continue;
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
