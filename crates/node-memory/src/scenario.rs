//! A program in named steps with samples between them, and the timeline it gives. `node_script::scenario::Scenario` is
//! the same for a JavaScript file.

use crate::error::RuntimeError;
use crate::options::RuntimeOptions;
use crate::runtime::Runtime;
use core::fmt;
use core::time::Duration;
use mem_report::{MemorySource, Sample, Timeline};

type Action<V> = Box<dyn FnOnce(&mut Runtime, &mut V) -> Result<(), RuntimeError>>;

enum Step<V> {
    Do(String, Action<V>),
    Sample(String),
}

/// A program over a runtime: statements, collections and samples, in order.
///
/// `V` holds the program's variables.
///
/// ```
/// use node_memory::{Array, Figure, RuntimeError, Scenario, Variable};
///
/// let outcome = Scenario::<Option<Variable<Array>>>::new()
///     .sample("before")
///     .step("let a = new Array(100000)", |runtime, a| {
///         *a = Some(Array::new(runtime, 100_000)?);
///         Ok(())
///     })
///     .sample("with the array")
///     .step("a = null", |_, a| {
///         *a = None;
///         Ok(())
///     })
///     .gc()
///     .sample("without")
///     .run()?;
/// let grown: Vec<_> =
///     outcome.timeline.differences().map(|(_, difference)| difference.get(Figure::HeapUsed)).collect();
/// assert_eq!(grown, [Some(800_048), Some(-800_048)]);
/// # Ok::<(), RuntimeError>(())
/// ```
pub struct Scenario<V> {
    options: RuntimeOptions,
    steps: Vec<Step<V>>,
    kinds: bool,
}

/// What a scenario left: its timeline, its runtime and its variables.
pub struct Outcome<V> {
    /// The samples in order, and the statements between them, collections included.
    pub timeline: Timeline,
    /// Scavenges and full collections until each sample.
    pub collections: Vec<(usize, usize)>,
    /// The runtime as the last step left it.
    pub runtime: Runtime,
    /// The program's variables as the last step left them.
    pub variables: V,
}

/// A scenario that ended before its last step.
#[non_exhaustive]
pub struct StepFailed {
    /// The statement that failed; `None` if there was no runtime.
    pub statement: Option<String>,
    /// Why.
    pub error: RuntimeError,
    /// The samples and statements until then.
    pub timeline: Timeline,
}

impl<V: Default> Scenario<V> {
    /// A program without statements, on a runtime of default options.
    #[must_use]
    pub fn new() -> Self {
        Self { options: RuntimeOptions::default(), steps: Vec::new(), kinds: false }
    }

    /// Runs the program on a runtime of these options.
    #[must_use]
    pub fn with(mut self, options: RuntimeOptions) -> Self {
        self.options = options;
        self
    }

    /// Gives each sample a table of what the memory consists of ([`Runtime::kinds`]), for which the heap is
    /// walked.
    #[must_use]
    pub fn with_kinds(mut self) -> Self {
        self.kinds = true;
        self
    }

    /// Adds a statement.
    #[must_use]
    pub fn step(
        mut self,
        statement: &str,
        action: impl FnOnce(&mut Runtime, &mut V) -> Result<(), RuntimeError> + 'static,
    ) -> Self {
        self.steps.push(Step::Do(statement.to_owned(), Box::new(action)));
        self
    }

    /// Adds a full collection, `global.gc()`.
    #[must_use]
    pub fn gc(self) -> Self {
        self.step("gc()", |runtime, _| {
            runtime.gc();
            Ok(())
        })
    }

    /// Adds the end of the current job ([`Runtime::run_jobs`]).
    #[must_use]
    pub fn jobs(self) -> Self {
        self.step("(end of the job)", |runtime, _| runtime.run_jobs().map(drop))
    }

    /// Adds time that passes by the virtual clock ([`Runtime::advance`]).
    #[must_use]
    pub fn advance(self, time: Duration) -> Self {
        self.step(&format!("({time:?} later)"), move |runtime, _| runtime.advance(time).map(drop))
    }

    /// Adds a sample of the five figures under a label.
    #[must_use]
    pub fn sample(mut self, label: &str) -> Self {
        self.steps.push(Step::Sample(label.to_owned()));
        self
    }

    /// Runs the program.
    ///
    /// # Errors
    /// [`StepFailed`], with the first statement that fails and what was recorded until then.
    pub fn run(self) -> Result<Outcome<V>, Box<StepFailed>> {
        match Runtime::new(self.options.clone()) {
            Ok(runtime) => self.run_on(runtime),
            Err(error) => {
                let timeline = Timeline::default();
                Err(Box::new(StepFailed { statement: None, error, timeline }))
            }
        }
    }

    /// Runs the program on a runtime that exists already.
    ///
    /// # Errors
    /// As [`run`](Self::run).
    pub fn run_on(self, mut runtime: Runtime) -> Result<Outcome<V>, Box<StepFailed>> {
        let (mut timeline, mut collections) = (Timeline::default(), Vec::new());
        let mut variables = V::default();
        for step in self.steps {
            match step {
                Step::Do(name, action) => {
                    let result = action(&mut runtime, &mut variables);
                    timeline.statement(&name);
                    if let Err(error) = result {
                        let statement = Some(name);
                        return Err(Box::new(StepFailed { statement, error, timeline }));
                    }
                }
                Step::Sample(label) => {
                    let statistics = runtime.heap_statistics();
                    collections.push((statistics.scavenges, statistics.full_collections));
                    if self.kinds {
                        let kinds = runtime.kinds();
                        let mut sample = Sample::new(&label, runtime.memory_usage());
                        sample.collections = runtime.collections();
                        timeline.record(sample.with_kinds(&kinds));
                    } else {
                        timeline.sample(&label, &mut runtime);
                    }
                }
            }
        }
        Ok(Outcome { timeline, collections, runtime, variables })
    }
}

impl<V: Default> Default for Scenario<V> {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for StepFailed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("StepFailed");
        shown.field("statement", &self.statement).field("error", &self.error);
        shown.finish_non_exhaustive()
    }
}

impl fmt::Display for StepFailed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.statement {
            Some(statement) => write!(f, "`{statement}` failed"),
            None => f.write_str("the scenario has no runtime"),
        }
    }
}

impl core::error::Error for StepFailed {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        Some(&self.error)
    }
}

impl From<Box<StepFailed>> for RuntimeError {
    /// Drops the timeline.
    fn from(failed: Box<StepFailed>) -> Self {
        failed.error
    }
}
