using Recollect.Reports;
using Recollect.Reports.Figures;

namespace Recollect.Tests.Reports;

public sealed class RunGroupSectionTests : OfReports
{
    [Fact]
    public void Confusions_of_a_group_are_added_up()
    {
        _runs.Finished("all/r-s1", 0.6, 1, "r");
        _runs.Finished("all/r-s2", 0.8, 2, "r");
        var matrix = Assert.Single(Report("all").Figures.OfType<MatrixFigure>());
        Assert.Equal([[14, 6], [8, 12]], matrix.Counts);
        Assert.Equal("r, sum of 2 runs", matrix.Title);
    }

    /// <summary>The matrix of 31 classes has no names: the pairs that matter are told.</summary>
    [Fact]
    public void The_most_frequent_confusions_of_many_classes_are_told_in_words()
    {
        var classes = string.Join(',', Enumerable.Range(0, 31).Select(label => $"\"c{label}\""));
        // Of each class 100 are right, and of the first twelve 1, 2, … 12 more are taken for the next.
        var confusion = string.Join(',', Enumerable.Range(0, 31).Select(truth => $"[{string.Join(',', Enumerable.Range(0, 31).Select(predicted => predicted == truth ? 100 : predicted == truth + 1 && truth < 12 ? truth + 1 : 0))}]"));
        _runs.Finished("r-s1", 0.5);
        _runs.Write("r-s1/evaluation.json", $$"""{"split":"test","accuracy":1,"loss":1,"macroF1":1,"examples":1,"classes":[{{classes}}],"confusion":[{{confusion}}],"perClass":[]}""");
        var rows = Table(Report("r-s1"), "confusion").Rows;
        Assert.Equal(Enumerable.Range(2, 10).Reverse().Select(label => $"c{label} c{label + 1} {label + 1}"), rows.Select(row => string.Join(' ', Texts(row).Skip(1).Take(3))));
        Assert.Equal("10.7%", rows[0][4].Text); // 12 of 112
    }

    [Fact]
    public void Probes_are_shown_where_they_were_measured()
    {
        Assert.DoesNotContain(Report(Path.GetFileName(_runs.Finished("plain", 0.5))).Sections, section => section.Id is "gradient" or "memory");
        _runs.Finished("r", 0.5);
        _runs.Probe("r");
        var report = Report("r");
        Assert.Equal(["r", "0.25", "7 steps", "7 steps"], Texts(Table(report, "gradient").Rows[0])); // 0.04 is below a tenth of the 0.5 at the end, and not of what is one step before it
        Assert.Equal([1, 2, 4, 8], report.Figures.OfType<LineFigure>().Single(figure => figure.Id == "gradient-reach").Series[0].Points.Select(point => point.X));
        Assert.Equal("r: reconstruction", Assert.Single(report.Figures.OfType<MemoryFigure>()).Title);
    }

    /// <summary>As words 0.0003 would come after 0.01.</summary>
    [Fact]
    public void Settings_that_are_numbers_sort_as_such()
    {
        foreach (var (name, rate) in new[] { ("a", "0.001"), ("b", "0.0003"), ("c", "\"full\"") })
        {
            _runs.Finished($"all/{name}-s1", 0.5, 1, name);
            _runs.Write($"all/{name}-s1/recipe.json", $$"""{"name":"{{name}}","optimizer":{"rate":{{rate}}},"seed":1}""");
        }
        Assert.Equal([new Cell("0.001", 0.001), new Cell("0.0003", 0.0003), new Cell("full")], Table(Report("all"), "summary", 1).Rows.Select(row => row[1]));
    }

    /// <summary>A key with a dot is not a key within a section, whatever wrote it.</summary>
    [Fact]
    public void Keys_with_dots_are_told_apart_from_keys_of_sections()
    {
        _runs.Finished("all/a-s1", 0.5, 1, "a");
        _runs.Finished("all/b-s1", 0.5, 1, "b");
        _runs.Write("all/a-s1/recipe.json", """{"name":"a","a.b":1,"a":{"b":2},"":{"c":3},"c":4,"seed":1}""");
        _runs.Write("all/b-s1/recipe.json", """{"name":"b","seed":1}""");
        var table = Table(Report("all"), "summary", 1);
        Assert.Equal(["runs", "\"a.b\"", "a.b", "\"\".c", "c"], table.Columns);
        Assert.Equal(["a", "1", "2", "3", "4"], Texts(table.Rows[0]));
    }

    /// <summary>The frame begins behind the step that is given, a prediction reads on, and a decoder may be older than its network.</summary>
    [Fact]
    public void What_a_decoder_was_given_is_said()
    {
        _runs.Finished("r", 0.5);
        _runs.Probe("r");
        Assert.Contains("images of the test rows", Text());
        Assert.Contains("the true step just before the stretch", Text());
        Assert.DoesNotContain("alone", Text());
        Assert.DoesNotContain("joint", Text());
        _runs.Write("r/probes/memory.json", RunFolders.Memory().ToJsonString().Replace("reconstruction", "prediction"));
        Assert.Contains("A prediction's decoder also reads the network's further states", Text());
        _runs.Write("r/recipe.json", """{"format":1,"name":"r","training":{"joint":true}}""");
        Assert.DoesNotContain("joint", Text());
        _runs.Write("r/recipe.json", """{"format":1,"name":"r","training":{"joint":false}}""");
        Assert.Contains("(training.joint is false: r) the decoder is as pretraining left it", Text());
        _runs.Write("r/recipe.json", """{"format":1,"name":"r","training":[{"joint":false}]}""");
        Assert.DoesNotContain("joint", Text());

        string Text() => Assert.Single(Report("r").Sections.Single(section => section.Id == "memory").Blocks.OfType<TextBlock>()).Text;
    }

