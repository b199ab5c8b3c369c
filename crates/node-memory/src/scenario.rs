//! A program in named steps with samples between them, and the timeline it gives.

use crate::error::RuntimeError;
use crate::runtime::Runtime;
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
/// use node_memory::{Figure, Runtime, RuntimeOptions, Scenario, Variable};
///
/// let outcome = Scenario::<Option<Variable>>::new()
///     .sample("before")
///     .step("let a = new Array(100000)", |runtime, a| {
///         *a = Some(runtime.array(100_000)?);
///         Ok(())
///     })
///     .sample("with the array")
///     .step("a = null", |_, a| {
///         *a = None;
///         Ok(())
///     })
///     .gc()
///     .sample("without")
///     .run(Runtime::new(RuntimeOptions::default())?)?;
/// let grown: Vec<_> =
///     outcome.timeline.differences().map(|(_, difference)| difference.get(Figure::HeapUsed)).collect();
/// assert_eq!(grown, [Some(800_048), Some(-800_048)]);
/// # Ok::<(), node_memory::RuntimeError>(())
/// ```
pub struct Scenario<V> {
    steps: Vec<Step<V>>,
    kinds: bool,
}

/// What a scenario left: its timeline, its runtime and its variables.
pub struct Outcome<V> {
    /// The samples in order, and the statements between them, collections included.
    pub timeline: Timeline,
    /// The runtime as the last step left it.
    pub runtime: Runtime,
    /// The program's variables as the last step left them.
    pub variables: V,
}

impl<V: Default> Scenario<V> {
    /// A program without statements.
    #[must_use]
    pub fn new() -> Self {
        Self { steps: Vec::new(), kinds: false }
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

    /// Adds a sample of the five figures under a label.
    #[must_use]
    pub fn sample(mut self, label: &str) -> Self {
        self.steps.push(Step::Sample(label.to_owned()));
        self
    }

    /// Runs the program.
    ///
    /// # Errors
    /// The first statement's that fails.
    pub fn run(self, mut runtime: Runtime) -> Result<Outcome<V>, RuntimeError> {
        let mut timeline = Timeline::default();
        let mut variables = V::default();
        for step in self.steps {
            match step {
                Step::Do(name, action) => {
                    action(&mut runtime, &mut variables)?;
                    timeline.statement(name);
                }
                Step::Sample(label) if self.kinds => {
                    let kinds = runtime.kinds();
                    let mut sample = Sample::new(&label, runtime.memory_usage());
                    sample.collections = runtime.collections();
                    timeline.record(sample.with_kinds(&kinds));
                }
                Step::Sample(label) => timeline.sample(&label, &mut runtime),
            }
        }
        Ok(Outcome { timeline, runtime, variables })
    }
}

impl<V: Default> Default for Scenario<V> {
    fn default() -> Self {
        Self::new()
    }
}
