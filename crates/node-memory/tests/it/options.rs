//! What a runtime starts from.

use node_memory::{Baseline, BaselineError, NodeVersion, Runtime, RuntimeError, RuntimeOptions};

#[test]
fn a_nodes_version_sets_heap_pool_and_streams_alike() {
    let figures = |version| {
        let mut runtime = Runtime::new(RuntimeOptions::for_node(version, 16 << 30)).unwrap();
        let writable = runtime.writable().unwrap();
        let mark = runtime.writable_high_water_mark(&writable).unwrap();
        runtime.buffer_alloc_unsafe(1).unwrap();
        (runtime.heap_limit() >> 20, runtime.memory_usage().array_buffers().unwrap(), mark)
    };
    let new_mark = if cfg!(windows) { 16384 } else { 65536 };
    if usize::BITS == 64 {
        assert_eq!(figures(NodeVersion::V12), (2096, 8192, 16384));
        assert_eq!(figures(NodeVersion::V14), (4144, 8192, 16384));
        assert_eq!(figures(NodeVersion::V20), (4144, 8192, 16384));
        assert_eq!(figures(NodeVersion::V22), (4144, 8192, new_mark));
        assert_eq!(figures(NodeVersion::V24), (4288, 65536, new_mark));
        let (_, slab, mark) = figures(NodeVersion::V26);
        assert_eq!((slab, mark), (65536, new_mark));
    }
}

fn refusal(baseline: Baseline) -> BaselineError {
    let options = RuntimeOptions { baseline, ..RuntimeOptions::default() };
    match Runtime::new(options).err() {
        Some(RuntimeError::Baseline(error)) => error,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_baseline_that_contradicts_itself_is_refused_with_its_figures() {
    let zero = Baseline::default();
    assert_eq!(
        refusal(Baseline { heap_used: 1001, ..zero }),
        BaselineError::HeapUsedUnaligned { heap_used: 1001 }
    );
    assert_eq!(
        refusal(Baseline { external: 1, array_buffers: 2, ..zero }),
        BaselineError::ArrayBuffersAboveExternal { array_buffers: 2, external: 1 }
    );
    assert_eq!(
        refusal(Baseline { external: 5, array_buffers: 5, array_buffers_garbage: 6, ..zero }),
        BaselineError::GarbageAboveArrayBuffers { garbage: 6, array_buffers: 5 }
    );
    let unreachable = refusal(Baseline { heap_used: 8, ..zero });
    assert_eq!(unreachable, BaselineError::HeapUsedUnreachable { heap_used: 8, reached: 0 });
    assert_eq!(
        unreachable.to_string(),
        "the baseline's heapUsed of 8 bytes cannot be reached: the runtime uses 0 bytes"
    );
}
