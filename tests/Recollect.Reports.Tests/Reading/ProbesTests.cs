using System.Text.Json;
using System.Text.Json.Nodes;
using Recollect.Reports.Reading;
using Recollect.Runs;

namespace Recollect.Tests.Reports.Reading;

public class ProbesTests
{
    private static MemoryProbe Read(JsonObject probe) => probe.Deserialize(RunJson.Default.MemoryProbe)!;

    [Fact]
    public void A_probe_as_the_decision_has_it_is_right() => Assert.Null(Read(RunFolders.Memory()).Fault());

    [Fact]
    public void Steps_lie_where_the_order_says()
    {
        var probe = RunFolders.Memory();
        Assert.Equal(4, Read(probe).PlaceOf(4));
        probe["order"] = new JsonArray(5, 3, 1, 0, 2, 4);
        Assert.Equal(3, Read(probe).PlaceOf(1));
    }

    [Fact]
    public void A_step_may_be_a_pixel_of_several_levels()
    {
        var probe = new MemoryProbe { Format = 1, Height = 2, Width = 3, Channels = 3, Components = 3, Losses = [] };
        Assert.Equal((6, 12), (probe.Steps(), probe.PlaceOf(4)));
        Assert.Equal(18, (probe with { Components = null }).Steps());
    }

    [Theory]
    [InlineData("format", "2", "format 2")]
    [InlineData("width", "0", "images of 2×0×1")]
    [InlineData("height", "2000000000", "images of 2000000000×3×1")]
    [InlineData("channels", "5", "images of 2×3×5")]
    [InlineData("components", "2", "2 components a step")]
    [InlineData("order", "[0,1]", "an order of 2 places; expected 6")]
    [InlineData("order", "[0,1,2,3,4,6]", "each from 0 to 5")]
    [InlineData("losses", "[null]", "null for a loss")]
    [InlineData("losses", """[{"index":0,"kind":"r","rows":[null]}]""", "null for a row")]
    [InlineData("losses", """[{"index":0,"kind":"r","rows":[{"row":4,"label":"7","image":[1],"anchors":[]}]}]""", "row 4: an image of 1 levels; expected 6")]
    [InlineData("losses", """[{"index":0,"kind":"r","rows":[{"row":4,"label":"7","image":[1,2,3,4,5,256],"anchors":[]}]}]""", "outside 0…255")]
    [InlineData("losses", """[{"index":0,"kind":"r","rows":[{"row":4,"label":"7","image":[1,2,3,4,5,6],"anchors":[null]}]}]""", "an anchor at null")]
    [InlineData("losses", """[{"index":0,"kind":"r","rows":[{"row":4,"label":"7","image":[1,2,3,4,5,6],"anchors":[{"anchor":7,"start":0,"decoded":[]}]}]}]""", "an anchor at 7")]
    [InlineData("losses", """[{"index":0,"kind":"r","rows":[{"row":4,"label":"7","image":[1,2,3,4,5,6],"anchors":[{"anchor":1,"start":5,"decoded":[1,2]}]}]}]""", "2 steps from 5 on")]
    [InlineData("losses", """[{"index":0,"kind":"r","rows":[{"row":4,"label":"7","image":[1,2,3,4,5,6],"anchors":[{"anchor":1,"start":0,"decoded":[-1]}]}]}]""", "decoded levels outside")]
    public void What_does_not_fit_is_told(string key, string value, string said)
    {
        var probe = RunFolders.Memory();
        probe[key] = JsonNode.Parse(value);
        Assert.Contains(said, Read(probe).Fault());
    }
}
