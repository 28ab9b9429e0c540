using Recollect.Benchmarks;

namespace Recollect.Tests.Benchmarks;

public class OneDnnTraceTests
{
    [Fact]
    public void A_primitive_is_named_once_without_its_time() => Assert.Equal(
        ["exec,cpu,rnn,ref,forward_training,src,,l1t4", "exec,cpu,reorder,jit:uni,undef,src,,1x1"],
        OneDnnTrace.Primitives(
            "onednn_verbose,v1,info,oneDNN v3.7.1\n"
            + "onednn_verbose,v1,primitive,exec,cpu,rnn,ref,forward_training,src,,l1t4,0.52\n"
            + "something else\n"
            + "onednn_verbose,v1,primitive,exec,cpu,rnn,ref,forward_training,src,,l1t4,0.49\n"
            + "onednn_verbose,v1,primitive,exec,cpu,reorder,jit:uni,undef,src,,1x1,0.01\n"));
}
