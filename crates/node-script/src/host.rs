//! What a runner of test262 needs: scripts and modules as the language has them, without CommonJS around, and the
//! suite's host object.

use crate::compile::code::SourceText;
use crate::compile::op::ErrorKind;
use crate::interpret::declare::Declaring;
use crate::machine::{Machine, R, roots};
use crate::objects::atoms::known;
use crate::objects::class::{Flags, ObjectKind};
use crate::objects::code::Arguments;
use crate::parse::Goal;
use crate::program::ScriptError;
use crate::thrown::{Outcome, Thrown};
use std::io::Write;
use std::path::Path;
use std::rc::Rc;

/// Why a script or a module did not run to its end.
#[derive(Debug)]
#[non_exhaustive]
pub struct ScriptFailure {
    /// It was refused before any of it ran.
    pub early: bool,
    /// The name of the exception's constructor.
    pub name: String,
    /// What says what it is.
    pub text: String,
}

impl Machine {
    /// Gives the global object `print` and the host object `$262`, as test262's `INTERPRETING.md` describes them. Realms
    /// and agents are refused.
    ///
    /// # Errors
    /// [`ScriptError::Setup`] if they do not fit below the heap's limit.
    pub fn add_test_host(&mut self) -> Result<(), ScriptError> {
        self.es_modules.all_files = true;
        self.jobs.rejections.quiet = true;
        self.scoped(|machine| {
            let host = machine.temps(2)?;
            let part = host + 1;
            machine.load_root(part, roots::GLOBAL);
            machine.define_methods(part, &[("print", 1, print)])?;
            machine.new_object(host, 8)?;
            let global = machine.atoms.intern_str("global");
            machine.define_named(host, global, part, Flags::HIDDEN)?;
            machine.define_methods(
                host,
                &[
                    ("createRealm", 0, refuse_realm),
                    ("detachArrayBuffer", 1, detach),
                    ("evalScript", 1, eval_script),
                ],
            )?;
            machine.expose_gc(host)?;
            machine.new_object(part, 4)?;
            let agent = machine.atoms.intern_str("agent");
            machine.define_named(host, agent, part, Flags::HIDDEN)?;
            machine.define_methods(part, &[("start", 1, refuse_agent)])?;
            let name = machine.atoms.intern_str("$262");
            machine.define_global(name, host)
        })
        .map_err(ScriptError::Setup)
    }

    /// Runs a script in the global scope, which it shares with other scripts. Jobs that it leaves are left.
    ///
    /// # Errors
    /// What it throws.
    pub fn run_script(&mut self, path: &Path, text: &str) -> Result<(), ScriptFailure> {
        let units: Vec<u16> = text.encode_utf16().collect();
        self.es_modules.main = Some(path.to_owned());
        let counted = self.options.steps.is_some();
        let source = SourceText {
            name: path.to_string_lossy().into(),
            text: units.into(),
            counted,
            origin: None,
        };
        let mut early = true;
        let ran = self.scoped(|machine| {
            let function = machine.temp()?;
            machine.compile_source(function, Rc::new(source), Goal::Script)?;
            machine.declare_variables(function, None, Declaring::Script)?;
            early = false;
            machine.call_function(function, function, &[])
        });
        ran.map_err(|thrown| self.failure(thrown, early))
    }

    /// Runs a text as the ECMAScript module of a path, and all jobs until it has ended.
    ///
    /// # Errors
    /// What it throws.
    pub fn run_module(&mut self, path: &Path, text: &str) -> Result<(), ScriptFailure> {
        let mut early = true;
        let ran = self.scoped(|machine| {
            machine.es_modules.main = Some(path.to_owned());
            let promise = machine.temp()?;
            let id = machine.source_module(crate::modules::file_url(path), text)?;
            machine.load_graph(id)?;
            machine.link_module(id)?;
            early = false;
            machine.evaluate_module(promise, id)?;
            machine.mark_handled(promise)?;
            machine.run_event_loop()?;
            machine.throw_if_rejected(promise)
        });
        ran.map_err(|thrown| self.failure(thrown, early))
    }

    /// Runs jobs and the event loop until nothing is left to do.
    ///
    /// # Errors
    /// What one of them throws.
    pub fn run_pending(&mut self) -> Result<(), ScriptFailure> {
        self.run_event_loop().map_err(|thrown| self.failure(thrown, false))
    }

    fn failure(&mut self, thrown: Thrown, early: bool) -> ScriptFailure {
        let told = match thrown {
            Thrown::Exception | Thrown::Overflow => self.scoped(|machine| {
                let exception = machine.temps(2)?;
                let part = exception + 1;
                machine.catch(exception, thrown)?;
                if !machine.is_object(exception) {
                    let text = machine.inspect(exception)?;
                    return Ok((String::new(), format!("thrown: {text}")));
                }
                machine.get_named(part, exception, known::CONSTRUCTOR)?;
                let mut name = String::new();
                if machine.is_object(part) {
                    machine.get_named(part, part, known::NAME)?;
                    if machine.is_string(part) {
                        name = machine.rust_string(part)?;
                    }
                }
                machine.get_named(part, exception, known::MESSAGE)?;
                let message = machine.string_of(part)?;
                Ok((name.clone(), format!("{name}: {message}")))
            }),
            thrown => Err(thrown),
        };
        match told {
            Ok((name, text)) => ScriptFailure { early, name, text },
            Err(thrown) => ScriptFailure { early, name: String::new(), text: thrown.to_string() },
        }
    }
}

fn print(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let text = machine.string_of(arguments.at(0))?;
    // What cannot be written is lost, as in Node.
    let _ = writeln!(machine.options.out, "{text}");
    machine.give_undefined()
}

fn refuse_realm(machine: &mut Machine, _: Arguments) -> Outcome<R> {
    machine.throw_error(ErrorKind::Error, "A second realm is not supported")
}

fn refuse_agent(machine: &mut Machine, _: Arguments) -> Outcome<R> {
    machine.throw_error(ErrorKind::Error, "An agent is not supported")
}

fn detach(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    if machine.kind_of(arguments.at(0)) != Some(ObjectKind::ArrayBuffer) {
        return machine.throw_type_error("Not an ArrayBuffer");
    }
    machine.detach_buffer(arguments.at(0))?;
    machine.registers().set_null(0);
    Ok(0)
}

fn eval_script(machine: &mut Machine, arguments: Arguments) -> Outcome<R> {
    let text = machine.units(arguments.at(0))?;
    let function = machine.temp()?;
    let counted = machine.options.steps.is_some();
    let source =
        Rc::new(SourceText { name: "evalScript".into(), text: text.into(), counted, origin: None });
    machine.compile_source(function, source, Goal::Script)?;
    machine.declare_variables(function, None, Declaring::Script)?;
    machine.call_function(0, function, &[])?;
    Ok(0)
}
