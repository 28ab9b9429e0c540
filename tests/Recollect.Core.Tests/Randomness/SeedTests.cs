using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Recollect.Randomness;

public class SeedTests
{
    [Fact]
    public void A_stream_is_keyed_as_documented()
    {
        // SHA-256(seed ‖ purpose), its first 8 bytes the key; block (0, 0, update, row) the first four words.
        byte[] message = [0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, .. Encoding.UTF8.GetBytes("anchors")];
        var key = BinaryPrimitives.ReadUInt64LittleEndian(SHA256.HashData(message));
        var (x0, x1, x2, x3) = Philox.Block(key, 0, 0, 7, 9);
        var (y0, _, _, _) = Philox.Block(key, 1, 0, 7, 9);
        var stream = new Seed(-2).Stream("anchors", update: 7, row: 9);
        Assert.Equal([x0, x1, x2, x3, y0], Enumerable.Range(0, 5).Select(_ => stream.NextUInt32()).ToArray());
    }

    [Fact]
    public void The_same_name_gives_the_same_draws_whatever_was_drawn_before()
    {
        var seed = new Seed(1);
        var first = seed.Stream("dropout", 3, 4);
        for (var i = 0; i < 100; i++)
            first.NextUInt32();
        var again = seed.Stream("dropout", 3, 4);
        var family = seed.Purpose("dropout").At(3, 4);
        Assert.Equal(again.NextUInt32(), family.NextUInt32());
    }

    [Fact]
    public void Streams_keyed_apart_do_not_collide()
    {
        var seen = new HashSet<(uint, uint, uint, uint)>();
        var streams = 0;
        foreach (var value in new long[] { 0, 1, -1, long.MaxValue })
        {
            foreach (var purpose in new[] { "anchors", "anchors/0", "anchors/1", "dropout", "order", "" })
            {
                for (var update = 0; update < 20; update++)
                {
                    for (var row = 0; row < 20; row++)
                    {
                        var stream = new Seed(value).Stream(purpose, update, row);
                        seen.Add((stream.NextUInt32(), stream.NextUInt32(), stream.NextUInt32(), stream.NextUInt32()));
                        streams++;
                    }
                }
            }
        }
        Assert.Equal(streams, seen.Count);
    }

    [Fact]
    public void A_counter_that_would_wrap_is_refused()
    {
        var seed = new Seed(0);
        Assert.Throws<ArgumentOutOfRangeException>(() => seed.Stream("a", update: -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => seed.Stream("a", row: 1L << 32));
        seed.Stream("a", uint.MaxValue, uint.MaxValue);
    }
}
