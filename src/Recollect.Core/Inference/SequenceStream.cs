using Recollect.Kernels;
using Recollect.Sequences;

namespace Recollect.Inference;

/// <summary>One sequence that comes a step at a time, for ever if need be: a fixed, small state, and what the model believes so far.</summary>
/// <remarks>
/// <para><c>Push</c> takes data as they are, and does the training's preprocessing where a step's part of it depends on nothing behind that step; <c>PushStep</c> takes steps that are prepared already
/// (<see cref="SequenceModel.TokensOf"/>). Pushing allocates nothing, nor does <see cref="Current"/>; only a word longer than all before it may take room, from 32 letters on,
/// and one of 4,096 letters and more does every time. A push that is refused has taken nothing.</para>
/// <para>One thread at a time may use a stream. Its few kilobytes are freed by <see cref="Dispose"/>, or when nothing refers to it any more.</para>
/// </remarks>
public sealed unsafe partial class SequenceStream : IDisposable
{
    private readonly ForwardStates<float> _states;
    private readonly HeadRoom<float> _room;
    private readonly NativeArray<float> _step; // of reals. // [D]
    private readonly float[] _last;            // of each component the last number that was there, where one that is missing gets it
    private readonly float[] _lastTried;       // the same while a push is looked at
    private readonly float[] _logits; // a copy, which outlives the room that they are computed in
    private readonly double[] _probabilities;
    private bool _current, _disposed;

    internal SequenceStream(SequenceModel model)
    {
        Model = model;
        _states = new ForwardStates<float>(model.Stack, 1);
        _room = new HeadRoom<float>(model.Head, 1);
        _step = new NativeArray<float>(model.Format.Kind == StepKind.Reals ? model.Format.Width : 0);
        (_last, _lastTried) = (new float[StreamState.LastNumbers(model)], new float[StreamState.LastNumbers(model)]);
        (_logits, _probabilities) = (new float[model.Classes.Count], new double[model.Classes.Count]);
    }

    /// <summary>The model.</summary>
    public SequenceModel Model { get; }

    /// <summary>Steps since the beginning.</summary>
    public long Steps { get; private set; }

    /// <summary>The probability of each class after the steps so far, in label order; before the first step, what the network says of no step at all. // [C]</summary>
    /// <remarks>The classifier runs when this is asked for, and not at every step. The span's numbers change with the next push.</remarks>
    /// <exception cref="DataException">The state, or what the model says of it, is not finite: a step was too large for it.</exception>
    public ReadOnlySpan<double> Current
    {
        get
        {
            Refresh();
            return _probabilities;
        }
    }

    /// <summary>What <see cref="Current"/> is the softmax of. // [C]</summary>
    /// <remarks>The span's numbers change with the next push.</remarks>
    public ReadOnlySpan<float> Logits
    {
        get
        {
            Refresh();
            return _logits;
        }
    }

    /// <summary>The number of the most probable class so far; the first of equals.</summary>
    public int Index => Prediction.Largest(Current);

    /// <summary>The name of the most probable class so far.</summary>
    public string Label => Model.Classes[Index];

    /// <summary>Takes one token that is prepared already.</summary>
    /// <exception cref="DataException">The model reads reals, or does not know the token.</exception>
    public void PushStep(int token)
    {
        Model.Require(StepKind.Tokens, "tokens");
        Model.RefuseOutside(token, Steps + 1);
        Take(token);
    }

    /// <summary>Takes one step of reals that is prepared already.</summary>
    /// <param name="components">The components D.</param>
    /// <exception cref="DataException">The model reads tokens, or the numbers are not D finite ones.</exception>
    public void PushStep(ReadOnlySpan<float> components)
    {
        Model.Require(StepKind.Reals, "reals");
        if (components.Length != Model.Format.Width)
            throw new DataException($"Step {Steps + 1:N0}: found {components.Length:N0} number(s); expected {Model.Format.Width:N0}.");
        foreach (var value in components)
            SequenceModel.RefuseInfinite(value, Steps + 1);
        Take(components);
    }

    /// <summary>What the model says so far, to keep.</summary>
    public Prediction ToPrediction() => new(Model.Classes, Logits);

    /// <summary>Goes back to the beginning, for another sequence.</summary>
    public void Reset()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        _states.Clear();
        Array.Clear(_last);
        (Steps, _current) = (0, false);
        GC.KeepAlive(this);
    }

    /// <summary>Bytes of a saved state: the same for every stream of a model, however long it has run.</summary>
    public int StateLength => StreamState.LengthOf(Model);

    /// <summary>The whole state, from which <see cref="Restore"/> goes on, bit for bit; a stream of the same model, in this process or another.</summary>
    /// <exception cref="DataException">The state is not finite: a step was too large for it, and no stream could go on from it.</exception>
    public byte[] Save()
    {
        var state = new byte[StateLength];
        Save(state);
        return state;
    }

    /// <summary>Writes the whole state.</summary>
    /// <param name="state">Room for <see cref="StateLength"/> bytes.</param>
    /// <returns>How many bytes were written.</returns>
    /// <exception cref="ArgumentException">The room is too small.</exception>
    /// <exception cref="DataException">As for <see cref="Save()"/>; nothing is written.</exception>
    public int Save(Span<byte> state)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (state.Length < StateLength)
            throw new ArgumentException($"A state takes {StateLength} bytes; found room for {state.Length}.", nameof(state));
        var length = StreamState.Write(Model, _states, Steps, _last, state);
        GC.KeepAlive(this);
        return length;
    }

    /// <summary>Goes on where another stream of the same model stood when it was saved. What is refused changes nothing.</summary>
    /// <param name="state">What <see cref="Save()"/> gave.</param>
    /// <exception cref="DataException">The state is damaged, of another version or of another model.</exception>
    public void Restore(ReadOnlySpan<byte> state)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        Steps = StreamState.Read(Model, state, _states, _last);
        _current = false;
        GC.KeepAlive(this);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _disposed = true;
        _states.Dispose();
        _room.Dispose();
        _step.Dispose();
    }

    private void Take(int token)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        _states.Read[0] = Model.Stack.Layers[0].RowOf(token);
        Advance();
    }

    private void Take(ReadOnlySpan<float> components)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        components.CopyTo(new Span<float>(_step.Pointer, components.Length));
        _states.Read[0] = _step.Pointer;
        Advance();
    }

    private void Advance()
    {
        Model.Stack.Step(_states, 1);
        Steps++;
        _current = false;
        GC.KeepAlive(this);
    }

    private void Refresh()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (_current)
            return;
        _room.Read[0] = _states.Before(Model.Architecture.Layers - 1)[0];
        Prediction.RefuseInfinite(new ReadOnlySpan<float>(_room.Read[0], Model.Architecture.Hidden), "The stream's state");
        Model.Head.Apply(1, _room);
        var logits = new ReadOnlySpan<float>(_room.Outputs[0], _logits.Length);
        Prediction.RefuseInfinite(logits, "What the model says");
        logits.CopyTo(_logits);
        Prediction.Softmax(_logits, _probabilities);
        _current = true;
        GC.KeepAlive(this);
    }
}
