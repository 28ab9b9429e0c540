namespace Recollect.Tests.Cli.Commands;

public sealed class DataCommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("recollect-data-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void List_tells_which_sets_are_here()
    {
        var sets = Ran.Command("data", "list", "--data", _folder, "--json").Json.AsArray();
        Assert.Equal(["digits", "mnist", "fashion-mnist", "cifar-10", "dbpedia", "stanford-dogs"], sets.Select(set => set!["name"]!.GetValue<string>()));
        Assert.Equal([true, false, false, false, false, false], sets.Select(set => set!["present"]!.GetValue<bool>()));
        Assert.Contains("CC BY 4.0", Ran.Command("data", "list", "--data", _folder).Out);
    }

    [Theory]
    [InlineData("minst", 2, "Nearest: mnist")]
    [InlineData("digits", 2, "embedded")]
    [InlineData("mnist --from nowhere", 3, "nowhere: there is no such file or folder")]
    public void Get_refuses_what_it_cannot_bring(string line, int code, string message)
    {
        var ran = Ran.Command(["data", "get", .. line.Split(' '), "--data", _folder]);
        Assert.Equal(code, ran.Code);
        Assert.Contains(message, ran.Error);
    }

    [Fact]
    public void Get_from_a_folder_names_the_files_that_it_lacks()
    {
        var ran = Ran.Command("data", "get", "mnist", "--from", _folder, "--data", Path.Combine(_folder, "data"));
        Assert.Equal(3, ran.Code);
        Assert.Contains("train-images-idx3-ubyte", ran.Error);
        Assert.Contains("expected train-images-idx3-ubyte.gz and train-labels-idx1-ubyte.gz and ", ran.Error);
    }

    [Fact]
    public void Get_from_another_sets_files_names_that_set_and_its_command()
    {
        var file = Path.Combine(_folder, "data_batch_1.bin");
        File.WriteAllBytes(file, [1, 2, 3]);
        Ran.Command("data", "get", "mnist", "--from", file, "--data", Path.Combine(_folder, "data"))
            .Refused(3, "look like the files of cifar-10, not of mnist", $"recollect data get cifar-10 --from {file}");
    }

    [Fact]
    public void Info_counts_rows_lengths_and_classes()
    {
        var file = Path.Combine(_folder, "mine.csv");
        File.WriteAllText(file, "label,text\nyes,abc\nno,abcde\nyes,a\n");
        var part = Ran.Command("data", "info", file, "--json").Json["parts"]![0]!;
        Assert.Equal((3, 1, 5), (part["rows"]!.GetValue<int>(), part["minLength"]!.GetValue<int>(), part["maxLength"]!.GetValue<int>()));
        Assert.Equal(2, part["classes"]!["yes"]!.GetValue<int>());
        Assert.Contains("3 rows of 1 to 5 steps (mean 3.0)", Ran.Command("data", "info", file).Out);
        Assert.Equal(3, Ran.Command("data", "info", Path.Combine(_folder, "none.csv")).Code);
    }

    [Fact]
    public void Info_shows_shares_and_advises_weights_where_classes_are_unequal()
    {
        string Info(int many, int few)
        {
            var file = Path.Combine(_folder, $"{many}.csv");
            File.WriteAllText(file, "label,text\n" + string.Concat(Enumerable.Repeat("many,a\n", many)) + string.Concat(Enumerable.Repeat("few,b\n", few)));
            return Ran.Command("data", "info", file).Out;
        }
        var equal = Info(3, 1);
        Assert.Contains("many   3     75.00%", equal);
        Assert.Contains("largest to smallest class: 3", equal);
        Assert.DoesNotContain("note:", equal);
        Assert.Contains("note: the largest class has 4.5 times the rows of the smallest; 'training.classWeights = balanced'", Info(9, 2));
        Assert.StartsWith("rows: the largest class has 4.5 times the rows", (string)Assert.Single(Ran.Command("data", "info", Path.Combine(_folder, "9.csv"), "--json").Json["notes"]!.AsArray())!);
        Assert.Empty(Ran.Command("data", "info", Path.Combine(_folder, "3.csv"), "--json").Json["notes"]!.AsArray());
    }

    [Fact]
    public void Info_knows_the_set_that_was_nearly_named() =>
        Ran.Command("data", "info", "dbpdia").Refused(3, "dbpdia: there is no such file, nor a set of that name; looked for ", "Nearest: dbpedia");

    [Fact]
    public void Pack_makes_one_file_that_a_training_reads()
    {
        var (file, run) = (Path.Combine(_folder, "digits.packed"), Path.Combine(_folder, "run"));
        var ran = Ran.Command("data", "pack", "digits-lstm", "-o", file, "--set", "data.limit=40", "--set", "data.testLimit=10");
        Assert.True(ran.Code == 0, ran.Error);
        Assert.Contains("train  40    2,560", ran.Out);
        Assert.Contains($"--set 'data={{\"source\":\"packed\",\"train\":\"{file}\"}}'", ran.Out);
        ran = Ran.Command("train", "digits-lstm", "--out", run, "--threads", "1", "--max-steps", "1", "--set", $"data={{\"source\":\"packed\",\"train\":\"{file}\"}}");
        Assert.True(ran.Code == 0, ran.Error);
        Assert.Contains("of 10", ran.Out);
        Assert.Contains("test: 10 rows of 64 to 64 steps", Ran.Command("data", "info", file).Out);
        Ran.Command("data", "pack", "digits-lstm").Refused(2, "--out");
        Ran.Command("data", "pack", "mnist-lstm-300", "-o", file, "--data", Path.Combine(_folder, "none")).Refused(3, "recollect data get mnist");
    }

    [Fact]
    public void What_pack_says_to_train_with_can_be_typed_whatever_the_file_is_called()
    {
        var file = Path.Combine(_folder, "it's.packed");
        var ran = Ran.Command("data", "pack", "digits-lstm", "-o", file, "--set", "data.limit=40", "--set", "data.testLimit=10");
        Assert.True(ran.Code == 0, ran.Error);
        Assert.Contains($$"""--set 'data={"source":"packed","train":"{{file.Replace("'", @"'\''")}}"}'""", ran.Out);
    }

    [Fact]
    public void Pack_refuses_a_place_that_cannot_be_written_to_before_it_reads_anything()
    {
        string[] recipe = ["data", "pack", "digits-lstm", "--set", """data={"source":"csv","train":"none.csv"}"""]; // there are no rows to read
        Ran.Command([.. recipe, "-o", _folder]).Refused(2, $"'{_folder}' is a folder");
        var nowhere = Path.Combine(_folder, "no", "a.packed");
        Ran.Command([.. recipe, "-o", nowhere]).Refused(1, $"Cannot write '{nowhere}': its folder does not exist; nothing was read. Make or mend the folder, or name another file with -o.");
    }

    [Fact]
    public void Info_takes_the_columns_names_as_a_recipe_does()
    {
        var mail = Path.Combine(_folder, "mail.csv");
        File.WriteAllText(mail, "subject,from,kind\nabc,ann,private\na,bob,junk\n");
        Ran.Command("data", "info", mail).Refused(3, "column 'subject': found 'abc'", "--text, --values and --label name them");
        var ran = Ran.Command("data", "info", mail, "--text", "subject", "--label", "kind");
        Assert.Contains("columns: text 'subject', label 'kind'", ran.Out);
        Assert.Contains("2 rows of 1 to 3 steps", ran.Out);
        var pulse = Path.Combine(_folder, "pulse.csv");
        File.WriteAllText(pulse, "a,b,c\n1,2,3\n");
        Assert.Contains("columns: values 'c', 'a', no label", Ran.Command("data", "info", pulse, "--values", "c", "--values", "a").Out);
        Ran.Command("data", "info", mail, "--text", "subject", "--values", "from").Refused(2, "data.values", "'data.text' names the sequence");
    }

    [Fact]
    public void Info_notes_what_training_will_refuse()
    {
        string Note(string name, string table)
        {
            File.WriteAllText(Path.Combine(_folder, name), table);
            return Ran.Command("data", "info", Path.Combine(_folder, name)).Out;
        }
        var poor = Note("poor.csv", "text,label\nabc,yes\n,no\nabcd,\n");
        Assert.Contains("note: at least one row has no step; 'recollect train' refuses such a row, and names it.", poor);
        Assert.Contains("note: 1 of 3 rows have no label in 'label'; 'recollect train' refuses", poor);
        Assert.DoesNotContain("note:", Note("good.csv", "text,label\nabc,yes\na,no\n"));
        Assert.DoesNotContain("note:", Note("unlabelled.csv", "text\nabc\na\n"));
    }

    [Fact]
    public void Info_of_a_MATLAB_file_notes_nothing_of_training()
    {
        var file = Path.Combine(Checkout.Folder, "tests", "Recollect.Data.Tests", "Fixtures", "kinds_plain.mat");
        Assert.Contains("MATLAB arrays", Ran.Command("data", "info", file).Out);
        Assert.DoesNotContain("note:", Ran.Command("data", "info", file).Out);
        Assert.Empty(Ran.Command("data", "info", file, "--json").Json["notes"]!.AsArray());
    }

    [Fact]
    public void Info_shows_labels_as_a_terminal_may_show_them_and_not_thousands()
    {
        var file = Path.Combine(_folder, "ids.csv");
        File.WriteAllText(file, "label,text\n\"\u001b[2J\nx\u202ey\",a\n" + string.Concat(Enumerable.Range(0, 1025).Select(id => $"{id},a\n")));
        var ran = Ran.Command("data", "info", file);
        Assert.Contains(@"\u001b[2J\nx\u202ey", ran.Out);
        Assert.DoesNotContain('\u001b', ran.Out);
        Assert.Contains("\n… and 1,006 more\n", ran.Out);
        Assert.InRange(ran.Out.Split('\n').Length, 20, 30);
        Assert.Equal(1026, Ran.Command("data", "info", file, "--json").Json["parts"]![0]!["classes"]!.AsObject().Count);
    }

    [Fact]
    public void Info_notes_what_is_no_image_among_images()
    {
        foreach (var (name, bytes) in new[] { ("a/1.png", new byte[] { 1 }), ("b/notes.txt", [2]) })
        {
            Directory.CreateDirectory(Path.Combine(_folder, "pets", Path.GetDirectoryName(name)!));
            File.WriteAllBytes(Path.Combine(_folder, "pets", name), bytes);
        }
        Assert.Contains("note: 1 of 2 files is no image by its name, such as b/notes.txt", Ran.Command("data", "info", Path.Combine(_folder, "pets")).Out);
    }

    [Fact]
    public void Check_is_content_with_absence_and_refuses_damage()
    {
        Assert.Equal(0, Ran.Command("data", "check", "--data", _folder).Code);
        Directory.CreateDirectory(Path.Combine(_folder, "mnist"));
        File.WriteAllBytes(Path.Combine(_folder, "mnist", "t10k-labels-idx1-ubyte"), [1, 2, 3]);
        var ran = Ran.Command("data", "check", "--data", _folder);
        Assert.Equal(3, ran.Code);
        Assert.Contains("mnist: damaged", ran.Out);
        Assert.Contains("t10k-labels-idx1-ubyte", ran.Out);
        Assert.Contains("recollect data get mnist", ran.Error);
    }
}
