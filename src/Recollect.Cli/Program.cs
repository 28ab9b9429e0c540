Console.WriteLine("recollect");
