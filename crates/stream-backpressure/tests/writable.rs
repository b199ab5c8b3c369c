//! Backpressure, corking, ending and the cap.

use stream_backpressure::{Completion, Options, Refusal, Sink, Writable};

#[derive(Default)]
struct Recorder {
    chunks: Vec<Vec<u8>>,
    pending: bool,
}

impl Sink<Vec<u8>> for Recorder {
    fn write(&mut self, chunk: Vec<u8>) -> Completion {
        self.chunks.push(chunk);
        if self.pending { Completion::Pending } else { Completion::Done }
    }
}

#[test]
fn exactly_the_mark_says_false_and_drain_follows_the_last_chunk() {
    let mut sink = Recorder { pending: true, ..Recorder::default() };
    let mut writable = Writable::new(Options { high_water_mark: 4, cap: None });
    assert!(writable.write(&mut sink, vec![1; 3]).unwrap());
    assert!(!writable.write(&mut sink, vec![2; 1]).unwrap());
    writable.complete(&mut sink);
    assert!(!writable.take_drain());
    writable.complete(&mut sink);
    assert!(writable.take_drain());
    assert!(!writable.take_drain());
    assert_eq!(sink.chunks, [vec![1; 3], vec![2; 1]]);
}

#[test]
fn cork_nests_and_keeps_the_order() {
    let mut sink = Recorder::default();
    let mut writable = Writable::new(Options::default());
    writable.cork();
    writable.cork();
    for n in 0..3 {
        writable.write(&mut sink, vec![n]).unwrap();
    }
    writable.uncork(&mut sink);
    assert_eq!((sink.chunks.len(), writable.buffered_chunks()), (0, 3));
    writable.uncork(&mut sink);
    assert_eq!(sink.chunks, [[0], [1], [2]]);
    assert_eq!(writable.length(), 0);
}

#[test]
fn a_refused_chunk_comes_back() {
    let mut sink = Recorder { pending: true, ..Recorder::default() };
    let mut writable = Writable::new(Options { cap: Some(5), ..Options::default() });
    writable.write(&mut sink, vec![0; 5]).unwrap();
    let refused = writable.write(&mut sink, vec![9]).unwrap_err();
    assert_eq!((refused.chunk, refused.reason), (vec![9], Refusal::Full { cap: 5 }));
    writable.end(&mut sink);
    assert_eq!(writable.write(&mut sink, vec![8]).unwrap_err().reason, Refusal::AfterEnd);
    writable.complete(&mut sink);
    assert!(writable.finished());
}
