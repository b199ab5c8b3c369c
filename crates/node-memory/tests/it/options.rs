//! What a runtime starts from.

use node_memory::{
    Array, Baseline, BaselineError, Buffer, NodeVersion, Output, RecordedNode, Runtime,
    RuntimeError, RuntimeOptions, Writable,
};

#[test]
fn a_nodes_version_sets_heap_pool_and_streams_alike() {
    let figures = |version| {
        let mut runtime = Runtime::new(RuntimeOptions::for_node(version, 16 << 30)).unwrap();
        let writable = Writable::new(&mut runtime).unwrap();
        let mark = writable.high_water_mark(&mut runtime).unwrap();
        Buffer::alloc_unsafe(&mut runtime, 1).unwrap();
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
    let options = RuntimeOptions::default().with_baseline(baseline);
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

#[test]
fn a_runtime_that_is_filled_later_has_the_baselines_figures_and_loses_its_garbage_alone() {
    let mut runtime = Runtime::new(RuntimeOptions::default()).unwrap();
    let own = Array::new(&mut runtime, 1000).unwrap();
    let node = RecordedNode::of(NodeVersion::V20, Output::Pipe).unwrap();
    runtime.fill(node.fresh).unwrap();
    let usage = runtime.memory_usage();
    let fresh = node.fresh;
    let figures = [usage.heap_total(), usage.heap_used(), usage.external(), usage.array_buffers()];
    let expected = [fresh.heap_total, fresh.heap_used, fresh.external, fresh.array_buffers];
    assert_eq!(figures, expected.map(|bytes| Some(bytes as u64)));
    runtime.gc();
    let left = fresh.heap_used - fresh.heap_garbage;
    let used = runtime.heap_used();
    assert!(used <= left && left - used < 1000, "{used} of {left}");
    runtime.add(node.first_print).unwrap();
    assert_eq!(runtime.heap_used(), used + node.first_print.heap_used);
    runtime.gc();
    let lasting = node.first_print.heap_used - node.first_print.heap_garbage;
    assert_eq!(runtime.heap_used(), used + lasting);
    assert_eq!(own.len(&mut runtime).unwrap(), 1000);
}

#[test]
fn every_recorded_node_can_be_started_from() {
    for version in [NodeVersion::V16, NodeVersion::V20, NodeVersion::V22, NodeVersion::V24] {
        for output in [Output::Pipe, Output::Terminal] {
            let node = RecordedNode::of(version, output).expect("it is recorded");
            let options = RuntimeOptions::for_node(version, 16 << 30).with_baseline(node.fresh);
            let runtime = Runtime::new(options).unwrap();
            assert_eq!(runtime.heap_used(), node.fresh.heap_used, "{version:?}, {output:?}");
        }
    }
}

#[test]
fn external_falls_a_collection_later_where_buffers_are_freed_in_the_background() {
    let figures = |background_sweeping| {
        let mut options = RuntimeOptions::default();
        options.background_sweeping = background_sweeping;
        let mut runtime = Runtime::new(options).unwrap();
        drop(Buffer::alloc(&mut runtime, 100_000).unwrap());
        let mut figures = Vec::new();
        for _ in 0..2 {
            runtime.gc();
            let usage = runtime.memory_usage();
            figures.push((usage.external().unwrap(), usage.array_buffers().unwrap()));
        }
        figures
    };
    assert_eq!(figures(false), [(0, 0), (0, 0)]);
    assert_eq!(figures(true), [(100_000, 0), (0, 0)]);
}

#[test]
fn an_embedded_runtime_has_external_memory_and_no_array_buffers() {
    let mut runtime = Runtime::new(RuntimeOptions::default().with_embedding()).unwrap();
    let _buffer = Buffer::alloc(&mut runtime, 100_000).unwrap();
    let usage = runtime.memory_usage();
    assert_eq!((usage.external(), usage.array_buffers()), (Some(100_000), None));
}

#[test]
fn nodes_flags_set_the_limits_of_the_old_and_the_new_generation() {
    let options = RuntimeOptions::default().with_max_semi_space(1).with_max_old_space(64);
    assert_eq!((options.heap.limit, options.heap.old_generation_limit), (67 << 20, 64 << 20));
    assert_eq!(options.heap.max_semi_space, 1 << 20);
}
