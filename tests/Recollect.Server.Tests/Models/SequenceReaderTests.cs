using Recollect.Inference;
using Recollect.Sequences;
using Recollect.Server.Models;

namespace Recollect.Tests.Server.Models;

public sealed class SequenceReaderTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("recollect-reader-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void A_vocabulary_is_numbered_once_and_not_for_every_part()
    {
        const int Words = 50_000;
        const int LeastOfDictionary = 1_000_000; // bytes: it takes more
        var file = ServedModel.ModelFile(_folder.FullName);
        SmallModels.Write(file, new TextPreprocessing { Unit = TextUnit.Words, Vocabulary = [.. Enumerable.Range(0, Words).Select(word => $"w{word}")] });
        var reader = new SequenceReader(SequenceModel.Load(file), 100);
        var (request, origin) = (new SequenceRequest { Text = "w7 w11 unheard" }, Origin.Whole("the text"));
        var (none, first, second) = (Allocated(), Part(), Part());
        Assert.Equal([7, 11, Words], first.Tokens);
        Assert.Equal(first.Tokens, second.Tokens);
        Assert.InRange(first.Bytes - none, LeastOfDictionary, long.MaxValue);
        Assert.InRange(second.Bytes - first.Bytes, 0, LeastOfDictionary / 20);

        (int[] Tokens, long Bytes) Part() => (((TokenPart)reader.Part(request, origin)).Tokens, Allocated());

        static long Allocated() => GC.GetAllocatedBytesForCurrentThread();
    }
}
