//! The machine: one JavaScript world on one runtime, and what its parts share.
//!
//! Values live in registers of the heap's register stack and nowhere else; Rust code names them by number ([`R`]) in the
//! current window. A built-in's window holds the function, `this` and the arguments; more registers are taken at its
//! end ([`Machine::temp`]) and go with it. A collection may come at any allocation, so nothing else may hold a value.

use crate::compile::code::{Place, ScopeInfo};
use crate::interpret::cache::LookupCache;
use crate::interpret::frame::Frames;
use crate::interpret::script_scope::ScriptScope;
use crate::jobs::queue::Jobs;
use crate::modules::record::EsModules;
use crate::modules::registry::Modules;
use crate::node::state::NodeState;
use crate::objects::atoms::Atoms;
use crate::objects::class::{ClassId, Classes, ObjectKind};
use crate::objects::code::{Arguments, Codes};
use crate::objects::weak::WeakState;
use crate::thrown::Outcome;
pub use crate::window::{CALLEE, FIRST, R, SPARE, THIS};
use heap_model::{Registers, Window};
use mem_report::MemoryUsage;
use node_memory::{NodeVersion, RecordedNode, Runtime};
use std::ffi::OsString;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::rc::Rc;

/// A built-in: gives the register of its result.
pub type Native = fn(&mut Machine, Arguments) -> Outcome<R>;

/// A step of the event loop: whether it has run anything. When nothing has, and none is waited for, the program ends.
pub type Turn = fn(&mut Machine) -> Outcome<bool>;

/// Puts a module's exports into a register.
pub type Make = fn(&mut Machine, R) -> Outcome;

/// How a machine is set up.
pub struct Options {
    /// `global.gc` is there.
    pub expose_gc: bool,
    /// Registers of the stack: what deep recursion is measured by.
    pub stack: usize,
    /// Words behind the program's name.
    pub arguments: Vec<String>,
    /// Where the program's output goes.
    pub out: Box<dyn Write>,
    /// Where what it says of its errors goes.
    pub err: Box<dyn Write>,
    /// Time is virtual and random numbers are fixed: two runs do the same.
    pub deterministic: bool,
    /// What relative paths are of, and where modules that a text requires are sought.
    pub directory: PathBuf,
    /// Which Node is played.
    pub node: NodeVersion,
    /// `process.execPath`.
    pub executable: String,
    /// `process.env`: names and values. They are strings of the heap, as the arguments are.
    pub environment: Vec<(String, String)>,
    /// The flags before the program's name (`process.execArgv`).
    pub flags: Vec<String>,
    /// Flags of `NODE_OPTIONS`, which hold as well.
    pub environment_flags: Vec<String>,
    /// Modules that are required before the program (`--require`).
    pub preload: Vec<String>,
    /// What happens to rejections that nobody handles (`--unhandled-rejections`).
    pub unhandled_rejections: UnhandledRejections,
    /// The first `Error.stackTraceLimit` (`--stack-trace-limit`), if it is not 10.
    pub stack_trace_limit: Option<i32>,
    /// Is told the figures at each `process.memoryUsage()`, and where it was called.
    pub on_sample: Option<OnSample>,
    /// Is asked first what a required name stands for.
    pub resolve: Option<Resolve>,
    /// What that Node holds when a program begins, and what its first `console.log` adds, as real bytes.
    pub baseline: Option<RecordedNode>,
    /// How many rounds of loops and jobs of promises and timers the program may take.
    pub steps: Option<u64>,
    /// How many steps one match of a regular expression may take: ways that are tried, turns of loops, and characters of
    /// scans. Beyond, it throws a RangeError. A thousand million of them are some seconds, in which Node does no more.
    pub regexp_steps: u64,
}

/// What happens to a rejected promise that nobody handles.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum UnhandledRejections {
    /// It is thrown, unless `unhandledRejection` is listened to.
    #[default]
    Throw,
    /// It is thrown; if `uncaughtException` is listened to, `unhandledRejection` is emitted then.
    Strict,
    /// It is warned of.
    Warn,
    /// It is warned of and the exit code is 1, unless `unhandledRejection` is listened to.
    WarnWithErrorCode,
    /// `unhandledRejection` is emitted, and nothing else done.
    Ignore,
}

