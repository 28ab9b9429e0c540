using Recollect.Runs;
using Recollect.Sequences;

namespace Recollect.Experiments;

/// <summary>Refuses a vocabulary that no model file can hold, before anything is trained with it.</summary>
internal static class VocabularyCheck
{
    // A tenth of the longest header is left to tensors, classes and all else that stands in it.
    private const int MostBytes = Safetensors.LongestHeader / 10 * 9;

    /// <exception cref="RecipeException">It would take more bytes of a model file's header than there is room for.</exception>
    public static void Refuse(Preprocessing preprocessing)
    {
        if (preprocessing is not TextPreprocessing { Vocabulary: { } vocabulary })
            return;
        var bytes = SafetensorsHeader.BytesOf(preprocessing.ToJson());
        if (bytes > MostBytes)
            throw new RecipeException($"data.vocabulary: the {vocabulary.Count:N0} units that have a token of their own take {bytes:N0} bytes; expected at most {MostBytes:N0}, for which a model file has room. Lower it.");
    }
}
