using Recollect.Losses;
using Recollect.Training;
using TorchSharp;
using TorchSharp.Modules;

namespace Recollect.Tests.Training;

public sealed class UpdateExchangeTests
{
    private static readonly ObjectiveValue One = new(0.5, [0.25, 4], 3, 1, 2), Other = new(1.5, [0.5, 8], 4, 10, 20);

    [Theory]
    [InlineData(torch.ScalarType.Float32)]
    [InlineData(torch.ScalarType.Float64)]
    public void Gradients_losses_and_counts_are_summed(torch.ScalarType type)
    {
        var sums = ThreadPeers.Run(2, peers =>
        {
            var parameter = ParameterOf(type, [1, 2]);
            parameter.grad = torch.tensor(peers.IsFirst ? [0.5, -3] : new[] { 0.25, 1 }, type);
            var value = new UpdateExchange(peers, [("weight", parameter)]).Sum(peers.IsFirst ? One : Other, 2);
            return (value, Gradient: Numbers(parameter.grad!));
        });
        Assert.All(sums, sum =>
        {
            Assert.Equal([0.75, -2], sum.Gradient);
            Assert.Equal((2.0, 7, 11, 22), (sum.value.Supervised, sum.value.Correct, sum.value.Shortened, sum.value.Skipped));
            Assert.Equal([0.75, 12], sum.value.Auxiliary);
        });
    }

    [Fact]
    public void A_process_without_a_gradient_gets_the_others_and_one_that_nobody_has_stays_away()
    {
        var gradients = ThreadPeers.Run(3, peers =>
        {
            var (some, none) = (ParameterOf(torch.ScalarType.Float32, [1, 2]), ParameterOf(torch.ScalarType.Float32, [3]));
            if (peers.Rank == 1)
                some.grad = torch.tensor(new[] { 7.0, -1 }, torch.ScalarType.Float32);
            new UpdateExchange(peers, [("none", none), ("some", some)]).Sum(ObjectiveValue.None, 0);
            return (Some: Numbers(some.grad!), IsNone: none.grad is null);
        });
        Assert.All(gradients, gradient => Assert.Equal([7, -1], gradient.Some));
        Assert.All(gradients, gradient => Assert.True(gradient.IsNone));
    }

    /// <summary>Backward passes may leave a gradient as a transposed view.</summary>
    [Fact]
    public void A_gradient_that_lies_otherwise_in_memory_is_summed_in_place()
    {
        var gradients = ThreadPeers.Run(2, peers =>
        {
            var parameter = new Parameter(torch.zeros(2, 3));
            parameter.grad = torch.tensor(new float[,] { { 1, 2 }, { 3, 4 }, { 5, 6 } }).t();
            Assert.False(parameter.grad!.is_contiguous());
            new UpdateExchange(peers, [("weight", parameter)]).Sum(One, 2);
            return Numbers(parameter.grad!.flatten());
        });
        Assert.All(gradients, gradient => Assert.Equal([2, 6, 10, 4, 8, 12], gradient));
    }

    [Fact]
    public void A_process_without_rows_adds_nothing_and_hears_all()
    {
        var values = ThreadPeers.Run(2, peers => new UpdateExchange(peers, []).Sum(peers.IsFirst ? One : ObjectiveValue.None, 2));
        Assert.All(values, value => Assert.Equal((One.Supervised, One.Correct), (value.Supervised, value.Correct)));
        Assert.All(values, value => Assert.Equal(One.Auxiliary, value.Auxiliary));
    }

    [Fact]
    public void Pretraining_has_no_supervised_loss_in_any() =>
        Assert.All(ThreadPeers.Run(2, peers => new UpdateExchange(peers, []).Sum(One with { Supervised = null }, 2)), value => Assert.Null(value.Supervised));

    [Fact]
    public void A_gradient_that_is_no_number_reaches_all()
    {
        var gradients = ThreadPeers.Run(2, peers =>
        {
            var parameter = ParameterOf(torch.ScalarType.Float32, [1, 2]);
            parameter.grad = torch.tensor(peers.IsFirst ? [double.NaN, 1] : new[] { 1.0, 1 }, torch.ScalarType.Float32);
            new UpdateExchange(peers, [("weight", parameter)]).Sum(One, 2);
            return Numbers(parameter.grad!);
        });
        Assert.All(gradients, gradient => Assert.Equal([double.NaN, 2], gradient));
    }

    private static Parameter ParameterOf(torch.ScalarType type, double[] values) => new(torch.tensor(values, type));

    private static double[] Numbers(torch.Tensor tensor) => tensor.to(torch.float64).data<double>().ToArray();
}