/// What is told the figures, and where in the program they were asked for (`file.js:2:13`). It may look at the runtime.
pub type OnSample = Box<dyn FnMut(&mut Runtime, &MemoryUsage, &str)>;

/// What a name that a file in a directory requires stands for: another name, or a path. Without an answer it is itself.
pub type Resolve = Box<dyn Fn(&str, &Path) -> Option<String>>;

impl Default for Options {
    fn default() -> Self {
        Self {
            expose_gc: false,
            // V8's stack of 984 KiB.
            stack: (984 << 10) / 8,
            arguments: Vec::new(),
            out: Box::new(std::io::stdout()),
            err: Box::new(std::io::stderr()),
            deterministic: false,
            directory: std::env::current_dir().unwrap_or_default(),
            node: NodeVersion::default(),
            executable: executable(),
            environment: environment(),
            flags: Vec::new(),
            environment_flags: Vec::new(),
            preload: Vec::new(),
            unhandled_rejections: UnhandledRejections::Throw,
            stack_trace_limit: None,
            on_sample: None,
            resolve: None,
            baseline: None,
            steps: None,
            regexp_steps: 1_000_000_000,
        }
    }
}

/// The path of this program.
fn executable() -> String {
    let path = std::env::current_exe().unwrap_or_default();
    path.to_string_lossy().into_owned()
}

/// The variables of this process's environment.
fn environment() -> Vec<(String, String)> {
    let text = |text: OsString| text.to_string_lossy().into_owned();
    std::env::vars_os().map(|(name, value)| (text(name), text(value))).collect()
}

/// A JavaScript world.
pub struct Machine {
    pub(crate) runtime: Runtime,
    pub(crate) options: Options,
    /// The registers at the bottom of the stack, which are the machine's own ([`roots`]).
    pub(crate) roots: Window,
    pub(crate) frames: Frames,
    pub(crate) codes: Codes<Native>,
    pub(crate) classes: Classes,
    pub(crate) atoms: Atoms,
    pub(crate) lookups: LookupCache,
    pub(crate) jobs: Jobs<Turn>,
    pub(crate) modules: Modules<Make>,
    /// The files whose modules are being loaded, the outermost first.
    pub(crate) module_stack: Vec<String>,
    /// Where the last exception was thrown.
    pub(crate) thrown_at: Option<Place>,
    /// An ArrayBuffer has lost its bytes: views are to ask theirs.
    pub(crate) any_detached: bool,
    /// ECMAScript modules.
    pub(crate) es_modules: EsModules,
    /// Variables of the global scope that scripts declare with `let`, `const` and `class`.
    pub(crate) script_scope: ScriptScope,
    /// The scopes of contexts, by the number in their first slot.
    pub(crate) scopes: Vec<Rc<ScopeInfo>>,
    /// The classes of object literals, by the number of fields that they have room for.
    pub(crate) literal_classes: Vec<Option<ClassId>>,
    /// The first classes of objects with one of the machine's own prototypes, by its root: what kind and how many fields
    /// was asked for last, and the class.
    pub(crate) root_classes: Vec<Option<(ObjectKind, usize, ClassId)>>,
    /// The class of what iterators give.
    pub(crate) result_class: Option<ClassId>,
    /// The class of what `exec` gives.
    pub(crate) match_class: Option<ClassId>,
    /// The codes of the functions that resolve and reject a promise, and of those that let what awaits go on.
    pub(crate) promise_codes: (i32, i32, i32),
    /// The codes of the functions by which asynchronous generators are told.
    pub(crate) async_codes: [i32; 4],
    /// The code of the executor by which a capability gets its functions.
    pub(crate) capability_code: i32,
    /// The state of `Math.random`.
    pub(crate) random: [u64; 2],
    /// The classes of proxies: of objects, functions and constructors.
    pub(crate) proxy_classes: [Option<ClassId>; 3],
    /// Identities of the arrays that `join` is at.
    pub(crate) joining: Vec<u32>,
    /// How many constructors' prototypes have come to inherit from `Object.prototype`.
    pub(crate) prototype_users: usize,
    pub(crate) node: NodeState,
    /// The code of `require`.
    pub(crate) require_codes: [Option<i32>; 2],
    /// Where the last text with a syntax error has it.
    pub(crate) syntax_error: Option<String>,
    /// Targets that the job keeps, and registries.
    pub(crate) weak: WeakState,
    /// The codes of the functions by which promises tell combinations of them.
    pub(crate) promise_functions: [i32; 8],
    /// Sources and flags of the programs of regular expressions in the heap's table, and which of them is replaced next.
    pub(crate) reg_exps: Vec<(Vec<u16>, String)>,
    pub(crate) reg_exp_next: usize,
    /// How many runs of the loop over instructions Rust waits for.
    pub(crate) nesting: u32,
    /// How many classes were kept when the innermost of them began.
    pub(crate) kept_below: usize,
    /// How many weak names had been born when what Rust code waits for began.
    pub(crate) names_before: u64,
    /// The frame that was left last was one that Rust waits for.
    pub(crate) ended_nested: bool,
    /// `Error.prepareStackTrace` is at work.
    pub(crate) prepares_stack: bool,
    /// How many more rounds of loops and jobs the program may take.
    pub(crate) steps: u64,
}

