// Labels the rows of a file with a trained model: console-sample MODEL FILE
// The file is what the model was trained on: CSV, JSON Lines, .ts, Parquet, text, images or any file; a folder of images or files will do as well.
// A line on standard output for each row: its number from 0, its label, the label's probability.
using Recollect;
using Recollect.Data;
using Recollect.Inference;

if (args is not [var path, var file])
{
    Console.Error.WriteLine("usage: console-sample MODEL FILE");
    return 2;
}
try
{
    var model = SequenceModel.Load(path);
    var row = 0;
    foreach (var rows in PredictionInput.Samples(file, model.Preprocessing, model.Columns, model.Classes).Chunk(256)) // however many there are
    {
        foreach (var prediction in model.ClassifyBatch(rows))
            Console.WriteLine($"{row++}\t{prediction.Label}\t{prediction.Probability:0.0000}");
    }
    return 0;
}
catch (RecollectException error)
{
    Console.Error.WriteLine(error.Message);
    return error.ExitCode;
}
