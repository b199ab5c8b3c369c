//! Buffers and frozen buffers as values.

use slab_buffer::{AnyPool, Buffer, Frozen, Pool, PoolOptions, SyncPool};
use std::cmp::Ordering;
use std::collections::hash_map::DefaultHasher;
use std::collections::{BTreeSet, HashMap};
use std::hash::{Hash, Hasher};

fn buffer(bytes: &[u8]) -> Buffer {
    Pool::new(PoolOptions::default()).from_bytes(bytes).unwrap()
}

fn hash(value: &(impl Hash + ?Sized)) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

#[test]
fn they_equal_and_order_as_their_bytes_do() {
    fn equal<A: PartialEq<B> + ?Sized, B: PartialEq<A> + ?Sized>(one: &A, other: &B) {
        assert!(one.eq(other) && other.eq(one));
    }
    fn below<A: PartialOrd<B> + ?Sized, B: PartialOrd<A> + ?Sized>(low: &A, high: &B) {
        assert_eq!(low.partial_cmp(high), Some(Ordering::Less));
        assert_eq!(high.partial_cmp(low), Some(Ordering::Greater));
        assert!(low.ne(high) && high.ne(low));
    }
    let (buffer, frozen) = (buffer(b"hello"), Frozen::from("hello"));
    let (vector, text) = (b"hello".to_vec(), String::from("hello"));
    equal(&buffer, &frozen);
    equal(&buffer, &buffer.clone());
    equal(&buffer, "hello");
    equal(&buffer, &"hello");
    equal(&buffer, &vector);
    equal(&buffer, &text);
    equal(&frozen, &frozen.clone());
    equal(&frozen, b"hello");
    equal(&frozen, &b"hello");
    equal(&frozen, &vector[..]);
    equal(&frozen, &&vector[..]);
    equal(&frozen, &text);
    below(&buffer, "hellp");
    below("hell", &frozen);
    below(&b"hell".to_vec(), &frozen);
    below(&frozen, b"help");
    assert_eq!(frozen.cmp(&Frozen::from("help")), Ordering::Less);
}

#[test]
fn they_are_found_by_slices_in_maps() {
    assert_eq!(hash(&buffer(b"key")), hash(&b"key"[..]));
    assert_eq!(hash(&Frozen::from("key")), hash(&b"key"[..]));
    let map = HashMap::from([(buffer(b"key").freeze(), 1)]);
    assert_eq!(map.get(&b"key"[..]), Some(&1));
    let set: BTreeSet<_> = ["b", "a", "c"].into_iter().map(Frozen::from).collect();
    assert_eq!(set.into_iter().collect::<Vec<_>>(), ["a", "b", "c"]);
}

#[test]
fn frozen_bytes_come_from_vectors_and_strings_and_go_back() {
    let vector = vec![1, 2, 3];
    let place = vector.as_ptr();
    let frozen = Frozen::from(vector);
    assert_eq!(frozen.as_ptr(), place);
    assert!(frozen.buffer().is_none());
    let part = frozen.slice(1..).unwrap();
    assert_eq!(Vec::from(part.clone()), [2, 3]);
    assert_eq!(part.thaw().unwrap_err(), [2, 3]);
    let vector = Vec::from(frozen);
    assert_eq!((vector.as_ptr(), &*vector), (place, &[1, 2, 3][..]));
    let text = String::from("grüße");
    let place = text.as_ptr();
    let text = String::try_from(Frozen::from(text)).unwrap();
    assert_eq!((text.as_ptr(), &*text), (place, "grüße"));
    assert_eq!(String::try_from(buffer(b"\xff")).unwrap_err().as_bytes(), b"\xff");
    assert_eq!(Vec::from(buffer(b"ab")), b"ab");
    assert_eq!(Frozen::from(Box::from([1, 2])), [1, 2]);
    assert_eq!((1..4).collect::<Frozen>(), [1, 2, 3]);
    assert_eq!(Frozen::default(), b"");
    static TEXT: Frozen = Frozen::from_static(b"static");
    assert_eq!(TEXT.slice(..4).unwrap(), "stat");
}

#[test]
fn an_empty_slice_holds_nothing() {
    let pool = Pool::new(PoolOptions::default());
    let frozen = pool.alloc_unsafe(5000).unwrap().freeze();
    let slices = [frozen.slice(..0).unwrap(), frozen.slice(70..70).unwrap()];
    assert!(slices.iter().all(|slice| slice.is_empty() && slice.buffer().is_none()));
    drop(frozen);
    assert_eq!(pool.array_buffers(), 0);
    let mut empty = pool.alloc_unsafe(5000).unwrap();
    empty.truncate(0);
    let empty = empty.freeze();
    assert_eq!((pool.array_buffers(), empty.len()), (0, 0));
}

#[test]
fn they_are_iterated_over_from_both_ends() {
    let frozen = Frozen::from(&[1, 2, 3, 4]);
    let mut bytes = frozen.clone().into_iter();
    assert_eq!(
        (bytes.len(), bytes.next(), bytes.next_back(), bytes.len()),
        (4, Some(1), Some(4), 2)
    );
    assert_eq!(bytes.by_ref().collect::<Vec<_>>(), [2, 3]);
    assert_eq!((bytes.next(), bytes.next_back()), (None, None));
    let mut sum = 0;
    for byte in &frozen {
        sum += byte;
    }
    assert_eq!((sum, buffer(b"ab").into_iter().rev().collect::<Vec<_>>()), (10, b"ba".to_vec()));
}

#[test]
fn they_show_their_bytes() {
    let bytes = [0, 10, 255];
    assert_eq!(format!("{:x} {:X}", buffer(&bytes), Frozen::from(bytes.to_vec())), "000aff 000AFF");
    assert_eq!(format!("{:#x}", buffer(&bytes)), "0x000aff");
    assert_eq!(format!("{:?}", buffer(&bytes)), "Buffer([00, 0a, ff])");
    assert_eq!(format!("{:?}", Frozen::from("a")), "Frozen([61])");
}

#[test]
fn frozen_bytes_are_compacted_by_either_pool() {
    fn compacts(pool: &impl AnyPool) {
        let mut slice = pool.alloc_unsafe(100_000).unwrap().freeze().slice(500..510).unwrap();
        assert_eq!(pool.array_buffers(), 100_000);
        assert!(slice.compact(pool).unwrap());
        assert_eq!((pool.array_buffers(), slice.len()), (8192, 10));
        assert!(!slice.compact(pool).unwrap());
        let mut text = Frozen::from("a static");
        assert!(!text.compact(pool).unwrap());
        let mut part = Frozen::from(vec![0; 1000]).slice(..10).unwrap();
        assert!(part.compact(pool).unwrap() && part.buffer().is_some());
    }
    compacts(&Pool::new(PoolOptions::default()));
    compacts(&SyncPool::new(PoolOptions::default()));
}

#[test]
fn a_writer_shows_what_is_filled() {
    use std::io::Write;

    let mut writer = buffer(&[0; 8]).writer();
    writer.write_all(b"abc").unwrap();
    writer.unfilled_mut()[0] = b'd';
    writer.advance(1);
    assert_eq!((writer.filled(), writer.written(), writer.room()), (&b"abcd"[..], 4, 4));
    writer.filled_mut()[0] = b'A';
    assert_eq!(writer.unfilled_mut().len(), 4);
    writer.clear();
    assert_eq!((writer.filled(), writer.capacity()), (&b""[..], 8));
}
