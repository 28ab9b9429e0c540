using System.Text;
using Recollect.Data.Tests.Reading;
using Recollect.Sequences;

namespace Recollect.Data.Tests.Loading;

public sealed class StanfordDogsTests : IDisposable
{
    private static readonly string[] Breeds = ["n02085620-Chihuahua", "n02085782-Japanese_spaniel", "n02113978-Mexican_hairless"];
    private readonly TemporaryFolder _folder = new();

    public StanfordDogsTests()
    {
        // Both published lists have this form; here they name nine images each.
        _folder.Write("stanford-dogs/train_list.mat", Fixture.Bytes("list_packed.mat"));
        _folder.Write("stanford-dogs/test_list.mat", OtherList());
        for (var breed = 0; breed < 3; breed++)
        {
            for (var i = 0; i < 3; i++)
            {
                var name = $"{Breeds[breed]}/{Breeds[breed].Split('-')[0]}_{10 * breed + i}";
                _folder.Write($"stanford-dogs/Images/{name}.jpg", Fixture.Bytes(i == 2 ? "rgb.png" : "photo.jpg")); // the published set has a PNG too
                _folder.Write($"stanford-dogs/Images/{name[..^1]}{i + 5}.jpg", Fixture.Bytes("photo.jpg"));
                _folder.Write($"stanford-dogs/Annotation/{name}", VocAnnotationTests.Two.Replace("71", $"{i}").Replace("192", "9").Replace("180", "8"));
            }
        }
    }

    public void Dispose() => _folder.Dispose();

    /// <summary>A list of images that list_plain.mat and list_packed.mat do not name: their last digits are 5 to 7, not 0 to 2.</summary>
    internal static byte[] OtherList() => Encoding.Latin1.GetBytes(
        Encoding.Latin1.GetString(Fixture.Bytes("list_plain.mat")).Replace("0.jpg", "5.jpg", StringComparison.Ordinal).Replace("1.jpg", "6.jpg", StringComparison.Ordinal).Replace("2.jpg", "7.jpg", StringComparison.Ordinal));

    private DataSets Load(DataOptions options) => DataSetLoader.Load(options, _folder.Path);

    private static readonly DataOptions Dogs = new() { Source = "stanford-dogs", Size = 5, Grey = true };

    [Fact]
    public void The_published_lists_say_which_image_is_of_which_class_and_part()
    {
        var sets = Load(Dogs);
        Assert.Equal(["Chihuahua", "Japanese_spaniel", "Mexican_hairless"], sets.Classes);
        Assert.Equal((9, 9, 25), (sets.Train.Count, sets.Test.Count, sets.Train.LengthOf(0)));
        Assert.Equal([0, 1, 2, 0, 1, 2, 0, 1, 2], Enumerable.Range(0, 9).Select(sets.Train.LabelOf)); // in turn, so that a limit keeps every class
        Assert.Equal(["stanford-dogs/Images", "stanford-dogs/test_list.mat", "stanford-dogs/train_list.mat"], sets.Hashes.Keys.Order());
        Assert.Equal(3, Load(Dogs with { Limit = 3 }).Train.Count);
        Assert.Equal(StepFormat.Reals(3), Load(Dogs with { Grey = null, Limit = 1 }).Train.Format);
    }

    [Fact]
    public void A_box_cuts_each_image_to_its_dog()
    {
        var sets = Load(Dogs with { Box = true });
        var (found, shape) = (new int[25], new ImageShape(5, 5, 1, 256));
        sets.Train.CopyTokens(6, 0, found); // the third image of the first class
        Assert.Equal(ImageFile.Read(Fixture.Path("rgb.png"), null, shape, new ImageBox(2, 1, 9, 8)).Pixels.Select(pixel => (int)pixel), found);
        Assert.Contains("stanford-dogs/Annotation", sets.Hashes.Keys);
    }

    [Fact]
    public void What_is_missing_is_named_with_where_to_get_it()
    {
        Refusal.Of<DataException>(() => DataSetLoader.Load(Dogs, Path.Combine(_folder.Path, "none")), "train_list.mat", "images.tar", "vision.stanford.edu", "--data DIR");
        File.Delete(Path.Combine(_folder.Path, "stanford-dogs/Images", Breeds[1], "n02085782_11.jpg"));
        Refusal.Of<DataException>(() => Load(Dogs), "n02085782_11.jpg: there is no such file");
        Refusal.Of<RecipeException>(() => DataCatalog.Find("stanford-dogs"), "got by hand", "images.tar, annotation.tar and lists.tar");
    }

    [Fact]
    public void A_pipe_in_place_of_an_image_is_refused_and_not_waited_for()
    {
        var name = Path.Combine("stanford-dogs/Images", Breeds[1], "n02085782_11.jpg");
        File.Delete(Path.Combine(_folder.Path, name));
        _folder.Pipe(name);
        foreach (var action in new Action[] { () => Load(Dogs), () => DataInfo.Of("stanford-dogs", _folder.Path) })
            Refusal.Of<DataException>(action, "n02085782_11.jpg: the file is empty, a pipe or a device");
    }

    [Fact]
    public void An_image_to_train_on_and_to_test_on_is_refused()
    {
        _folder.Write("stanford-dogs/test_list.mat", Fixture.Bytes("list_plain.mat"));
        foreach (var action in new Action[] { () => Load(Dogs), () => DataInfo.Of("stanford-dogs", _folder.Path) })
            Refusal.Of<DataException>(action, "train_list.mat and test_list.mat name the image 'n02085620-Chihuahua/n02085620_0.jpg' 2 times", "Get both lists anew");
    }

    [Fact]
    public void A_list_that_leads_out_of_the_folder_or_contradicts_itself_is_refused()
    {
        var plain = Fixture.Bytes("list_plain.mat");
        void Refused(string old, string now, params string[] says)
        {
            Assert.Equal(old.Length, now.Length);
            var text = Encoding.Latin1.GetString(plain);
            var path = _folder.Write("stanford-dogs/train_list.mat", Encoding.Latin1.GetBytes(text[..text.IndexOf(old, StringComparison.Ordinal)] + now + text[(text.IndexOf(old, StringComparison.Ordinal) + old.Length)..]));
            Refusal.Of<DataException>(() => Load(Dogs), says);
        }
        Refused("n02085620-Chihuahua/n02085620_0.jpg", "n02085620-Chihuahua/../etc/password", "train_list.mat, row 1: found the image 'n02085620-Chihuahua/../etc/password'");
        Refused("n02085620-Chihuahua/n02085620_0.jpg", "../../../../../../etc/passwd.bin.jpg"[..35], "row 1: found the image");
        Refused("n02085620-Chihuahua/n02085620_0.jpg", "n02085620+Chihuahua/n02085620_0.jpg", "both of one folder");
        Refused("file_list", "fill_list", "there are no cells 'file_list'");
        Refused("labels", "lables", "there are no numbers 'labels'");
        _folder.Write("stanford-dogs/train_list.mat", "nothing");
        Refusal.Of<DataException>(() => Load(Dogs), "train_list.mat: this is no MATLAB file");
    }
}