impl Machine {
    /// The current window.
    #[inline(always)]
    pub(crate) fn registers(&mut self) -> Registers<'_> {
        self.runtime.heap_mut().registers()
    }

    /// Registers of the current window.
    pub(crate) fn size(&mut self) -> usize {
        self.registers().size()
    }

    /// A new register at the end of the window, undefined.
    pub(crate) fn temp(&mut self) -> Outcome<R> {
        self.temps(1)
    }

    /// So many new registers in a row.
    pub(crate) fn temps(&mut self, count: usize) -> Outcome<R> {
        let mut registers = self.registers();
        let size = registers.size();
        registers.resize(size + count)?;
        Ok(size)
    }

    /// Runs `f`, and gives the registers back that it took.
    pub(crate) fn scoped<T>(&mut self, f: impl FnOnce(&mut Self) -> Outcome<T>) -> Outcome<T> {
        let size = self.size();
        let result = f(self);
        // To a smaller size, which the stack always has room for.
        self.registers().resize(size)?;
        result
    }

    /// Reads one of the machine's own registers.
    #[inline]
    pub(crate) fn load_root(&mut self, to: R, root: usize) {
        let roots = self.roots;
        self.registers().copy_from(to, roots, root);
    }

    /// Whether a register is what one of the machine's own is.
    #[inline]
    pub(crate) fn is_root(&mut self, register: R, root: usize) -> bool {
        let roots = self.roots;
        self.registers().is_same_in(register, roots, root)
    }

    #[inline]
    pub(crate) fn store_root(&mut self, root: usize, from: R) {
        let roots = self.roots;
        // Another prototype has other classes.
        self.root_classes[root] = None;
        self.registers().copy_to(roots, root, from);
    }

    #[inline]
    pub(crate) fn copy(&mut self, to: R, from: R) {
        self.registers().copy(to, from);
    }
}

/// The machine's own registers.
pub mod roots {
    macro_rules! roots {
        ($($name:ident),* $(,)?) => {
            #[expect(non_camel_case_types, clippy::upper_case_acronyms, reason = "counted by their order")]
            enum Order { $($name,)* COUNT }
            $(#[allow(dead_code, reason = "named before the built-ins that keep something here")]
            pub const $name: usize = Order::$name as usize;)*
            /// How many there are.
            pub const COUNT: usize = Order::COUNT as usize;
        };
    }

