//! Replays a `gc` trace: each step is a job over eight roots, three WeakMaps, two WeakSets and two
//! FinalizationRegistries. Its result is compared, and after a collection also the live objects and the held values whose
//! cleanup ran.

use anyhow::{Context, anyhow, bail};
use heap_model::{Global, Heap, HeapOptions, Kind, Local, Scope, Value};
use serde_json::{Value as Json, json};
use std::error::Error;
use std::sync::{Arc, Mutex, PoisonError};
use weak_refs::{Agent, FinalizationRegistry, WeakMap, WeakRef, WeakSet};

/// The number of fields of an object; after them it has as many that refer to maps.
const FIELDS: usize = 3;

/// The variables of a program: owned roots, or null.
#[derive(Default)]
struct Program {
    roots: [Option<Global>; 8],
    maps: [Option<Global>; 3],
    sets: [Option<Global>; 2],
    registries: [Option<Global>; 2],
    /// A WeakRef to each object, by number.
    objects: Vec<Global>,
    agent: Agent,
    /// The held values whose cleanup has run since the last collection.
    finalized: Arc<Mutex<Vec<i32>>>,
}

/// Why a step has no result to compare.
enum Stop {
    /// An operand is null.
    Skip,
    Failed(anyhow::Error),
}

impl<E: Error + Send + Sync + 'static> From<E> for Stop {
    fn from(error: E) -> Self {
        Self::Failed(error.into())
    }
}

/// Replays one program; the error names the first step that differs.
pub fn replay(program: &Json) -> anyhow::Result<()> {
    let mut heap = Heap::new(HeapOptions::default())?;
    let mut variables = Program::default();
    for (number, step) in program["steps"].as_array().context("no steps")?.iter().enumerate() {
        let op = &step["op"];
        let found = match heap.enter(|scope| variables.job(scope, op)) {
            Ok(found) => found,
            Err(Stop::Skip) => json!(["skip", null, null]),
            Err(Stop::Failed(error)) => return Err(error.context(format!("step {number} {op}"))),
        };
        let expected = json!([step["ret"], step["alive"], step["finalized"]]);
        if found != expected {
            bail!("step {number} {op}: ret, alive, finalized: expected {expected}, got {found}");
        }
    }
    Ok(())
}

impl Program {
    /// Runs one step as a job of its own.
    fn job(&mut self, scope: &mut Scope<'_>, op: &Json) -> Result<Json, Stop> {
        if op[0] == "gc" {
            scope.collect();
            self.agent.run_cleanup(scope, usize::MAX)?;
            return self.observe(scope);
        }
        let given = self.perform(scope, op);
        self.agent.end_job();
        Ok(json!([given?, null, null]))
    }

    fn observe(&mut self, scope: &mut Scope<'_>) -> Result<Json, Stop> {
        let mut alive = Vec::new();
        for (number, object) in self.objects.iter().enumerate() {
            let cell = scope.local(object)?;
            if WeakRef::from_cell(scope, cell)?.is_alive(scope)? {
                alive.push(number);
            }
        }
        let mut finalized = self.finalized.lock().unwrap_or_else(PoisonError::into_inner);
        let mut finalized = std::mem::take(&mut *finalized);
        finalized.sort_unstable();
        Ok(json!([null, alive, finalized]))
    }

    fn perform(&mut self, scope: &mut Scope<'_>, op: &Json) -> Result<Json, Stop> {
        let [a, b, c, d] = [1, 2, 3, 4].map(|place| op[place].as_i64());
        match op[0].as_str().unwrap_or_default() {
            "new" => return self.new_object(scope, a),
            "unroot" => *variable(&mut self.roots, a)? = None,
            "mapDrop" => *variable(&mut self.maps, a)? = None,
            "regDrop" => *variable(&mut self.registries, a)? = None,
            "link" => {
                let object = operand(scope, &self.roots, a)?;
                let value = value(scope, &self.roots, c)?;
                scope.set(object, field(b, 0)?, value)?;
            }
            "load" => {
                let object = operand(scope, &self.roots, b)?;
                let value = scope.get(object, field(c, 0)?)?;
                return self.take(scope, a, value);
            }
            "mapNew" => {
                let cell = WeakMap::new(scope)?.cell();
                *variable(&mut self.maps, a)? = Some(scope.global(cell)?);
            }
            "mapSet" => {
                let (map, key) = (self.map(scope, a)?, self.root(scope, b)?);
                let value = value(scope, &self.roots, c)?;
                map.set(scope, key, value)?;
            }
            "mapDelete" => {
                let (map, key) = (self.map(scope, a)?, self.root(scope, b)?);
                return Ok(json!(map.delete(scope, key)?));
            }
            "mapHas" => {
                let (map, key) = (self.map(scope, a)?, self.root(scope, b)?);
                return Ok(json!(map.has(scope, key)?));
            }
            "mapGet" => {
                let (map, key) = (self.map(scope, b)?, self.root(scope, c)?);
                return match map.get(scope, key)? {
                    Some(value) => self.take(scope, a, value),
                    None => Ok(json!("undefined")),
                };
            }
            "mapLink" => {
                let object = operand(scope, &self.roots, a)?;
                let map = operand(scope, &self.maps, c)?;
                scope.set(object, field(b, FIELDS)?, Value::Ref(map))?;
            }
            "setNew" => {
                let cell = WeakSet::new(scope)?.cell();
                *variable(&mut self.sets, a)? = Some(scope.global(cell)?);
            }
            "setAdd" => {
                let (set, value) = (self.set(scope, a)?, self.root(scope, b)?);
                set.add(scope, value)?;
            }
            "setHas" => {
                let (set, value) = (self.set(scope, a)?, self.root(scope, b)?);
                return Ok(json!(set.has(scope, value)?));
            }
            "setDelete" => {
                let (set, value) = (self.set(scope, a)?, self.root(scope, b)?);
                return Ok(json!(set.delete(scope, value)?));
            }
            "regNew" => self.new_registry(scope, a)?,
            "register" => {
                let (registry, target) = (self.registry(scope, a)?, self.root(scope, b)?);
                let held = Value::Smi(number(c)?);
                let token = if number(d)? < 0 { None } else { Some(self.root(scope, d)?) };
                // The program unregisters by token only.
                let _ = registry.register(scope, target, held, token)?;
            }
            "unregister" => {
                let (registry, token) = (self.registry(scope, a)?, self.root(scope, b)?);
                return Ok(json!(registry.unregister(scope, token)?));
            }
            _ => return Err(Stop::Failed(anyhow!("an unknown operation"))),
        }
        Ok(Json::Null)
    }

