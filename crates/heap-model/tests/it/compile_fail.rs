//! What must not compile: handles, borrowed bytes and scopes that are kept too long. The compiler's
//! messages are pinned, so that each program fails for its own reason.

#[test]
fn handles_and_borrows_cannot_be_kept_too_long() {
    trybuild::TestCases::new().compile_fail("tests/compile_fail/*.rs");
}
