using System.Globalization;
using System.Xml;

namespace Recollect.Data;

/// <summary>Reads where an object is in an image from an annotation of Pascal VOC's form: the first <c>bndbox</c> in the file.</summary>
/// <remarks>
/// Everingham et al., "The PASCAL Visual Object Classes Challenge", development kit. Of several objects the first counts: each has the image's one label, and a
/// box around all of them would often be the whole image. Numbers are pixels from 0, the maxima excluded, and what lies outside the image is cut away by who reads it.
/// A file may have <see cref="MostBytes"/>; DTDs and whatever they refer to are refused.
/// </remarks>
internal static class VocAnnotation
{
    /// <summary>The bytes that a file may have.</summary>
    public const int MostBytes = 1 << 20;

    private static readonly string[] Sides = ["xmin", "ymin", "xmax", "ymax"];

    /// <summary>The first box.</summary>
    /// <exception cref="DataException">The file is missing, no well-formed XML, or has no box with four numbers and something in it.</exception>
    public static ImageBox Read(string path) => Read(WholeFile.Read(path, MostBytes, Advice.GetAnew), path);

    /// <summary>The first box of a file's bytes.</summary>
    internal static ImageBox Read(byte[] bytes, string name)
    {
        var settings = new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null, IgnoreComments = true, IgnoreWhitespace = true };
        try
        {
            using var xml = XmlReader.Create(new MemoryStream(bytes), settings);
            ImageBox? first = null;
            while (xml.Read()) // to its end: one that is cut off is not taken for whole
            {
                if (first is null && xml is { NodeType: XmlNodeType.Element, LocalName: "bndbox" })
                    first = Box(xml, name);
            }
            return first ?? throw new DataException($"{name}: there is no element 'bndbox'; expected the box of at least one object. Get the annotation anew, or leave out data.box.");
        }
        catch (XmlException error)
        {
            // What .NET says of a DTD is for whoever programs it.
            var found = bytes.AsSpan().IndexOf("<!DOCTYPE"u8) >= 0 ? "the annotation has a DTD (<!DOCTYPE …>), which is not read; expected XML without" : $"the annotation is no well-formed XML ({error.Message}); expected one that is";
            throw new DataException($"{name}: {found}. Get it anew.", error);
        }
    }

    private static ImageBox Box(XmlReader xml, string name)
    {
        var (line, sides) = (((IXmlLineInfo)xml).LineNumber, new int?[Sides.Length]);
        using (var box = xml.ReadSubtree())
        {
            box.Read();
            while (box.Read())
            {
                if (box.NodeType == XmlNodeType.Element && Array.IndexOf(Sides, box.LocalName) is >= 0 and var side)
                    sides[side] = Number(box, name);
            }
        }
        if (Array.IndexOf(sides, null) is >= 0 and var missing)
            throw new DataException($"{name}, line {line}: the box has no '{Sides[missing]}'; expected {string.Join(", ", Sides)}. Correct the annotation.");
        var found = new ImageBox(sides[0]!.Value, sides[1]!.Value, sides[2]!.Value, sides[3]!.Value);
        return found.Left < found.Right && found.Top < found.Bottom
            ? found
            : throw new DataException($"{name}, line {line}: the box goes from ({found.Left}, {found.Top}) to ({found.Right}, {found.Bottom}); expected a maximum above each minimum. Correct the annotation.");
    }

    // Some tools write whole numbers with a fraction of zero.
    private static int Number(XmlReader xml, string name)
    {
        var (element, line) = (xml.LocalName, ((IXmlLineInfo)xml).LineNumber);
        var text = xml.Read() && xml.NodeType == XmlNodeType.Text ? xml.Value.Trim() : "";
        return double.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value) && Math.Abs(value) < 1 << 24
            ? (int)Math.Round(value)
            : throw new DataException($"{name}, line {line}: '{element}' is '{Shown.Shortly(text)}'; expected a number of pixels. Correct the annotation.");
    }
}
