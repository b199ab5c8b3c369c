//! Instructions: eight bytes each, over the registers of a frame.
//!
//! A frame's registers: 0 is the function that runs, 1 its `this`, from 2 on its parameters, then its variables, then
//! temporaries. Variables that closures capture are in contexts instead, which lie in registers of their own.
//! To add one: emit it in a file of [`compile`](crate::compile), and give it an arm in a file of `interpret` (run, slow, rare).

pub use super::foreseen::{ErrorKind, PrivateError};
pub use super::operand::{IteratorMethod, K, Members, NO_NAME, NO_VALUE, R, S, SPREAD, Target};

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Op {
    // Values
    Constant {
        to: R,
        constant: K,
    },
    Smi {
        to: R,
        value: i32,
    },
    Undefined {
        to: R,
    },
    Null {
        to: R,
    },
    Bool {
        to: R,
        value: bool,
    },
    Hole {
        to: R,
    },
    Move {
        to: R,
        from: R,
    },

    // Contexts
    /// The context that the running function was made in.
    ClosureContext {
        to: R,
    },
    NewContext {
        to: R,
        outer: R,
        scope: u16,
    },
    /// A context with the same variables, for the next turn of a loop.
    CopyContext {
        context: R,
    },
    LoadSlot {
        depth: u8,
        to: R,
        context: R,
        slot: u16,
    },
    /// As `LoadSlot`, of the context that the running function was made in.
    LoadClosureSlot {
        depth: u8,
        to: R,
        slot: u16,
    },
    StoreSlot {
        depth: u8,
        context: R,
        slot: u16,
        from: R,
    },
    /// Throws a ReferenceError if the variable with this name is not initialised.
    CheckHole {
        from: R,
        name: K,
    },
    /// Throws a ReferenceError before `super` has returned.
    CheckThis {
        from: R,
    },
    ThrowConstant {
        name: K,
    },
    /// A variable of the module whose context is in `to`, in the slot whose number is in another register.
    LoadImport {
        to: R,
        slot: R,
        name: K,
    },

    // Names that are looked up as the program runs
    LoadGlobal {
        to: R,
        site: S,
    },
    LoadGlobalOrUndefined {
        to: R,
        site: S,
    },
    StoreGlobal {
        site: S,
        from: R,
    },
    DeclareGlobal {
        site: S,
        from: R,
    },
    /// Gives a script's `let`, `const` or class its first value.
    InitialiseScript {
        site: S,
        from: R,
    },
    LoadDynamic {
        to: R,
        context: R,
        name: K,
    },
    LoadDynamicOrUndefined {
        to: R,
        context: R,
        name: K,
    },
    StoreDynamic {
        context: R,
        name: K,
        from: R,
    },
    /// The object of a `with` that has a name, or a hole.
    FindDynamic {
        to: R,
        context: R,
        name: K,
    },
    LoadFound {
        to: R,
        object: R,
        name: K,
    },
    StoreFound {
        object: R,
        name: K,
        from: R,
    },
    DeleteDynamic {
        to: R,
        context: R,
        name: K,
    },
    /// The function to call, and its `this` in the next register: the object of a `with`.
    LoadDynamicCallee {
        to: R,
        context: R,
        name: K,
    },
    /// A variable that evaluated text declares; with a function's value, it is set. That of a block's is assigned.
    DeclareDynamic {
        assigned: bool,
        context: R,
        name: K,
        from: R,
    },
    NewWith {
        to: R,
        outer: R,
        object: R,
    },
    GlobalThis {
        to: R,
    },

    // Properties
    GetNamed {
        to: R,
        object: R,
        site: S,
    },
    SetNamed {
        object: R,
        site: S,
        from: R,
    },
    GetKeyed {
        to: R,
        object: R,
        key: R,
    },
    SetKeyed {
        object: R,
        key: R,
        from: R,
    },
    /// Defines an own property of an object literal or a field.
    DefineNamed {
        object: R,
        site: S,
        from: R,
    },
    DefineKeyed {
        object: R,
        key: R,
        from: R,
    },
    /// Defines a method that is not enumerable.
    DefineMethod {
        object: R,
        key: R,
        from: R,
    },
    DefineGetter {
        object: R,
        key: R,
        from: R,
        enumerable: bool,
    },
    DefineSetter {
        object: R,
        key: R,
        from: R,
        enumerable: bool,
    },
    SetPrototype {
        object: R,
        from: R,
    },
    DeleteNamed {
        to: R,
        object: R,
        name: K,
    },
    DeleteKeyed {
        to: R,
        object: R,
        key: R,
    },
    /// A property of `super`: its key is in `base`, `this` and the home's function behind.
    GetSuper {
        to: R,
        base: R,
    },
    SetSuper {
        base: R,
        from: R,
    },
    /// Copies own enumerable properties, but for the keys in the array `except` (0: none).
    CopyProperties {
        to: R,
        from: R,
        except: R,
    },
    NewPrivateName {
        to: R,
        name: K,
    },
    GetPrivate {
        to: R,
        object: R,
        key: R,
    },
    SetPrivate {
        object: R,
        key: R,
        from: R,
    },
    DefinePrivate {
        object: R,
        key: R,
        from: R,
    },
    HasPrivate {
        to: R,
        object: R,
        key: R,
    },
    /// Throws a TypeError if the object does not have a class's mark.
    CheckBrand {
        object: R,
        brand: R,
        name: K,
    },
    /// Throws a TypeError: a private method or accessor cannot be used so.
    ThrowPrivate {
        name: K,
        reason: PrivateError,
    },

    // Operators
    Add {
        to: R,
        left: R,
        right: R,
    },
    Sub {
        to: R,
        left: R,
        right: R,
    },
    Mul {
        to: R,
        left: R,
        right: R,
    },
    Div {
        to: R,
        left: R,
        right: R,
    },
    Mod {
        to: R,
        left: R,
        right: R,
    },
    Exp {
        to: R,
        left: R,
        right: R,
    },
    BitAnd {
        to: R,
        left: R,
        right: R,
    },
    BitOr {
        to: R,
        left: R,
        right: R,
    },
    BitXor {
        to: R,
        left: R,
        right: R,
    },
    Shl {
        to: R,
        left: R,
        right: R,
    },
    Shr {
        to: R,
        left: R,
        right: R,
    },
    UShr {
        to: R,
        left: R,
        right: R,
    },
    AddSmi {
        to: R,
        left: R,
        value: i16,
    },
    SubSmi {
        to: R,
        left: R,
        value: i16,
    },
    Increment {
        to: R,
        from: R,
    },
    Decrement {
        to: R,
        from: R,
    },
    Negate {
        to: R,
        from: R,
    },
    BitNot {
        to: R,
        from: R,
    },
    Not {
        to: R,
        from: R,
    },
    TypeOf {
        to: R,
        from: R,
    },
    ToNumber {
        to: R,
        from: R,
    },
    ToNumeric {
        to: R,
        from: R,
    },
    ToString {
        to: R,
        from: R,
    },
    ToKey {
        to: R,
        from: R,
    },
    Equal {
        to: R,
        left: R,
        right: R,
    },
    StrictEqual {
        to: R,
        left: R,
        right: R,
    },
    Less {
        to: R,
        left: R,
        right: R,
    },
    LessEqual {
        to: R,
        left: R,
        right: R,
    },
    Greater {
        to: R,
        left: R,
        right: R,
    },
    GreaterEqual {
        to: R,
        left: R,
        right: R,
    },
    In {
        to: R,
        key: R,
        object: R,
    },
    InstanceOf {
        to: R,
        value: R,
        class: R,
    },

    // Jumps
    Jump {
        target: Target,
    },
    /// Counts a turn of a loop, where the number of turns is bounded.
    Step,
    Loop {
        target: Target,
    },
    JumpIfTrue {
        from: R,
        target: Target,
    },
    JumpIfFalse {
        from: R,
        target: Target,
    },
    JumpIfNullish {
        from: R,
        target: Target,
    },
    JumpIfNotNullish {
        from: R,
        target: Target,
    },
    JumpIfUndefined {
        from: R,
        target: Target,
    },
    JumpIfNotUndefined {
        from: R,
        target: Target,
    },
    JumpIfHole {
        from: R,
        target: Target,
    },
    /// Compare and jump, by an offset from the next instruction.
    JumpIfLess {
        left: R,
        right: R,
        offset: i16,
    },
    JumpIfNotLess {
        left: R,
        right: R,
        offset: i16,
    },
    JumpIfLessEqual {
        left: R,
        right: R,
        offset: i16,
    },
    JumpIfNotLessEqual {
        left: R,
        right: R,
        offset: i16,
    },
    JumpIfGreater {
        left: R,
        right: R,
        offset: i16,
    },
    JumpIfNotGreater {
        left: R,
        right: R,
        offset: i16,
    },
    JumpIfGreaterEqual {
        left: R,
        right: R,
        offset: i16,
    },
    JumpIfNotGreaterEqual {
        left: R,
        right: R,
        offset: i16,
    },
    JumpIfStrictEqual {
        left: R,
        right: R,
        offset: i16,
    },
    JumpIfNotStrictEqual {
        left: R,
        right: R,
        offset: i16,
    },
    JumpIfNull {
        from: R,
        target: Target,
    },
    JumpIfNotNull {
        from: R,
        target: Target,
    },
    /// Strictly equal to a small integer.
    JumpIfSmi {
        left: R,
        value: i16,
        offset: i16,
    },
    JumpIfNotSmi {
        left: R,
        value: i16,
        offset: i16,
    },
    /// Of a `finally`: the reason why it was entered, a small integer.
    JumpIfToken {
        token: R,
        value: i16,
        offset: i16,
    },

    // Calls: the function is in `base`, `this` in the next register, the arguments behind.
    Call {
        to: R,
        base: R,
        count: u16,
    },
    /// As `Call`, with undefined as `this`, which it writes.
    CallUndefined {
        to: R,
        base: R,
        count: u16,
    },
    /// The arguments are an array, behind `this`.
    CallArray {
        to: R,
        base: R,
    },
    New {
        to: R,
        base: R,
        count: u16,
    },
    NewArray {
        to: R,
        base: R,
    },
    /// `super(...)`: the parent is in `base`, `new.target` in the next register.
    SuperCall {
        to: R,
        base: R,
        count: u16,
    },
    SuperCallArray {
        to: R,
        base: R,
    },
    /// The class that the running constructor's class extends.
    SuperClass {
        to: R,
        callee: R,
    },
    /// A direct `eval`, if it is the real one. In the register before: the context that it sees.
    DirectEval {
        to: R,
        base: R,
        count: u16,
    },
    Return {
        from: R,
    },
    Throw {
        from: R,
    },
    ThrowError {
        kind: ErrorKind,
        message: K,
    },
    /// Throws where the value of a pattern is nullish. The name is its first property's, or [`NO_NAME`].
    CheckPattern {
        from: R,
        name: K,
    },

    // Functions and classes
    Closure {
        to: R,
        shared: K,
        context: R,
    },
    /// `base` is the parent (or the hole), which becomes the prototype; the constructor behind it becomes the class.
    Class {
        base: R,
        members: Members,
    },
    /// A method's home: what its `super` is the prototype of.
    SetHome {
        function: R,
        home: R,
    },
    /// A class's function that defines the fields of an instance.
    SetFields {
        class: R,
        from: R,
    },
    /// What the instances of a class with private methods are marked with.
    SetBrand {
        class: R,
        key: R,
    },
    /// Marks an instance, and runs the fields' function of the running constructor's class.
    DefineFields {
        this: R,
        callee: R,
    },
    SetFunctionName {
        function: R,
        key: R,
        prefix: u8,
    },
    MappedArguments {
        to: R,
        context: R,
    },
    Arguments {
        to: R,
    },
    Rest {
        to: R,
        from: u16,
    },
    NewTarget {
        to: R,
    },

    // Literals
    Object {
        to: R,
        fields: u16,
    },
    /// An object of the names of the next `count` sites, and the values of the registers behind it, undefined then.
    ObjectOf {
        count: u8,
        object: R,
        site: S,
    },
    /// An array with room for a number of elements.
    Array {
        to: R,
        length: u16,
    },
    /// An array of values, from the register `first` on.
    ArrayOf {
        count: u8,
        to: R,
        first: R,
    },
    /// An array whose elements are shared with its constant until one of them is written to.
    ArrayLiteral {
        to: R,
        constant: K,
    },
    Push {
        array: R,
        from: R,
    },
    PushHole {
        array: R,
    },
    PushAll {
        array: R,
        from: R,
    },
    RegExp {
        to: R,
        pattern: K,
        flags: K,
    },
    TemplateObject {
        to: R,
        constant: K,
    },

    // Iteration
    /// The iterator goes to `to`, its `next` to the register behind.
    Iterator {
        to: R,
        from: R,
    },
    AsyncIterator {
        to: R,
        from: R,
    },
    /// The next value, or the hole at the end. The iterator is then undefined.
    Next {
        to: R,
        iterator: R,
    },
    /// Calls `next` alone (its result is an object, or a promise of one).
    NextResult {
        to: R,
        iterator: R,
        value: R,
    },
    /// The value of a result, or the hole at the end.
    ResultValue {
        to: R,
        result: R,
    },
    /// Calls `return` of an iterator that is not at its end.
    CloseIterator {
        iterator: R,
    },
    /// As it is thrown: what `return` throws is ignored.
    CloseIteratorQuietly {
        iterator: R,
    },
    /// The iterator's method in `to`, or undefined.
    IteratorMethod {
        to: R,
        iterator: R,
        which: IteratorMethod,
    },
    CheckObject {
        from: R,
    },
    ForIn {
        to: R,
        object: R,
    },
    ForInNext {
        to: R,
        state: R,
    },

    // Generators and asynchronous functions
    /// Makes the generator and returns it; goes on here when it is asked for its first value.
    Generator {
        to: R,
    },
    /// Goes on with a value in `to` and in the next register whether to return it.
    Yield {
        to: R,
        from: R,
    },
    /// As `Yield`, but what is given out is a result that another generator gave.
    YieldResult {
        to: R,
        from: R,
    },
    AsyncStart {
        to: R,
    },
    Await {
        to: R,
        from: R,
    },
    AsyncReturn {
        from: R,
    },
    AsyncThrow {
        from: R,
    },
    Import {
        to: R,
        from: R,
    },
    Debugger,
}

const _: () = assert!(size_of::<Op>() == 8);
