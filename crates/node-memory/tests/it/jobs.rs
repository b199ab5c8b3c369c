//! The event loop: what runs when, and what it keeps alive meanwhile.

use node_memory::{
    Buffer, FinalizationRegistry, Object, Runtime, RuntimeError, RuntimeOptions, WeakRef,
};
use std::sync::mpsc::{self, Receiver, Sender};
use std::time::Duration;

fn runtime() -> Runtime {
    Runtime::new(RuntimeOptions::default()).unwrap()
}

fn says<T: Send + 'static>(
    sender: &Sender<T>,
    what: T,
) -> impl FnOnce(&mut Runtime) -> Result<(), RuntimeError> + Send + 'static {
    let sender = sender.clone();
    move |_| {
        let _ = sender.send(what);
        Ok(())
    }
}

fn said<T>(receiver: &Receiver<T>) -> Vec<T> {
    receiver.try_iter().collect()
}

#[test]
fn ticks_run_before_microtasks_and_those_of_microtasks_after_all_of_them() {
    let mut runtime = runtime();
    let (sender, order) = mpsc::channel();
    let inner = sender.clone();
    runtime.queue_microtask(move |runtime| {
        runtime.next_tick(says(&inner, "tick of a microtask"));
        runtime.queue_microtask(says(&inner, "microtask of a microtask"));
        inner.send("microtask").map_err(|_| RuntimeError::NotA { expected: "receiver" })
    });
    runtime.queue_microtask(says(&sender, "second microtask"));
    let inner = sender.clone();
    runtime.next_tick(move |runtime| {
        runtime.next_tick(says(&inner, "tick of a tick"));
        inner.send("tick").map_err(|_| RuntimeError::NotA { expected: "receiver" })
    });
    assert_eq!(runtime.run_jobs().unwrap(), 6);
    let expected = [
        "tick",
        "tick of a tick",
        "microtask",
        "second microtask",
        "microtask of a microtask",
        "tick of a microtask",
    ];
    assert_eq!(said(&order), expected);
    assert_eq!(runtime.run_jobs().unwrap(), 0);
}

#[test]
fn a_job_that_fails_leaves_the_others() {
    let mut runtime = runtime();
    let (sender, order) = mpsc::channel();
    runtime.next_tick(|_| Err(RuntimeError::NotA { expected: "tick" }));
    runtime.next_tick(says(&sender, 1));
    assert!(runtime.run_jobs().is_err());
    assert!(said(&order).is_empty());
    assert_eq!(runtime.run_jobs().unwrap(), 1);
    assert_eq!(said(&order), [1]);
}

#[test]
fn timers_run_in_the_order_of_their_time_and_of_their_making() {
    let mut runtime = runtime();
    let (sender, order) = mpsc::channel();
    let ms = Duration::from_millis;
    runtime.set_timeout(ms(20), says(&sender, "20"));
    runtime.set_timeout(ms(0), says(&sender, "0 is 1"));
    runtime.set_timeout(ms(1), says(&sender, "1"));
    let cleared = runtime.set_timeout(ms(5), says(&sender, "never"));
    let every = sender.clone();
    let interval = runtime.set_interval(ms(10), move |runtime| says(&every, "every 10")(runtime));
    assert!(runtime.clear_timer(cleared) && !runtime.clear_timer(cleared));
    assert_eq!(runtime.advance(ms(0)).unwrap(), 0);
    assert_eq!(runtime.next_timer(), Some(ms(1)));
    assert_eq!(runtime.advance(ms(25)).unwrap(), 5);
    assert_eq!(said(&order), ["0 is 1", "1", "every 10", "20", "every 10"]);
    assert_eq!(runtime.now(), ms(25));
    assert!(runtime.clear_timer(interval));
    assert_eq!(runtime.advance(Duration::MAX).unwrap(), 0);
}

#[test]
fn an_interval_can_clear_itself() {
    let mut runtime = runtime();
    let (sender, timer) = mpsc::channel();
    let mut left = 3;
    let interval = runtime.set_interval(Duration::from_millis(1), move |runtime| {
        left -= 1;
        if left == 0 {
            assert!(runtime.clear_timer(timer.recv().unwrap()));
        }
        Ok(())
    });
    sender.send(interval).unwrap();
    assert_eq!(runtime.advance(Duration::from_secs(1)).unwrap(), 3);
    assert_eq!(runtime.next_timer(), None);
}

#[test]
fn a_job_keeps_what_it_has_captured_until_it_has_run() {
    let mut runtime = runtime();
    let body = Buffer::alloc(&mut runtime, 1000).unwrap();
    runtime.queue_microtask(move |runtime| body.write(runtime, |bytes| bytes.fill(1)));
    runtime.gc();
    assert_eq!(runtime.memory_usage().array_buffers(), Some(1000));
    runtime.run_jobs().unwrap();
    runtime.gc();
    assert_eq!(runtime.memory_usage().array_buffers(), Some(0));
}

#[test]
fn a_registry_learns_of_dead_targets_and_of_no_others() {
    let mut runtime = runtime();
    let (sender, held) = mpsc::channel();
    let host = &mut runtime;
    let registry = FinalizationRegistry::new(host, move |runtime, value| {
        // A callback may use the runtime.
        Object::new(runtime)?;
        let _ = sender.send(value.as_number().unwrap_or(-1.0));
        Ok(())
    })
    .unwrap();
    let targets: Vec<_> = (0..4).map(|_| Object::new(host).unwrap()).collect();
    let token = Object::new(host).unwrap();
    for (number, target) in targets.iter().enumerate() {
        if number == 3 {
            registry.register_with_token(host, target, 3, &token).unwrap();
        } else {
            registry.register(host, target, number as i32).unwrap();
        }
    }
    assert!(registry.register(host, &token, &token).is_err());
    assert_eq!(registry.occupancy(host).unwrap(), 4);
    assert!(registry.unregister(host, &token).unwrap());
    assert!(!registry.unregister(host, &token).unwrap());
    let kept = targets[1].clone();
    drop(targets);
    host.gc();
    assert_eq!(host.run_cleanup(1).unwrap(), 1);
    assert_eq!(host.run_cleanup(usize::MAX).unwrap(), 1);
    let mut numbers = said(&held);
    numbers.sort_by(f64::total_cmp);
    assert_eq!(numbers, [0.0, 2.0]);
    drop(kept);
    host.gc();
    assert_eq!(host.run_cleanup(usize::MAX).unwrap(), 1);
}

#[test]
fn a_callback_lives_as_long_as_its_registry() {
    let mut runtime = runtime();
    let captured = std::sync::Arc::new(());
    let inner = captured.clone();
    let registry = FinalizationRegistry::new(&mut runtime, move |_, _| {
        let _ = &inner;
        Ok(())
    })
    .unwrap();
    drop(registry);
    runtime.gc();
    runtime.run_cleanup(1).unwrap();
    assert_eq!(std::sync::Arc::strong_count(&captured), 1);
}

#[test]
fn a_weak_refs_target_lives_to_the_end_of_the_job() {
    let mut runtime = runtime();
    let target = Object::new(&mut runtime).unwrap();
    let reference = WeakRef::new(&mut runtime, &target).unwrap();
    drop(target);
    for lives in [true, true] {
        runtime.gc();
        assert_eq!(reference.deref(&mut runtime).unwrap().is_some(), lives);
    }
    runtime.run_jobs().unwrap();
    runtime.gc();
    assert!(reference.deref(&mut runtime).unwrap().is_none());
}
