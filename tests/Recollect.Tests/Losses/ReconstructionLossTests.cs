using Recollect.Losses;
using Recollect.Networks;
using Recollect.Sequences;
using Recollect.Tests.Networks;
using TorchSharp;

namespace Recollect.Tests.Losses;

public sealed class ReconstructionLossTests
{
    /// <summary>Scheduled sampling starts from teacher forcing: not nearly, but bit for bit.</summary>
    [Fact]
    public void Scheduled_input_at_the_start_of_training_is_teacher_forcing()
    {
        var teacher = new SmallCase("teacher")
        {
            Pretrain = true,
            Lengths = [11, 4, 8],
            Progress = 0,
            AuxiliaryK = new(3),
            Auxiliary = [SmallCase.Reconstruction(5, dropout: 0.3)],
        };
        var scheduled = teacher with { Auxiliary = [teacher.Auxiliary[0] with { Input = DecoderInputMode.Scheduled, ScheduledMaximum = 1 }] };

        var (expected, found) = (new SmallProblem(teacher).Evaluate(), new SmallProblem(scheduled).Evaluate());

        Assert.Equal(expected.Total, found.Total);
        Assert.Equal(expected.Of, found.Of);
        var later = new SmallProblem(scheduled with { Progress = 1 }).Evaluate();
        Assert.NotEqual(expected.Total, later.Total, 1e-6);
    }

    /// <summary>A coin that never shows its own output: step by step equals the whole segment in one call.</summary>
    [Theory]
    [InlineData(StepKind.Tokens, SegmentDirection.Forward)]
    [InlineData(StepKind.Tokens, SegmentDirection.Reversed)]
    [InlineData(StepKind.Reals, SegmentDirection.Forward)]
    [InlineData(StepKind.Reals, SegmentDirection.Reversed)]
    public void Decoding_step_by_step_from_true_inputs_equals_teacher_forcing(StepKind kind, SegmentDirection direction)
    {
        var teacher = new SmallCase("teacher")
        {
            Format = new StepFormat(kind, 3),
            Pretrain = true,
            Lengths = [11, 4, 8],
            AuxiliaryK = new(3),
            Auxiliary = [SmallCase.Reconstruction(5, decoderBptt: new(2)) with { Direction = direction, Segments = 2 }],
        };
        var coin = teacher with { Progress = 1e-9, Auxiliary = [teacher.Auxiliary[0] with { Input = DecoderInputMode.Scheduled }] };

        var (expected, found) = (new SmallProblem(teacher).Evaluate(), new SmallProblem(coin).Evaluate());

        Assert.Equal(expected.Total, found.Total, 1e-12);
        GradientTests.AssertEqual(expected.Of, found.Of, 1e-12, 1e-12);
    }

    /// <summary>Each row of two scored steps tells by its loss which token was fed back: they follow the softmax and the coin.</summary>
    [Theory]
    [InlineData(DecoderInputMode.Free, 1.0)]
    [InlineData(DecoderInputMode.Scheduled, 0.6)]
    public void Tokens_fed_back_follow_the_softmax_as_often_as_the_coin_says(DecoderInputMode input, double own)
    {
        using var scope = torch.NewDisposeScope();
        var problem = new SmallCase("sampling")
        {
            Pretrain = true,
            Lengths = [4],
            Progress = 0.75,
            Auxiliary = [SmallCase.Reconstruction(2) with { Input = input, ScheduledMaximum = input == DecoderInputMode.Free ? null : 0.8 }],
        };
        var real = new SmallProblem(problem);
        var objective = new GraphObjective(null, real.Auxiliary);
        var (losses, probabilities, truth) = LossByTokenFedBack(problem, real.Weights());
        Assert.True(losses.SelectMany(a => losses.Where(b => b != a).Select(b => Math.Abs(a - b))).Min() > 1e-6);
        var counts = new int[losses.Length];
        for (var row = 0; row < 1500; row++)
        {
            using var each = torch.NewDisposeScope();
            using var _ = torch.no_grad();
            var batch = Batch.Of(problem.Sequences(), [0], row);
            var loss = TensorNumber.Of(objective.Of(real.Network, batch, problem.Context).Total!);
            counts[Array.FindIndex(losses, candidate => Math.Abs(candidate - loss) < 1e-9)]++;
        }

        ChiSquare.AssertFits(counts, [.. probabilities.Select((p, token) => own * p + (token == truth ? 1 - own : 0))]);
    }

    [Fact]
    public void A_decoder_cut_of_no_steps_is_refused()
    {
        var problem = new SmallCase("no steps") { Auxiliary = [SmallCase.Reconstruction(2, decoderBptt: new(0))] };
        Assert.Throws<ArgumentOutOfRangeException>(() => new SmallProblem(problem));
    }

    // T = 4 and l = 2 leave one anchor, 4, and one segment, x_1 … x_3: read x_1, say x_2, read what is fed back, say x_3.
    private static (double[] Losses, double[] Probabilities, int Truth) LossByTokenFedBack(SmallCase problem, Dictionary<string, double[]> weights)
    {
        var network = new ScalarReference(weights);
        var steps = problem.ScalarRows()[0].Steps;
        var main = ScalarReference.Zero(CellKind.Lstm, 1, problem.Hidden);
        for (var t = 1; t <= 4; t++)
            main = network.Step("lstm", CellKind.Lstm, network.Embed("embedding", problem.Format, steps[t]), main);
        var start = ScalarReference.Zero(CellKind.Lstm, 2, problem.Hidden);
        (start.Hidden[0], start.Cell![0]) = (main.Hidden[0], main.Cell![0]);
        ScalarState Read(double[] step, ScalarState state) =>
            network.Step("auxiliary.0.lstm", CellKind.Lstm, network.Embed("auxiliary.0.embedding", problem.Format, step), state);
        double[] Say(ScalarState state) => network.Head("auxiliary.0.head", state.Hidden[^1], null);
        var state = Read(steps[1], start);
        var said = Say(state);
        var losses = Enumerable.Range(0, problem.Format.Width).Select(token =>
            (ScalarReference.CrossEntropy(said, (int)steps[2][0]) + ScalarReference.CrossEntropy(Say(Read([token], state)), (int)steps[3][0])) / 2);
        var probabilities = said.Select((_, token) => Math.Exp(-ScalarReference.CrossEntropy(said, token)));
        return ([.. losses], [.. probabilities], (int)steps[2][0]);
    }
}
