using Recollect.Networks;
using static TorchSharp.torch;

namespace Recollect.Imports;

/// <summary>Completes a classifier of one or two linear layers to the three that a network has here, so that it says the same.</summary>
/// <remarks>relu(I·relu(x)) = relu(x), and W·x = [W, −W]·relu([I; −I]·x): no number is rounded otherwise, but sums may be added up in another order.</remarks>
internal static class ShorterHead
{
    /// <summary>Writes the weights that a shorter classifier has not.</summary>
    /// <param name="network">The network, with the weights that the file has.</param>
    /// <param name="layers">Linear layers of the file's classifier.</param>
    /// <param name="last">The last one's weights: of one layer they are written too. // [C, H]</param>
    public static void Complete(RecurrentClassifier network, int layers, float[] last)
    {
        if (layers == WeightFit.FullHead)
            return;
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var weights = network.named_parameters().ToDictionary(weight => weight.name, weight => weight.parameter);
        weights["classifier.2.weight"].copy_(eye(network.Options.HeadUnits));
        weights["classifier.2.bias"].zero_();
        if (layers == 2)
            return;
        var (one, weight) = (eye(network.Options.Hidden), tensor(last, [network.Classes, network.Options.Hidden]));
        weights["classifier.0.weight"].copy_(cat([one, -one], 0));
        weights["classifier.0.bias"].zero_();
        weights["classifier.5.weight"].copy_(cat([weight, -weight], 1));
    }
}