    fn new_object(&mut self, scope: &mut Scope<'_>, root: Option<i64>) -> Result<Json, Stop> {
        let object = scope.alloc(Kind::Object, 2 * FIELDS, 0)?;
        for field in 0..2 * FIELDS {
            scope.set(object, field, Value::Null)?;
        }
        let reference = WeakRef::new(scope, &mut self.agent, Value::Ref(object))?;
        self.objects.push(scope.global(reference.cell())?);
        *variable(&mut self.roots, root)? = Some(scope.global(object)?);
        Ok(json!(self.objects.len() - 1))
    }

    fn new_registry(&mut self, scope: &mut Scope<'_>, at: Option<i64>) -> Result<(), Stop> {
        let registry = FinalizationRegistry::new(scope)?;
        let finalized = Arc::clone(&self.finalized);
        self.agent.enroll(scope, registry, move |_, held| {
            if let Value::Smi(number) = held {
                finalized.lock().unwrap_or_else(PoisonError::into_inner).push(number);
            }
            Ok(())
        })?;
        *variable(&mut self.registries, at)? = Some(scope.global(registry.cell())?);
        Ok(())
    }

    /// Puts a value in a root and returns what it is.
    fn take(
        &mut self,
        scope: &mut Scope<'_>,
        root: Option<i64>,
        value: Value<'_>,
    ) -> Result<Json, Stop> {
        let root = variable(&mut self.roots, root)?;
        if let Value::Ref(object) = value {
            *root = Some(scope.global(object)?);
            Ok(json!("object"))
        } else {
            *root = None;
            Ok(json!("null"))
        }
    }

    fn root<'s>(&self, scope: &mut Scope<'s>, at: Option<i64>) -> Result<Value<'s>, Stop> {
        operand(scope, &self.roots, at).map(Value::Ref)
    }

    fn map<'s>(&self, scope: &mut Scope<'s>, at: Option<i64>) -> Result<WeakMap<'s>, Stop> {
        let cell = operand(scope, &self.maps, at)?;
        Ok(WeakMap::from_cell(scope, cell)?)
    }

    fn set<'s>(&self, scope: &mut Scope<'s>, at: Option<i64>) -> Result<WeakSet<'s>, Stop> {
        let cell = operand(scope, &self.sets, at)?;
        Ok(WeakSet::from_cell(scope, cell)?)
    }

    fn registry<'s>(
        &self,
        scope: &mut Scope<'s>,
        at: Option<i64>,
    ) -> Result<FinalizationRegistry<'s>, Stop> {
        let cell = operand(scope, &self.registries, at)?;
        Ok(FinalizationRegistry::from_cell(scope, cell)?)
    }
}

fn number(operand: Option<i64>) -> Result<i32, Stop> {
    let number = operand.and_then(|operand| i32::try_from(operand).ok());
    number.ok_or_else(|| Stop::Failed(anyhow!("no such operand")))
}

fn field(operand: Option<i64>, first: usize) -> Result<usize, Stop> {
    match number(operand)? {
        field @ 0..3 => Ok(first + field as usize),
        _ => Err(Stop::Failed(anyhow!("no such field"))),
    }
}

fn variable(
    variables: &mut [Option<Global>],
    at: Option<i64>,
) -> Result<&mut Option<Global>, Stop> {
    let found = variables.get_mut(number(at)? as usize);
    found.ok_or_else(|| Stop::Failed(anyhow!("no such variable")))
}

/// What a variable refers to; the step is skipped if it is null.
fn operand<'s>(
    scope: &mut Scope<'s>,
    variables: &[Option<Global>],
    at: Option<i64>,
) -> Result<Local<'s>, Stop> {
    let found = variables.get(number(at)? as usize);
    let found = found.ok_or_else(|| Stop::Failed(anyhow!("no such variable")))?;
    Ok(scope.local(found.as_ref().ok_or(Stop::Skip)?)?)
}

/// What a variable refers to, or null.
fn value<'s>(
    scope: &mut Scope<'s>,
    variables: &[Option<Global>],
    at: Option<i64>,
) -> Result<Value<'s>, Stop> {
    match operand(scope, variables, at) {
        Ok(cell) => Ok(Value::Ref(cell)),
        Err(Stop::Skip) => Ok(Value::Null),
        Err(failed) => Err(failed),
    }
}