    roots! {
        // What is thrown, and the `new.target` of the construction that begins.
        EXCEPTION, NEW_TARGET, RESULT, SCRATCH,
        // Cells of atoms and of codes, by their numbers.
        ATOM_CELLS, CODE_CELLS, PROTOTYPE_USERS, WEAK_BACKINGS,
        // The job queue, modules, timers and listeners.
        JOBS, MODULES, ES_MODULES, MAIN_PROMISE, TICKS, TIMERS, SYMBOL_REGISTRY, KEPT, HANDLED_LATE,
        GLOBAL, SCRIPT_SCOPE, EMPTY_STRING,
        OBJECT_PROTOTYPE, FUNCTION_PROTOTYPE, ARRAY_PROTOTYPE, STRING_PROTOTYPE, NUMBER_PROTOTYPE,
        BOOLEAN_PROTOTYPE, SYMBOL_PROTOTYPE, BIG_INT_PROTOTYPE, ERROR_PROTOTYPE, TYPE_ERROR_PROTOTYPE,
        RANGE_ERROR_PROTOTYPE, REFERENCE_ERROR_PROTOTYPE, SYNTAX_ERROR_PROTOTYPE, EVAL_ERROR_PROTOTYPE,
        URI_ERROR_PROTOTYPE, AGGREGATE_ERROR_PROTOTYPE, ITERATOR_PROTOTYPE, ARRAY_ITERATOR_PROTOTYPE,
        STRING_ITERATOR_PROTOTYPE, MAP_ITERATOR_PROTOTYPE, SET_ITERATOR_PROTOTYPE, REG_EXP_ITERATOR_PROTOTYPE,
        ASYNC_ITERATOR_PROTOTYPE, ASYNC_FROM_SYNC_PROTOTYPE,
        GENERATOR_PROTOTYPE, ASYNC_GENERATOR_PROTOTYPE, GENERATOR_FUNCTION_PROTOTYPE,
        ASYNC_FUNCTION_PROTOTYPE, ASYNC_GENERATOR_FUNCTION_PROTOTYPE,
        PROMISE_PROTOTYPE, PROMISE, ARRAY, OBJECT, MAP_PROTOTYPE, SET_PROTOTYPE, WEAK_MAP_PROTOTYPE, WEAK_SET_PROTOTYPE,
        WEAK_REF_PROTOTYPE, FINALIZATION_REGISTRY_PROTOTYPE, DATE_PROTOTYPE, REG_EXP_PROTOTYPE, REG_EXP,
        ARRAY_BUFFER_PROTOTYPE, SHARED_ARRAY_BUFFER_PROTOTYPE, TYPED_ARRAY_PROTOTYPE, TYPED_ARRAY, DATA_VIEW_PROTOTYPE,
        INT8_ARRAY_PROTOTYPE, UINT8_ARRAY_PROTOTYPE, UINT8_CLAMPED_ARRAY_PROTOTYPE, INT16_ARRAY_PROTOTYPE,
        UINT16_ARRAY_PROTOTYPE, INT32_ARRAY_PROTOTYPE, UINT32_ARRAY_PROTOTYPE, FLOAT32_ARRAY_PROTOTYPE,
        FLOAT64_ARRAY_PROTOTYPE, BIG_INT64_ARRAY_PROTOTYPE, BIG_UINT64_ARRAY_PROTOTYPE, BUFFER_PROTOTYPE,
        RESTRICTED, ARRAY_VALUES, ARRAY_TO_STRING, OBJECT_TO_STRING, EVAL, PROMISE_THEN, REG_EXP_EXEC,
        ERROR, CALL_SITE_PROTOTYPE, ITERATOR, ITERATOR_HELPER_PROTOTYPE, WRAPPED_ITERATOR_PROTOTYPE, ARRAY_ITERATOR_NEXT,
        MAP_ITERATOR_NEXT, SET_ITERATOR_NEXT, STRING_ITERATOR_NEXT, TYPED_ARRAY_LENGTH,
        EVENT_EMITTER_PROTOTYPE, WRITABLE_PROTOTYPE, READABLE_PROTOTYPE, DUPLEX_PROTOTYPE,
        BUFFER, BUFFER_SLAB, FIRST_BUFFER_SLAB, EVENT_EMITTER, WRITABLE,
        STREAM_PROTOTYPE, WRITABLE_STATE_PROTOTYPE, STREAM_TICK, ON_WRITE, NO_OPERATION,
        PROCESS, EXIT_CODE, CONSOLE, INSPECT, TIMEOUT_PROTOTYPE, IMMEDIATE_PROTOTYPE, REQUIRE, MAIN_MODULE, MODULE_LOADER, ASYNC_CONTEXT, LIBRARY, NET,
        // For helpers of single built-ins.
        SPARE_0, SPARE_1, SPARE_2, SPARE_3, SPARE_4, SPARE_5, SPARE_6, SPARE_7,
    }
}
