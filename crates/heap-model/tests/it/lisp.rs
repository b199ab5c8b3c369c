//! The example's Lisp: what it evaluates under a small limit, and what it does at the limit.

use heap_model::{Heap, HeapOptions};
use interpreter::{Lisp, LispError};

#[path = "../../examples/lisp/interpreter.rs"]
mod interpreter;

fn small_heap(limit: usize) -> Heap {
    let options = HeapOptions::default()
        .with_limit(limit)
        .with_initial_semi_space(256 << 10)
        .with_max_semi_space(256 << 10)
        .with_initial_old_generation(1 << 20);
    Heap::new(options).unwrap()
}

#[test]
fn a_program_runs_to_its_end_through_hundreds_of_collections() {
    let mut lisp = Lisp::new(small_heap(8 << 20)).unwrap();
    let value = lisp.run(include_str!("../../examples/lisp/program.lisp"));
    assert_eq!(value.as_deref(), Ok("(1 \"two\" (three (4)))"));
    let expected = "\
primes below 60: (2 3 5 7 11 13 17 19 23 29 31 37 41 43 47 53 59)
primes below 20000: 2262
sorted: (42 93 2741 3068 5029 5329 5825 6391 7543 8568 9640 9834)
5000 sorted: #t
counted: 5050
composed 2000 times: 6000
built: 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,
built length: 48890
depth: 20000
fib: (0 1 1 2 3 5 8 13 21 34 55 89 144 233 377 610 987 1597 2584 4181)
";
    assert_eq!(lisp.take_output(), expected);
    let figures = lisp.heap().statistics();
    assert!(figures.scavenges > 100 && figures.full_collections > 1, "{figures:?}");
    assert!(figures.committed <= 8 << 20);
}

#[test]
fn a_program_that_runs_into_the_limit_is_stopped_and_the_next_one_runs() {
    let mut lisp = Lisp::new(small_heap(4 << 20)).unwrap();
    lisp.run("(define (endless list) (endless (cons 1 list))) (define kept '(1 2 3))").unwrap();
    let refused = lisp.run("(endless '())");
    assert!(matches!(refused, Err(LispError::OutOfMemory(_))), "{refused:?}");
    let deep = lisp.run("(define (deep n) (+ 1 (deep n))) (deep 1)");
    assert!(matches!(deep, Err(LispError::OutOfMemory(_))), "{deep:?}");
    assert_eq!(lisp.run("(map (lambda (n) (* n n)) kept)").as_deref(), Ok("(1 4 9)"));
}

#[test]
fn lists_of_any_depth_are_read_and_written_without_recursion() {
    let mut lisp = Lisp::new(small_heap(64 << 20)).unwrap();
    let deep = format!("{}{}", "(".repeat(100_000), ")".repeat(100_000));
    assert_eq!(lisp.run(&format!("'{deep}")), Ok(deep));
}

#[test]
fn what_is_no_program_is_refused() {
    let mut lisp = Lisp::new(small_heap(4 << 20)).unwrap();
    for text in ["(", ")", "\"", "'", "(quote 1))", "(lambda)", "(let)", "(if)", "()", "')"] {
        assert!(lisp.run(text).is_err() || text == "()", "{text}");
    }
    let refusals = [
        ("(car 1)", "a pair wanted, not 1"),
        ("nobody", "nobody has no value"),
        ("(1 2)", "a procedure wanted, not 1"),
        ("((lambda (x) x))", "wrong number of arguments for a function"),
        ("(cons 1)", "wrong number of arguments for cons"),
        ("(quotient 1 0)", "a number is out of range"),
        ("(* 65536 65536)", "a number is out of range"),
        ("(vector-ref (make-vector 3 0) 3)", "a number is out of range"),
        ("(make-vector -1 0)", "a number is out of range"),
    ];
    for (text, refusal) in refusals {
        assert_eq!(lisp.run(text).unwrap_err().to_string(), refusal, "{text}");
    }
    assert!(matches!(lisp.run("(make-vector 2000000000 0)"), Err(LispError::OutOfMemory(_))));
    assert_eq!(lisp.run("(+ 1 2)").as_deref(), Ok("3"));
}

#[test]
fn what_is_written_reads_as_the_same() {
    let mut lisp = Lisp::new(small_heap(4 << 20)).unwrap();
    for text in ["(1 (2 \"x y\") () sym -7)", "#t", "#f", "()", "\"a\"", "(quote x)"] {
        assert_eq!(lisp.run(&format!("'{text}")).as_deref(), Ok(text));
    }
    assert_eq!(lisp.run("(cons 1 2)").as_deref(), Ok("(1 . 2)"));
    assert_eq!(lisp.run("(cons '(a) (cons 'b 'c))").as_deref(), Ok("((a) b . c)"));
}
