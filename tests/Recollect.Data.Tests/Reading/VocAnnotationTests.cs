using System.Globalization;
using System.Text;
using System.Xml;
using System.Xml.Linq;

namespace Recollect.Data.Tests.Reading;

public sealed class VocAnnotationTests
{
    /// <summary>Of the form that Stanford Dogs has, with a second dog.</summary>
    internal const string Two = """
        <annotation>
        	<folder>02085620</folder>
        	<filename>n02085620_7</filename>
        	<source>
        		<database>ImageNet database</database>
        	</source>
        	<size>
        		<width>250</width>
        		<height>188</height>
        		<depth>3</depth>
        	</size>
        	<segment>0</segment>
        	<object>
        		<name>Chihuahua</name>
        		<pose>Unspecified</pose>
        		<truncated>0</truncated>
        		<difficult>0</difficult>
        		<bndbox>
        			<xmin>71</xmin>
        			<ymin>1</ymin>
        			<xmax>192</xmax>
        			<ymax>180</ymax>
        		</bndbox>
        	</object>
        	<object>
        		<name>Chihuahua</name>
        		<bndbox><ymax>20</ymax><xmax>20</xmax><ymin>10</ymin><xmin>10</xmin></bndbox>
        	</object>
        </annotation>
        """;

    private static ImageBox Read(string xml) => VocAnnotation.Read(Encoding.UTF8.GetBytes(xml), "fuzz");

    private static string With(string box) => $"<annotation><object><bndbox>{box}</bndbox></object></annotation>";

    [Fact]
    public void The_first_box_counts() => Assert.Equal(new ImageBox(71, 1, 192, 180), Read(Two));

    [Fact]
    public void The_sides_may_come_in_any_order_and_with_a_fraction_of_zero() => Assert.Equal(
        new ImageBox(1, 2, 3, 4), Read(With("<ymax>4.0</ymax><!-- a remark --><xmin> 1 </xmin><xmax>3</xmax><ymin>2</ymin>")));

    [Theory]
    [InlineData("<annotation></annotation>", "no element 'bndbox'", "data.box")]
    [InlineData("<annotation>", "no well-formed XML", "Get it anew")]
    [InlineData("", "no well-formed XML", "")]
    [InlineData("<a><bndbox><xmin>1</xmin><ymin>1</ymin><xmax>2</xmax></bndbox></a>", "line 1: the box has no 'ymax'", "xmin, ymin, xmax, ymax")]
    [InlineData("<a><bndbox><xmin>one</xmin></bndbox></a>", "'xmin' is 'one'", "number of pixels")]
    [InlineData("<a><bndbox><xmin/></bndbox></a>", "'xmin' is ''", "number of pixels")]
    [InlineData("<a><bndbox><xmin>1e9</xmin></bndbox></a>", "'xmin' is '1e9'", "number of pixels")]
    [InlineData("<a>\n<bndbox><xmin>5</xmin><ymin>1</ymin><xmax>5</xmax><ymax>2</ymax></bndbox></a>", "line 2: the box goes from (5, 1) to (5, 2)", "above each minimum")]
    [InlineData("<!DOCTYPE a [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><a>&x;</a>", "has a DTD (<!DOCTYPE …>), which is not read", "Get it anew")]
    public void What_is_no_box_is_refused(string xml, string says, string also) => Refusal.Of<DataException>(() => Read(xml), "fuzz", says, also);

    [Fact]
    public void A_file_that_is_cut_off_after_its_first_box_is_refused() => Refusal.Of<DataException>(() => Read(Two[..^40]), "fuzz", "no well-formed XML");

    [Fact]
    public void Damaged_annotations_are_refused_or_read_and_nothing_else() => Fuzz(500);

    [Fact]
    [Trait("Tier", "slow")]
    public void Ten_thousand_damaged_annotations_are_refused_or_read_and_nothing_else() => Fuzz(10_000);

    private static void Fuzz(int count)
    {
        var (refused, read) = Mutations.Try([Encoding.UTF8.GetBytes(Two)], count, 1 << 20, file => VocAnnotation.Read(file, "fuzz"),
            (box, file) => Assert.Equal(Witness(file), box));
        Assert.True(refused > count / 10 && read > count / 200, $"{refused} refused, {read} read");
    }

    // A second reader, which has the whole document in memory.
    private static ImageBox Witness(byte[] file)
    {
        using var xml = XmlReader.Create(new MemoryStream(file));
        var box = XDocument.Load(xml).Descendants().First(element => element.Name.LocalName == "bndbox");
        int Side(string name) => (int)Math.Round(double.Parse(box.Descendants().Last(element => element.Name.LocalName == name).Value, CultureInfo.InvariantCulture));
        return new ImageBox(Side("xmin"), Side("ymin"), Side("xmax"), Side("ymax"));
    }
}