    /// <summary>Thirteen groups come first that have nothing to show: a figure is of those that have.</summary>
    [Fact]
    public void A_group_without_anything_to_show_takes_no_others_place()
    {
        for (var group = 1; group <= 13; group++)
        {
            _runs.Begun($"all/a{group}-s1", 1, $"a{group}");
            _runs.Write($"all/a{group}-s1/metrics.jsonl", "");
        }
        _runs.Finished("all/b-s1", 0.5, 1, "b");
        _runs.Probe("all/b-s1");
        var report = Report("all");
        Assert.Equal(["confusion", "gradient", "learning", "memory"], report.Sections.Select(section => section.Id).Intersect(["learning", "confusion", "gradient", "memory"]).Order());
        Assert.All(report.Figures.OfType<LineFigure>(), figure => Assert.Equal("b", Assert.Single(figure.Series).Name));
        Assert.DoesNotContain(report.Sections.SelectMany(section => section.Blocks).OfType<TextBlock>(), block => block.Text.Contains("the first 12", StringComparison.Ordinal));
    }

    [Fact]
    public void At_most_twelve_lines_are_drawn_in_a_figure_but_a_figure_a_group_is_drawn_of_all()
    {
        for (var group = 1; group <= 13; group++)
        {
            _runs.Finished($"all/a{group}-s1", 0.5, 1, $"a{group}");
            _runs.Probe($"all/a{group}-s1");
        }
        var report = Report("all");
        Assert.All(report.Figures.OfType<LineFigure>(), figure => Assert.Equal(12, figure.Series.Count));
        Assert.Equal((13, 13), (report.Figures.OfType<MatrixFigure>().Count(), report.Figures.OfType<MemoryFigure>().Count()));
        Assert.Equal(13, Table(report, "gradient").Rows.Count);
        foreach (var (id, isCut) in new[] { ("learning", true), ("gradient", true), ("confusion", false), ("memory", false) })
            Assert.Equal(isCut, report.Sections.Single(section => section.Id == id).Blocks.OfType<TextBlock>().First().Text.Contains("the first 12 of at most 13 groups", StringComparison.Ordinal));
    }

    /// <summary>Without a gradient at the end there is nothing that a tenth could be below.</summary>
    [Fact]
    public void Where_no_gradient_is_the_table_says_so()
    {
        _runs.Finished("r", 0.5);
        _runs.Write("r/probes/gradient.json", """{"format":2,"split":"test","rows":2,"distances":[0,1],"norms":[0,0]}""");
        Assert.Equal(["r", "0", "no gradient", "no gradient"], Texts(Table(Report("r"), "gradient").Rows[0]));
    }

    [Fact]
    public void Of_rows_of_one_step_nothing_is_said_of_a_reach()
    {
        _runs.Finished("r", 0.5);
        _runs.Write("r/probes/gradient.json", """{"format":2,"split":"test","rows":2,"distances":[0],"norms":[0.5]}""");
        Assert.Equal(["r", "–", "–", "–"], Texts(Table(Report("r"), "gradient").Rows[0]));
    }

    /// <summary>The first format's norms are of h alone: beside others they would be read as the same.</summary>
    [Fact]
    public void A_gradient_measured_in_the_earlier_way_is_named_and_not_shown()
    {
        foreach (var seed in new[] { 1, 2 })
        {
            _runs.Finished($"all/r-s{seed}", 0.5, seed, "r");
            _runs.Probe($"all/r-s{seed}");
        }
        _runs.Write("all/r-s1/probes/gradient.json", """{"format":1,"split":"test","rows":2,"distances":[0,1],"norms":[900,900]}""");
        var report = Report("all");
        Assert.Equal("0.25", Table(report, "gradient").Rows[0][1].Text);
        Assert.EndsWith("Not shown: 1 run measured by an earlier version, in another way.", Text(report));
        _runs.Write("all/r-s2/probes/gradient.json", """{"format":1,"split":"test","rows":2,"distances":[0,1],"norms":[900,900]}""");
        Assert.Equal("Not shown: 2 runs measured by an earlier version, in another way.", Text(Report("all")));
        static string Text(Report report) => Assert.Single(report.Sections.Single(section => section.Id == "gradient").Blocks.OfType<TextBlock>()).Text;
    }

    [Fact]
    public void Figures_and_sections_have_names_of_their_own()
    {
        var report = OfExample();
        Assert.Equal(report.Figures.Select(figure => figure.Id).Distinct(), report.Figures.Select(figure => figure.Id));
        Assert.Equal(report.Sections.Select(section => section.Id).Distinct(), report.Sections.Select(section => section.Id));
    }
}
