using System.Numerics;
using Recollect.Kernels;
using Recollect.Sequences;

namespace Recollect.Losses;

/// <summary>The true steps of segments, from their first place on: place j is read, place j + 1 is what it is scored on.</summary>
internal sealed unsafe class SegmentSteps<T> : IDisposable
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly NativeArray<T> _values = new();
    private int _width;

    /// <summary>Segments R.</summary>
    public int Segments { get; private set; }

    /// <summary>Whether steps are tokens, and not reals.</summary>
    public bool AreTokens { get; private set; }

    /// <summary>Tokens. // [l + 1, R]</summary>
    public int[] Tokens { get; private set; } = [];

    /// <summary>Reals. // [l + 1, R, D]</summary>
    public T* Values(int segment, int place) => _values.Pointer + ((long)place * Segments + segment) * _width;

    /// <summary>Reads every segment's places, the first at step <c>first[r]</c>, the next <paramref name="stride"/> steps on.</summary>
    public void Read(KernelPass<T> pass, IReadOnlyList<Segment> segments, int[] first, int stride)
    {
        var places = segments.Max(s => s.Length) + 1;
        Segments = segments.Count;
        _width = pass.Batch.Format.Width;
        AreTokens = pass.Batch.Format.Kind == StepKind.Tokens;
        if (!AreTokens)
            _values.Ensure((long)places * Segments * _width);
        else if (SegmentPlaces.Of(places, Segments) is var size && Tokens.Length < size)
            Tokens = new int[size];
        for (var r = 0; r < Segments; r++)
        {
            for (var place = 0; place <= segments[r].Length; place++)
            {
                var step = first[r] + stride * place;
                if (AreTokens)
                    Tokens[place * Segments + r] = pass.Steps.Token(segments[r].Row, step);
                else
                    new Span<T>(pass.Steps.Values(segments[r].Row, step), _width).CopyTo(new Span<T>(Values(r, place), _width));
            }
        }
    }

    /// <summary>The memory that <see cref="Read"/> takes, bytes.</summary>
    public static long BytesFor(long segments, int longest, StepFormat format) => (longest + 1L) * segments * BytesOf(format);

    /// <summary>A step's.</summary>
    public static long BytesOf(StepFormat format) => format.Kind == StepKind.Tokens ? sizeof(int) : (long)format.Width * sizeof(T);

    /// <inheritdoc/>
    public void Dispose() => _values.Dispose();
}
