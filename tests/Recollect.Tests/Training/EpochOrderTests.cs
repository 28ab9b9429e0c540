using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Recollect.Randomness;
using Recollect.Sequences;
using Recollect.Training;

namespace Recollect.Tests.Training;

public sealed class EpochOrderTests
{
    private static int[] Order(SequenceSet rows, Batching batching, int batch, int epoch = 0, long seed = 5) =>
        EpochOrder.Of(rows, new TrainingOptions { Batch = batch, Batching = batching }, new Seed(seed), "train", epoch);

    /// <summary>Padded steps as a share of all steps of an epoch's batches.</summary>
    private static double Padding(SequenceSet rows, int[] order, int batch)
    {
        var (used, all) = (0L, 0L);
        foreach (var one in order.Chunk(batch))
        {
            used += one.Sum(row => (long)rows.LengthOf(row));
            all += one.Max(rows.LengthOf) * (long)one.Length;
        }
        return 1 - (double)used / all;
    }

    private static Lengths Random(int count, int most, int rowsPerBlock = int.MaxValue)
    {
        var stream = new Seed(9).Stream("lengths");
        var lengths = new int[count];
        for (var row = 0; row < count; row++)
            lengths[row] = 1 + stream.Next(most);
        return new Lengths(lengths, rowsPerBlock);
    }

    [Property]
    public Property Every_row_occurs_once_an_epoch() => Prop.ForAll(
        Gen.Choose(1, 700).SelectMany(count => Gen.Choose(1, 40).SelectMany(batch => Gen.Choose(1, 12).Select(perBlock => (count, batch, perBlock)))).ToArbitrary(),
        shape => Enum.GetValues<Batching>().All(batching =>
            Order(Random(shape.count, 30, shape.perBlock), batching, shape.batch).Order().SequenceEqual(Enumerable.Range(0, shape.count))));

    [Fact]
    public void Batches_by_length_hold_rows_of_one_length_where_there_are_enough_of_each()
    {
        var rows = new Lengths([.. Enumerable.Range(0, 40).Select(row => row % 2 == 0 ? 3 : 900)]);
        var order = Order(rows, Batching.ByLength, 4);
        Assert.All(order.Chunk(4), batch => Assert.Single(batch.Select(rows.LengthOf).Distinct()));
        Assert.Equal(0, Padding(rows, order, 4));
        Assert.InRange(Padding(rows, Order(rows, Batching.Shuffled, 4), 4), 0.2, 0.8);
        // The batches themselves come in no order of their lengths.
        Assert.NotEqual(order.Chunk(4).Select(batch => rows.LengthOf(batch[0])).Order(), order.Chunk(4).Select(batch => rows.LengthOf(batch[0])));
    }

    [Fact]
    public void Padding_shrinks_to_a_fraction_on_rows_of_random_lengths()
    {
        var rows = Random(20_000, 600);
        var (shuffled, byLength) = (Padding(rows, Order(rows, Batching.Shuffled, 128), 128), Padding(rows, Order(rows, Batching.ByLength, 128), 128));
        // Uniform lengths: the longest of 128 is close to 600, the mean 300.
        Assert.InRange(shuffled, 0.48, 0.51);
        Assert.InRange(byLength, 0, 0.05);
    }

    [Fact]
    public void An_order_is_of_its_epoch_and_seed_alone()
    {
        var rows = Random(300, 50);
        foreach (var batching in Enum.GetValues<Batching>())
        {
            Assert.Equal(Order(rows, batching, 8, 3), Order(rows, batching, 8, 3));
            var orders = new[] { Order(rows, batching, 8), Order(rows, batching, 8, epoch: 1), Order(rows, batching, 8, seed: 6) };
            Assert.Equal(3, orders.Select(order => string.Join(' ', order)).Distinct().Count());
            // Not the order of batches alone: other rows meet.
            Assert.Equal(3, orders.Select(order => string.Join(' ', order.Chunk(8).First(batch => batch.Contains(0)).Order())).Distinct().Count());
        }
    }

    [Fact]
    public void Rows_of_few_blocks_are_drawn_as_rows_in_memory_are()
    {
        Lengths Blocks(int count, int perBlock) => Random(count, 20, perBlock);
        foreach (var batching in Enum.GetValues<Batching>())
        {
            Assert.Equal(Order(Blocks(640, int.MaxValue), batching, 8), Order(Blocks(640, 10), batching, 8)); // 64 blocks
            Assert.NotEqual(Order(Blocks(650, int.MaxValue), batching, 8), Order(Blocks(650, 10), batching, 8)); // 65
        }
    }

