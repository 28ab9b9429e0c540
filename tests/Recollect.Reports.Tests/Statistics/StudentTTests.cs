using FsCheck.Xunit;
using Recollect.Reports.Statistics;

namespace Recollect.Tests.Reports.Statistics;

public class StudentTTests
{
    /// <summary>NIST/SEMATECH e-Handbook of Statistical Methods, section 1.3.6.7.2: critical values of Student's t, three decimals.</summary>
    [Theory]
    [InlineData(1, 3.078, 6.314, 12.706, 31.821, 63.657)]
    [InlineData(2, 1.886, 2.920, 4.303, 6.965, 9.925)]
    [InlineData(3, 1.638, 2.353, 3.182, 4.541, 5.841)]
    [InlineData(4, 1.533, 2.132, 2.776, 3.747, 4.604)]
    [InlineData(5, 1.476, 2.015, 2.571, 3.365, 4.032)]
    [InlineData(9, 1.383, 1.833, 2.262, 2.821, 3.250)]
    [InlineData(14, 1.345, 1.761, 2.145, 2.624, 2.977)]
    [InlineData(29, 1.311, 1.699, 2.045, 2.462, 2.756)]
    [InlineData(100, 1.290, 1.660, 1.984, 2.364, 2.626)]
    public void Critical_values_are_those_of_the_published_table(int degrees, params double[] table)
    {
        double[] upper = [0.90, 0.95, 0.975, 0.99, 0.995];
        Assert.All(upper.Zip(table), pair => Assert.Equal(pair.Second, StudentT.TwoSided(2 * pair.First - 1, degrees), 3));
    }

    /// <summary>With one degree of freedom it is Cauchy's distribution, whose quantile is a tangent.</summary>
    [Property]
    public bool One_degree_of_freedom_is_a_tangent(byte share)
    {
        var probability = (share + 1) / 257.0;
        return Math.Abs(StudentT.TwoSided(probability, 1) / Math.Tan(Math.PI * probability / 2) - 1) < 1e-12;
    }

    [Property]
    public bool A_quantile_has_the_probability_that_was_asked_for(byte share, byte degrees)
    {
        var probability = (share + 1) / 257.0;
        return Math.Abs(StudentT.Within(StudentT.TwoSided(probability, degrees + 1), degrees + 1) - probability) < 1e-12;
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(double.NaN)]
    public void There_is_no_interval_of_probability_0_or_1(double probability) => Assert.Throws<ArgumentOutOfRangeException>(() => StudentT.TwoSided(probability, 3));
}
