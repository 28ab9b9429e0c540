namespace Recollect.Runs;

public sealed class MachineInfoTests
{
    [Fact]
    public void The_machine_is_described_in_full()
    {
        var machine = MachineInfo.Read();
        Assert.InRange(machine.Cores, 1, 4096);
        Assert.InRange(machine.Memory, 64L << 20, 1L << 50);
        Assert.True(machine.MemoryLimit is null || machine.MemoryLimit < machine.Memory);
        Assert.NotEmpty(machine.Processor);
        // Virtual machines give processors of many generations one name.
        if (OperatingSystem.IsLinux() && System.Runtime.Intrinsics.X86.X86Base.IsSupported)
            Assert.Matches(@", family \d+ model \d+$", machine.Processor);
        Assert.NotEmpty(machine.OperatingSystem);
        Assert.Contains(machine.Processor, machine.ToString());
    }

    [Fact]
    public void The_lowest_limit_of_the_groups_above_counts()
    {
        using var root = new TemporaryFolder();
        Put(root, "proc/self/cgroup", "0::/system.slice/job\n");
        Put(root, "sys/fs/cgroup/system.slice/job/memory.max", "max\n");
        Put(root, "sys/fs/cgroup/system.slice/memory.max", "2000\n");
        Put(root, "sys/fs/cgroup/memory.max", "3000\n");
        Assert.Equal(2000, ControlGroup.MemoryLimit(root.Path));
    }

    [Fact]
    public void A_group_seen_from_within_its_container_is_found_at_the_top()
    {
        using var root = new TemporaryFolder();
        Put(root, "proc/self/cgroup", "0::/not/visible/here\n");
        Put(root, "sys/fs/cgroup/memory.max", "3000\n");
        Assert.Equal(3000, ControlGroup.MemoryLimit(root.Path));
    }

    [Fact]
    public void Version_1_keeps_its_limit_elsewhere()
    {
        using var root = new TemporaryFolder();
        Put(root, "proc/self/cgroup", "5:cpu,cpuacct:/a\n4:memory:/a\n");
        Put(root, "sys/fs/cgroup/memory/a/memory.limit_in_bytes", "4000\n");
        Assert.Equal(4000, ControlGroup.MemoryLimit(root.Path));
    }

    [Fact]
    public void Processors_are_limited_by_a_quota_of_each_period_of_time()
    {
        using var root = new TemporaryFolder();
        Put(root, "proc/self/cgroup", "0::/system.slice/job\n");
        Put(root, "sys/fs/cgroup/system.slice/job/cpu.max", "max 100000\n");
        Assert.Null(ControlGroup.Processors(root.Path));
        Put(root, "sys/fs/cgroup/system.slice/cpu.max", "150000 100000\n");
        Put(root, "sys/fs/cgroup/cpu.max", "400000 100000\n");
        Assert.Equal(1.5, ControlGroup.Processors(root.Path));
    }

    [Fact]
    public void Version_1_keeps_quota_and_period_apart()
    {
        using var root = new TemporaryFolder();
        Put(root, "proc/self/cgroup", "5:cpu,cpuacct:/a\n4:memory:/a\n");
        Put(root, "sys/fs/cgroup/cpu/a/cpu.cfs_quota_us", "-1\n");
        Put(root, "sys/fs/cgroup/cpu/a/cpu.cfs_period_us", "100000\n");
        Assert.Null(ControlGroup.Processors(root.Path));
        Put(root, "sys/fs/cgroup/cpu/a/cpu.cfs_quota_us", "25000\n");
        Assert.Equal(0.25, ControlGroup.Processors(root.Path));
    }

    [Fact]
    public void Without_groups_there_is_no_limit()
    {
        using var root = new TemporaryFolder();
        Assert.Null(ControlGroup.MemoryLimit(root.Path));
        Assert.Null(ControlGroup.Processors(root.Path));
    }

    private static void Put(TemporaryFolder root, string path, string content)
    {
        var file = root.File(path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, content);
    }
}