    [Fact]
    public void Rows_of_many_blocks_are_read_so_many_blocks_at_a_time()
    {
        const int perBlock = 10, group = EpochOrder.BlocksAtOnce * perBlock;
        var order = Order(Random(5 * group, 20, perBlock), Batching.Shuffled, 8);
        var groups = order.Chunk(group).Select(rows => rows.Select(row => row / perBlock).Distinct().ToHashSet()).ToList();
        Assert.All(groups, blocks => Assert.Equal(EpochOrder.BlocksAtOnce, blocks.Count));
        Assert.Equal(5 * EpochOrder.BlocksAtOnce, groups.SelectMany(blocks => blocks).Distinct().Count());
        Assert.NotEqual(groups[0].Order(), Enumerable.Range(0, EpochOrder.BlocksAtOnce)); // blocks are drawn
        Assert.NotEqual(order[..group].Order(), order[..group]); // and the rows of a group
    }

    /// <summary>Long rows are few in a block: batches by length must not go over the file from end to end again and again.</summary>
    [Property]
    public Property Batches_by_length_map_a_block_hardly_more_often_than_shuffled_ones_do() => Prop.ForAll(
        Gen.Choose(1, 12).SelectMany(perBlock => Gen.Choose(65, 400).SelectMany(blocks => Gen.Choose(1, 40).Select(batch => (perBlock, blocks, batch)))).ToArbitrary(),
        shape =>
        {
            var rows = Random(shape.perBlock * shape.blocks, 1000, shape.perBlock);
            var groups = (shape.blocks + EpochOrder.BlocksAtOnce - 1) / EpochOrder.BlocksAtOnce;
            // Each block once; and of the batch in which a group ends and the next begins, each row may bring its block, and take another's place.
            return Mappings(Order(rows, Batching.Shuffled, shape.batch), shape.perBlock) == shape.blocks
                && Mappings(Order(rows, Batching.ByLength, shape.batch), shape.perBlock) <= shape.blocks + 2 * shape.batch * groups;
        });

    [Fact]
    public void Batches_by_length_of_long_rows_still_pad_less()
    {
        var rows = Random(2000, 600, rowsPerBlock: 5);
        Assert.InRange(Padding(rows, Order(rows, Batching.ByLength, 8), 8), 0, Padding(rows, Order(rows, Batching.Shuffled, 8), 8) / 4);
    }

    // How often a reader maps a block that keeps those of the latest use.
    private static int Mappings(int[] order, int perBlock)
    {
        var (kept, mappings) = (new LinkedList<int>(), 0);
        foreach (var block in order.Select(row => row / perBlock))
        {
            mappings += kept.Remove(block) ? 0 : 1;
            kept.AddLast(block);
            if (kept.Count > Data.PackedSequences.MostMapped)
                kept.RemoveFirst();
        }
        return mappings;
    }

    [Trait("Tier", "data")]
    [Fact]
    public void On_DBpedia_batches_by_length_pad_a_fraction_of_what_shuffled_ones_do()
    {
        var folder = Environment.GetEnvironmentVariable("RECOLLECT_DATA") ?? "";
        if (!Directory.Exists(Path.Combine(folder, "dbpedia_csv")))
            Assert.Skip("$RECOLLECT_DATA names no folder with dbpedia_csv.");
        using var sets = Data.DataSetLoader.Load(new Data.DataOptions { Source = "dbpedia" }, folder);
        var padding = Enum.GetValues<Batching>().ToDictionary(batching => batching, batching => Padding(sets.Train, Order(sets.Train, batching, 128), 128));
        TestContext.Current.TestOutputHelper?.WriteLine($"{sets.Train.Count} rows: {string.Join(", ", padding.Select(entry => $"{entry.Key} pads {entry.Value:P1}"))}");
        Assert.InRange(padding[Batching.ByLength], 0, padding[Batching.Shuffled] / 4);
    }

    /// <summary>Rows of which the lengths and blocks alone matter.</summary>
    private sealed class Lengths(int[] lengths, int rowsPerBlock = int.MaxValue) : SequenceSet(StepFormat.Tokens(2), ["a", "b"])
    {
        public override int Count => lengths.Length;

        public override IReadOnlyList<int> BlockStarts { get; } = [.. Enumerable.Range(0, lengths.Length).Where(row => row % rowsPerBlock == 0)];

        public override int LengthOf(int row) => lengths[row];

        public override int LabelOf(int row) => 0;

        public override void CopyTokens(int row, int start, Span<int> tokens) => tokens.Clear();

        public override void CopyReals(int row, int start, Span<float> reals) => throw new InvalidOperationException();
    }
}
