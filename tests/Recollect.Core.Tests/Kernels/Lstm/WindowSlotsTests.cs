using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Recollect.Kernels;

namespace Recollect.Core.Tests.Kernels.Lstm;

public sealed class WindowSlotsTests
{
    /// <summary>A plan that is asked for.</summary>
    public sealed record Plan(int Rows, IReadOnlyList<GradientWindow> Windows, IReadOnlyList<(int Row, int Step)> Extra, int Ring)
    {
        /// <summary>Every (row, step) whose state must stay: by the definition of a window, one by one.</summary>
        public HashSet<(int Row, int Step)> Kept =>
            [.. Windows.SelectMany(w => Enumerable.Range(w.Start, w.Length + 1).Select(step => (w.Row, step))).Concat(Extra)];

        internal WindowSlots Slots() => Slots(new WindowSlots());

        internal WindowSlots Slots(WindowSlots slots) => slots.Plan(Rows, [.. Windows, .. Extra.Select(e => new GradientWindow(e.Row, e.Step, e.Step))], Ring);

        public override string ToString() => $"{Rows} rows, ring {Ring}, windows [{string.Join(", ", Windows)}], extra [{string.Join(", ", Extra)}]";
    }

    public static class Plans
    {
        public static Arbitrary<Plan> Any() => Arb.From(
            from rows in Gen.Choose(1, 9)
            from windows in Gen.ListOf(
                from row in Gen.Choose(0, rows - 1)
                from start in Gen.Choose(0, 40)
                from length in Gen.Choose(0, 15)
                select new GradientWindow(row, start, start + length))
            from extra in Gen.ListOf(from row in Gen.Choose(0, rows - 1) from step in Gen.Choose(0, 60) select (row, step))
            from ring in Gen.Choose(2, 17)
            select new Plan(rows, windows, extra, ring));
    }

    [Property(MaxTest = 500, Arbitrary = [typeof(Plans)])]
    public void Every_kept_state_has_a_slot_of_its_own_before_the_ring(Plan plan)
    {
        var (slots, kept) = (plan.Slots(), plan.Kept);
        Assert.Equal(Enumerable.Range(0, kept.Count), kept.Select(k => slots.Of(k.Row, k.Step)).Order());
        Assert.Equal(kept.Count + plan.Ring * plan.Rows, slots.Count);
        var windows = plan.Windows.Concat(plan.Extra.Select(e => new GradientWindow(e.Row, e.Step, e.Step))).ToLookup(window => window.Row);
        Assert.Equal(plan.Ring * plan.Rows + windows.Sum(row => Math.Min(row.Sum(window => window.Length + 1), row.Max(window => window.End) + 1)), slots.Most);
        Assert.InRange(slots.Count, 0, slots.Most);
    }

    [Property(MaxTest = 200, Arbitrary = [typeof(Plans)])]
    public void What_a_row_takes_is_known_from_its_length_and_its_windows_lengths(Plan plan)
    {
        var windows = plan.Windows.Concat(plan.Extra.Select(e => new GradientWindow(e.Row, e.Step, e.Step))).ToLookup(window => window.Row);
        var most = Enumerable.Range(0, plan.Rows).Sum(row =>
            WindowSlots.MostOf(windows[row].Select(window => window.End).DefaultIfEmpty().Max(), windows[row].Select(window => window.Length), plan.Ring));
        Assert.Equal(plan.Slots().Most, most);
    }

    /// <summary>Rows side by side in one step; steps one after the other: what a stretch touches lies together.</summary>
    [Property(MaxTest = 500, Arbitrary = [typeof(Plans)])]
    public void Kept_states_lie_by_step_and_then_by_row(Plan plan)
    {
        var slots = plan.Slots();
        var inOrder = plan.Kept.OrderBy(k => k.Step).ThenBy(k => k.Row).Select(k => slots.Of(k.Row, k.Step));
        Assert.Equal(Enumerable.Range(0, plan.Kept.Count), inOrder);
    }

    [Property(MaxTest = 100, Arbitrary = [typeof(Plans)])]
    public void A_state_outside_windows_lasts_for_as_many_steps_as_the_ring_has(Plan plan)
    {
        var (slots, kept) = (plan.Slots(), plan.Kept);
        var holds = new (int Row, int Step)?[slots.Count];
        for (var step = 0; step <= 60; step++)
        {
            for (var row = 0; row < plan.Rows; row++)
            {
                var slot = slots.Of(row, step);
                Assert.Equal(kept.Contains((row, step)), slot < kept.Count);
                holds[slot] = (row, step);
            }
            // After each step everything that must last is still there.
            for (var row = 0; row < plan.Rows; row++)
            {
                for (var before = Math.Max(0, step - plan.Ring + 1); before <= step; before++)
                    Assert.True(holds[slots.Of(row, before)] == (row, before), $"After step {step}, row {row}'s state of step {before} is lost.");
            }
        }
        Assert.All(kept.Where(k => k.Step <= 60), k => Assert.Equal(k, holds[slots.Of(k.Row, k.Step)]));
    }

    /// <summary>Looking steps up backwards, forwards and anyhow finds the same slots: a look-up remembers where the last one was.</summary>
    [Property(MaxTest = 300, Arbitrary = [typeof(Plans)])]
    public void Slots_do_not_depend_on_the_order_of_questions(Plan plan, int seed)
    {
        var numbers = new Numbers(seed);
        var used = plan.Slots();
        for (var i = 0; i < 300; i++)
        {
            var (row, step) = (numbers.Next(plan.Rows), numbers.Next(80));
            Assert.Equal(plan.Slots().Of(row, step), used.Of(row, step));
        }
    }

    [Property(MaxTest = 200, Arbitrary = [typeof(Plans)])]
    public void A_plan_does_not_depend_on_the_plan_before_it(Plan before, Plan plan)
    {
        var (fresh, again) = (plan.Slots(), plan.Slots(before.Slots()));
        Assert.Equal(fresh.Count, again.Count);
        for (var row = 0; row < plan.Rows; row++)
            Assert.Equal(Enumerable.Range(0, 70).Select(step => fresh.Of(row, step)), Enumerable.Range(0, 70).Select(step => again.Of(row, step)));
    }

    [Property]
    public void Dense_slots_lie_by_step_and_then_by_row(byte rows, byte first, byte steps)
    {
        var slots = new DenseSlots().Set(rows + 1, first);
        var inOrder = from step in Enumerable.Range(first, steps + 1) from row in Enumerable.Range(0, rows + 1) select slots.Of(row, step);
        Assert.Equal(Enumerable.Range(0, (rows + 1) * (steps + 1)), inOrder);
    }
}
