using Recollect.Randomness;
using Recollect.Sequences;

namespace Recollect.Data.Tests;

/// <summary>What a recipe's <c>flip</c> and <c>cropPadding</c> do to the rows that training reads, and to no others.</summary>
public sealed class AugmentationTests
{
    private static readonly DataOptions Plain = new() { Limit = 200, TestLimit = 20, Validation = 0.1 };
    private static readonly StreamFamily Streams = new Seed(1).Purpose(ImageAugmentation.Purpose);

    private static int[] Read(SequenceSet set, int[] rows, long? update, int firstRow = 0) =>
        new BatchReader().Read(set, rows, firstRow, update is { } number ? new UpdateDraws(Streams, number) : null).Tokens.ToArray();

    [Fact]
    public void Rows_to_train_on_are_drawn_and_no_others()
    {
        var sets = DataSetLoader.Load(Plain with { Flip = true, CropPadding = 1 }, "");
        var plain = DataSetLoader.Load(Plain, "");
        int[] rows = [.. Enumerable.Range(0, 18)];
        Assert.NotEqual(Read(plain.Train, rows, 0), Read(sets.Train, rows, 0));
        Assert.Equal(Read(plain.Train, rows, 0), Read(sets.Train, rows, null)); // evaluated, or described
        Assert.Equal(Read(plain.Validation!, rows, 0), Read(sets.Validation!, rows, 0));
        Assert.Equal(Read(plain.Test, rows, 0), Read(sets.Test, rows, 0));
        Assert.Null(plain.Train.Augmentation);
    }

    [Fact]
    public void A_draw_depends_on_the_update_and_the_row_of_its_batch_alone()
    {
        var set = DataSetLoader.Load(Plain with { Flip = true, CropPadding = 2 }, "").Train;
        var same = Enumerable.Repeat(7, 12).ToArray(); // one image in every row
        var whole = Read(set, same, 5);
        Assert.Equal(whole, Read(set, same, 5));
        Assert.NotEqual(whole, Read(set, same, 6));
        Assert.True(Enumerable.Range(0, 12).Select(row => string.Join(' ', Row(whole, 12, row))).Distinct().Count() > 6);
        for (var row = 0; row < 12; row++) // in pieces, as where gradients are accumulated
            Assert.Equal(Row(whole, 12, row), Read(set, [7], 5, row));
    }

    [Fact]
    public void A_permuted_set_is_flipped_before_it_is_permuted()
    {
        int[] rows = [.. Enumerable.Range(0, 10)];
        var options = Plain with { Flip = true };
        var (flipped, permuted) = (Read(DataSetLoader.Load(options, "").Train, rows, 3), Read(DataSetLoader.Load(options with { PermutationSeed = 8 }, "").Train, rows, 3));
        var order = new Permutation { Seed = 8 }.Order(64);
        Assert.All(rows, row => Assert.Equal(order.Select(step => Row(flipped, 10, row)[step]), Row(permuted, 10, row)));
    }

    [Fact]
    public void A_flipped_digit_is_its_mirror_image_and_half_of_them_are()
    {
        var plain = DataSetLoader.Load(new DataOptions(), "").Train;
        var set = DataSetLoader.Load(new DataOptions { Flip = true }, "").Train;
        int[] rows = [.. Enumerable.Range(0, set.Count)];
        var (drawn, still) = (Read(set, rows, 0), Read(plain, rows, null));
        var flipped = 0;
        foreach (var row in rows)
        {
            var (now, before) = (Row(drawn, rows.Length, row), Row(still, rows.Length, row));
            if (now.SequenceEqual(before))
                continue;
            Assert.Equal(before.Chunk(8).SelectMany(line => line.Reverse()), now);
            flipped++;
        }
        Assert.Equal(0.5, flipped / (double)rows.Length, 0.066); // five deviations
    }

    [Fact]
    public void Reading_in_the_same_memory_allocates_no_more_for_rows_that_are_drawn()
    {
        var (set, reader) = (DataSetLoader.Load(new DataOptions { Flip = true, CropPadding = 2 }, "").Train, new BatchReader());
        int[] rows = [.. Enumerable.Range(0, 64)];
        long Allocated(int updates)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var update = 0; update < updates; update++)
                reader.Read(set, rows, 0, new UpdateDraws(Streams, update));
            return (GC.GetAllocatedBytesForCurrentThread() - before) / updates;
        }
        Allocated(2);
        Assert.InRange(Allocated(50), 0, 4 * 64 * 4); // the batch's lengths and labels
    }

    [Fact]
    public void Packed_rows_cannot_be_drawn_and_packing_says_so() => Refusal.Of<RecipeException>(
        () => DataPacker.Pack(Plain with { Flip = true }, "", "none.packed"), "data.flip, data.cropPadding", "a packed file holds steps");

    private static int[] Row(int[] tokens, int rows, int row) => [.. tokens.Where((_, place) => place % rows == row)];
}
