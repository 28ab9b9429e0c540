using System.Buffers.Binary;
using System.Security.Cryptography;
using FsCheck.Xunit;
using Recollect.Sequences;

namespace Recollect.Core.Tests.Sequences;

public sealed class PermutationTests
{
    [Fact]
    public void The_published_permutation_of_seed_92916_is_this_one()
    {
        // Computed by a separate program (Python, written from Philox's and Lemire's papers), not by this code.
        var order = new Permutation { Seed = 92916 }.Order(784);
        Assert.Equal([290, 717, 516, 687, 542, 768, 204, 619, 507, 430, 214, 414, 335, 184, 771, 428], order[..16]);
        var bytes = new byte[4 * order.Length];
        for (var i = 0; i < order.Length; i++)
            BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(4 * i), order[i]);
        Assert.Equal("0945f851d7df47fbae5f4fa1446c52595463a9680d8abcc7e345a5f832e8931d", Convert.ToHexStringLower(SHA256.HashData(bytes)));
    }

    [Property]
    public bool A_permutation_shows_every_position_once(long seed, byte size)
    {
        var order = new Permutation { Seed = seed }.Order(size);
        return order.Order().SequenceEqual(Enumerable.Range(0, size));
    }

    [Fact]
    public void An_unknown_generator_is_a_fault()
    {
        Assert.Null(new Permutation().Fault());
        Assert.Contains("mersenne", new Permutation { Generator = "mersenne" }.Fault(), StringComparison.Ordinal);
    }
}
