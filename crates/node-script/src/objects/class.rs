//! Hidden classes (V8's maps): what an object's fields are, known by a number in the object's header.
//!
//! An object begins with the class of its maker; each property that is added leads to another class, the same for all
//! objects that were made alike. Property tables are shared along such a line, as V8's descriptor arrays are: a class
//! sees only the first entries. A class that belongs to one object alone (a prototype, the global object, a
//! constructor) is changed in place instead; what is cached of it is guarded by an epoch.
//!
//! The classes themselves refer to nothing in the heap. Each has a cell there, of V8's size, which keeps the prototype, and
//! the cell of the class that leads to it. The cell is the descriptor of the class's number as a tag: it lives while an
//! object of the class does, and the class is forgotten after it (`objects/class_life.rs`).

use super::atoms::Atom;
use super::layout::tags;
use super::representation::Representation;
use heap_model::{Kind, Tag};
use rustc_hash::FxHashMap;
use std::cell::RefCell;
use std::rc::Rc;

/// A class's number: the tag of its objects.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ClassId(pub u32);

/// What an iterator of a Map or a Set gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Gives {
    Keys,
    Values,
    Entries,
}

/// What an object is, beside its properties.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ObjectKind {
    Ordinary,
    Array,
    Function,
    BoundFunction,
    Error,
    Boolean,
    Number,
    String,
    Symbol,
    BigInt,
    Date,
    RegExp,
    Map,
    Set,
    WeakMap,
    WeakSet,
    WeakRef,
    FinalizationRegistry,
    Promise,
    Proxy,
    /// `arguments` whose elements are those of parameters.
    Arguments,
    /// `arguments` whose elements are its own.
    PlainArguments,
    ArrayBuffer,
    SharedArrayBuffer,
    TypedArray,
    DataView,
    Generator,
    AsyncGenerator,
    AsyncFunction,
    ArrayIterator,
    StringIterator,
    MapIterator(Gives),
    SetIterator(Gives),
    RegExpIterator,
    /// What `map` of an iterator and its kin give.
    IteratorHelper,
    /// What `Iterator.from` gives for an object that does not inherit from `Iterator.prototype`.
    WrappedIterator,
    /// Wraps a synchronous iterator for `for await`.
    AsyncFromSync,
    /// `for (key in object)`.
    ForIn,
    Global,
    /// The object of a module's exports.
    Namespace,
    /// An object of a Node module whose state is Rust's.
    Host,
}

/// How an object's elements are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Elements {
    PackedSmi,
    HoleySmi,
    PackedDouble,
    HoleyDouble,
    Packed,
    Holey,
    Dictionary,
}

impl Elements {
    /// Whether none is missing.
    pub fn is_packed(self) -> bool {
        matches!(self, Self::PackedSmi | Self::PackedDouble | Self::Packed)
    }
}

/// What a property allows, and how its value is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Flags(pub u8);

impl Flags {
    pub const WRITABLE: u8 = 1;
    pub const ENUMERABLE: u8 = 2;
    pub const CONFIGURABLE: u8 = 4;
    /// The value is a pair of functions.
    pub const ACCESSOR: u8 = 8;
    /// The value is the engine's: an array's length, a function's name.
    pub const INTERNAL: u8 = 16;

    /// As an assignment makes it.
    pub const PLAIN: Self = Self(Self::WRITABLE | Self::ENUMERABLE | Self::CONFIGURABLE);
    /// As a built-in method is.
    pub const HIDDEN: Self = Self(Self::WRITABLE | Self::CONFIGURABLE);
    pub const FIXED: Self = Self(0);
    pub const READ_ONLY: Self = Self(Self::CONFIGURABLE);

    pub const fn has(self, flag: u8) -> bool {
        self.0 & flag != 0
    }

    pub const fn writable(self) -> bool {
        self.has(Self::WRITABLE)
    }

    pub const fn enumerable(self) -> bool {
        self.has(Self::ENUMERABLE)
    }

    pub const fn configurable(self) -> bool {
        self.has(Self::CONFIGURABLE)
    }

    pub const fn is_accessor(self) -> bool {
        self.has(Self::ACCESSOR)
    }

    pub const fn is_internal(self) -> bool {
        self.has(Self::INTERNAL)
    }

    pub const fn with(self, flag: u8, on: bool) -> Self {
        if on { Self(self.0 | flag) } else { Self(self.0 & !flag) }
    }
}

/// A property of a class.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Property {
    pub key: Atom,
    pub flags: Flags,
    /// What its field has held in all objects whose class is of the line.
    pub representation: Representation,
    /// The number of its field; of an internal one, which it is.
    pub field: u16,
}

/// Internal properties.
pub mod internal {
    pub const ARRAY_LENGTH: u16 = 0;
    pub const FUNCTION_LENGTH: u16 = 1;
    pub const FUNCTION_NAME: u16 = 2;
    pub const FUNCTION_PROTOTYPE: u16 = 3;
    pub const STRING_LENGTH: u16 = 4;
    pub const ERROR_STACK: u16 = 5;
    pub const BOUND_LENGTH: u16 = 6;
    pub const BOUND_NAME: u16 = 7;
    pub const ARGUMENTS_ITERATOR: u16 = 8;
    /// The pair of functions that throw.
    pub const RESTRICTED: u16 = 9;
    /// Null.
    pub const NOTHING: u16 = 10;
    pub const FUNCTION_CALLER: u16 = 11;
}

/// The properties of a line of classes, in the order of their addition.
#[derive(Clone, Debug, Default)]
pub struct Layout {
    properties: Vec<Property>,
    /// Once they are many.
    by_key: FxHashMap<Atom, u32>,
}

/// Properties that a class describes at most.
const MOST_PROPERTIES: u32 = 1020;

/// Classes that one class leads to at most.
const MOST_STEPS: usize = 1536;
/// Properties that are looked through one by one.
const FEW: usize = 8;

impl Layout {
    fn find(&self, key: Atom, count: usize) -> Option<Property> {
        if self.by_key.is_empty() {
            return self.properties[..count].iter().copied().find(|property| property.key == key);
        }
        let place = *self.by_key.get(&key)? as usize;
        (place < count).then(|| self.properties[place])
    }

    fn push(&mut self, property: Property) {
        self.properties.push(property);
        let place = self.properties.len() - 1;
        if !self.by_key.is_empty() {
            self.by_key.insert(property.key, place as u32);
        } else if self.properties.len() > FEW {
            let all = self.properties.iter().enumerate();
            self.by_key = all.map(|(place, property)| (property.key, place as u32)).collect();
        }
    }

    fn prefix(&self, count: usize) -> Self {
        let mut prefix = Self::default();
        self.properties[..count].iter().for_each(|property| prefix.push(*property));
        prefix
    }
}

/// What leads from a class to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Step {
    Add(Atom, Flags),
    Elements(Elements),
    /// No more properties may be added; with flags taken from all.
    Fix(Flags),
}

/// A hidden class.
#[derive(Clone, Debug)]
pub struct Class {
    pub kind: ObjectKind,
    pub cell: Kind,
    /// Slots before the first field.
    pub base: u8,
    /// Raw bytes behind the slots.
    pub raw: u16,
    pub elements: Elements,
    pub extensible: bool,
    /// The properties are in a dictionary, not in fields.
    pub dictionary: bool,
    /// It belongs to one object, and is changed in place.
    pub unique: bool,
    /// Its object is a prototype of others.
    pub is_prototype: bool,
    pub callable: bool,
    pub constructor: bool,
    /// Its elements, too, cannot be changed, or cannot be deleted.
    pub frozen: bool,
    pub sealed: bool,
    /// Fields that have room in the object.
    pub fields: u8,
    /// Fields that have been given to properties.
    pub used: u16,
    /// Constructions until the room that none of them needed is given up (V8's slack tracking).
    pub slack: u8,
    /// Properties that it sees of its layout.
    count: u32,
    layout: Rc<RefCell<Layout>>,
    steps: FxHashMap<Step, ClassId>,
    /// The class that it was made from by adding its last property.
    pub before: Option<ClassId>,
    /// The class that leads to it, and how.
    from: Option<(ClassId, Step)>,
    /// What it is the first class of.
    root: Option<Root>,
    /// Its objects' prototype is in the list of those that inherit from `Object.prototype`.
    pub is_listed: bool,
}

/// The identity of a prototype, and what is known of the objects: their kind, their room for fields, and whether their
/// properties are in a dictionary.
type Root = (u32, ObjectKind, u8, bool);

impl Class {
    pub fn new(kind: ObjectKind, cell: Kind, base: usize, fields: usize) -> Self {
        Self {
            kind,
            cell,
            base: base as u8,
            raw: 0,
            elements: Elements::HoleySmi,
            extensible: true,
            dictionary: false,
            unique: false,
            is_prototype: false,
            callable: false,
            constructor: false,
            frozen: false,
            sealed: false,
            fields: fields.min(252) as u8,
            used: 0,
            slack: 0,
            count: 0,
            layout: Rc::default(),
            steps: FxHashMap::default(),
            before: None,
            from: None,
            root: None,
            is_listed: false,
        }
    }

    pub fn find(&self, key: Atom) -> Option<Property> {
        self.layout.borrow().find(key, self.count as usize)
    }

    /// Its properties, in the order of their addition.
    pub fn properties(&self) -> Vec<Property> {
        self.layout.borrow().properties[..self.count as usize].to_vec()
    }

    /// Those that are enumerable.
    pub fn enumerable(&self) -> Vec<Property> {
        let layout = self.layout.borrow();
        let all = layout.properties[..self.count as usize].iter();
        all.filter(|property| property.flags.enumerable()).copied().collect()
    }

    /// What the property holds that was added last.
    #[inline]
    pub fn last_holds(&self) -> Representation {
        let place = self.count().wrapping_sub(1);
        let layout = self.layout.borrow();
        layout.properties.get(place).map_or(Representation::Tagged, |last| last.representation)
    }

    pub fn has_enumerable(&self) -> bool {
        let layout = self.layout.borrow();
        let mut all = layout.properties[..self.count as usize].iter();
        all.any(|property| property.flags.enumerable())
    }

    pub fn count(&self) -> usize {
        self.count as usize
    }

    /// The slot of a field that lies in the object, or its place in the property array.
    pub fn place(&self, field: u16) -> Place {
        if field < u16::from(self.fields) {
            Place::Slot(usize::from(self.base) + usize::from(field))
        } else {
            Place::Outside(usize::from(field - u16::from(self.fields)))
        }
    }

    /// Slots of a new object.
    pub fn slots(&self) -> usize {
        usize::from(self.base) + usize::from(self.fields)
    }

    /// It has as many properties as V8 describes in an array (`kMaxNumberOfDescriptors`).
    pub fn is_full(&self) -> bool {
        self.count >= MOST_PROPERTIES
    }

    /// It leads to as many classes as V8 lets it (`TransitionsAccessor::kMaxNumberOfTransitions`).
    pub fn has_many_steps(&self) -> bool {
        self.steps.len() >= MOST_STEPS
    }

    /// Adds a property to a class that has its layout to itself, or continues the line.
    fn push(&mut self, property: Property) {
        let count = self.count as usize;
        let shared = self.layout.borrow().properties.len() != count;
        if shared {
            let own = self.layout.borrow().prefix(count);
            self.layout = Rc::new(RefCell::new(own));
        }
        self.layout.borrow_mut().push(property);
        self.count += 1;
        if !property.flags.is_internal() {
            self.used += 1;
        }
    }

    /// The same, which nothing leads to yet and which leads nowhere.
    fn apart(&self) -> Self {
        let steps = FxHashMap::default();
        Self { steps, before: None, from: None, root: None, is_listed: false, ..self.clone() }
    }

    /// The same with a layout of its own.
    fn detached(&self) -> Self {
        let own = self.layout.borrow().prefix(self.count as usize);
        let layout = Rc::new(RefCell::new(own));
        Self { layout, slack: 0, ..self.apart() }
    }

    /// Takes a property out of a layout of its own; the fields of the others stay where they are.
    pub fn forget(&mut self, key: Atom) {
        let mut layout = self.layout.borrow_mut();
        let mut left = Layout::default();
        let kept = layout.properties.iter().filter(|property| property.key != key);
        kept.for_each(|property| left.push(*property));
        self.count = left.properties.len() as u32;
        *layout = left;
    }

    /// The first slots of its objects are the heap's own, or a proxy's: elements and properties are in a table beside.
    pub fn has_backing_elsewhere(&self) -> bool {
        matches!(
            self.kind,
            ObjectKind::WeakRef | ObjectKind::FinalizationRegistry | ObjectKind::Proxy
        )
    }

    /// Its objects begin with elements of one kind and get those of others: their fields hold any values (V8's
    /// `Map::GeneralizeIfCanHaveTransitionableFastElementsKind`).
    fn has_changing_elements(&self) -> bool {
        matches!(
            self.kind,
            ObjectKind::Array
                | ObjectKind::Arguments
                | ObjectKind::PlainArguments
                | ObjectKind::Boolean
                | ObjectKind::Number
                | ObjectKind::String
                | ObjectKind::Symbol
                | ObjectKind::BigInt
        )
    }

    /// Its elements allow no fast access to the objects behind.
    pub fn is_exotic(&self) -> bool {
        matches!(
            self.kind,
            ObjectKind::Proxy | ObjectKind::TypedArray | ObjectKind::String | ObjectKind::Arguments
        )
    }
}

/// Where a field's value lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    Slot(usize),
    Outside(usize),
}

/// First classes of objects that were asked for lately, by the class of their prototype, which no other object has.
#[derive(Debug)]
pub struct RecentRoots([Option<(ClassId, ObjectKind, usize, ClassId)>; Self::PLACES]);

impl Default for RecentRoots {
    fn default() -> Self {
        Self([None; Self::PLACES])
    }
}

impl RecentRoots {
    const PLACES: usize = 64;

    fn place(prototype: ClassId, fields: usize) -> usize {
        (prototype.0 as usize ^ fields) % Self::PLACES
    }

    pub fn get(&self, prototype: ClassId, kind: ObjectKind, fields: usize) -> Option<ClassId> {
        let (of, of_kind, of_fields, class) = self.0[Self::place(prototype, fields)]?;
        ((of, of_kind, of_fields) == (prototype, kind, fields)).then_some(class)
    }

    pub fn set(&mut self, prototype: ClassId, kind: ObjectKind, fields: usize, class: ClassId) {
        self.0[Self::place(prototype, fields)] = Some((prototype, kind, fields, class));
    }
}

/// All classes of a machine.
#[derive(Debug, Default)]
pub struct Classes {
    classes: Vec<Class>,
    /// By the identity of the prototype.
    roots: FxHashMap<Root, ClassId>,
    /// Numbers of classes that were forgotten, and of those that are no longer found.
    free: Vec<ClassId>,
    lost: Vec<ClassId>,
    pub recent: RecentRoots,
    /// Grows when a prototype's properties, or the chain of prototypes, change.
    pub epoch: u32,
}

impl Classes {
    pub fn get(&self, id: ClassId) -> &Class {
        &self.classes[(id.0 - tags::FIRST_CLASS) as usize]
    }

    /// What the objects with a tag are.
    pub fn kind_of(&self, tag: Tag) -> Option<ObjectKind> {
        let place = tag.number().checked_sub(tags::FIRST_CLASS)?;
        Some(self.classes.get(place as usize)?.kind)
    }

    pub fn get_mut(&mut self, id: ClassId) -> &mut Class {
        &mut self.classes[(id.0 - tags::FIRST_CLASS) as usize]
    }

    pub fn len(&self) -> usize {
        self.classes.len()
    }

    /// The number that the next class gets.
    pub fn next(&self) -> ClassId {
        let new = ClassId(tags::FIRST_CLASS + self.classes.len() as u32);
        self.free.last().copied().unwrap_or(new)
    }

    /// Adds a class, whose cell the caller makes.
    pub fn add(&mut self, class: Class) -> ClassId {
        match self.free.pop() {
            Some(id) => {
                *self.get_mut(id) = class;
                id
            }
            None => {
                let id = self.next();
                self.classes.push(class);
                id
            }
        }
    }

    /// No longer finds classes that no object has, and that lead to none that one has. Returns how many of them are listed.
    pub fn lose(&mut self, dead: &[ClassId]) -> usize {
        let mut listed = 0;
        for id in dead {
            let class = self.get_mut(*id);
            let (from, root) = (class.from.take(), class.root.take());
            listed += usize::from(std::mem::take(&mut class.is_listed));
            if let Some((from, step)) = from {
                self.get_mut(from).steps.remove(&step);
            }
            if let Some(root) = root {
                self.roots.remove(&root);
            }
        }
        self.lost.extend(dead);
        listed
    }

    /// Forgets what is no longer found, and gives the numbers to the next classes.
    pub fn forget_lost(&mut self) {
        while let Some(id) = self.lost.pop() {
            *self.get_mut(id) = Class::new(ObjectKind::Ordinary, Kind::Object, 0, 0);
            self.free.push(id);
        }
    }

    /// The first class of objects of a kind with a prototype, by its identity, and room for a number of fields.
    pub fn root(
        &self,
        prototype: u32,
        kind: ObjectKind,
        fields: usize,
        dictionary: bool,
    ) -> Option<ClassId> {
        self.roots.get(&(prototype, kind, fields.min(252) as u8, dictionary)).copied()
    }

    pub fn set_root(&mut self, prototype: u32, id: ClassId) {
        let class = self.get(id);
        self.add_root((prototype, class.kind, class.fields, class.dictionary), id);
    }

    pub fn set_root_for(&mut self, prototype: u32, kind: ObjectKind, fields: usize, id: ClassId) {
        self.add_root((prototype, kind, fields as u8, false), id);
    }

    fn add_root(&mut self, root: Root, id: ClassId) {
        self.get_mut(id).root = Some(root);
        self.roots.insert(root, id);
    }

    /// The class that a property leads to: one that is there, or one to be added.
    pub fn with_property(
        &mut self,
        id: ClassId,
        key: Atom,
        flags: Flags,
        representation: Representation,
    ) -> Next {
        let class = self.get(id);
        debug_assert!(!class.dictionary);
        if class.unique {
            let is_prototype = class.is_prototype;
            let class = self.get_mut(id);
            let field = class.used;
            let representation = Representation::Tagged;
            class.push(Property { key, flags, representation, field });
            if is_prototype {
                self.epoch += 1;
            }
            return Next::Same;
        }
        if let Some(next) = self.step(id, Step::Add(key, flags)) {
            return Next::Known(next);
        }
        let field = class.used;
        let representation = match class.has_changing_elements() {
            true => Representation::Tagged,
            false => representation,
        };
        let mut next = Class { slack: 0, before: Some(id), ..class.apart() };
        next.push(Property { key, flags, representation, field });
        Next::New(next)
    }

    /// As `with_property`, for one that takes no field, of a class that several objects have.
    pub fn with_internal(&mut self, id: ClassId, key: Atom, flags: Flags, which: u16) -> Next {
        if let Some(next) = self.step(id, Step::Add(key, flags)) {
            return Next::Known(next);
        }
        let mut next = Class { slack: 0, before: Some(id), ..self.get(id).apart() };
        let representation = Representation::Tagged;
        next.push(Property { key, flags, representation, field: which });
        Next::New(next)
    }

    /// As `with_property`, for one that takes no field, of a class of one object.
    pub fn add_internal(&mut self, id: ClassId, key: Atom, flags: Flags, which: u16) {
        let flags = Flags(flags.0 | Flags::INTERNAL);
        let representation = Representation::Tagged;
        self.get_mut(id).push(Property { key, flags, representation, field: which });
    }

    /// Remembers where a property leads.
    pub fn remember(&mut self, from: ClassId, key: Atom, flags: Flags, to: ClassId) {
        self.lead(from, Step::Add(key, flags), to);
    }

    pub fn with_elements(&mut self, id: ClassId, elements: Elements) -> Next {
        let class = self.get(id);
        if class.elements == elements {
            return Next::Same;
        }
        if class.unique {
            self.get_mut(id).elements = elements;
            return Next::Same;
        }
        if let Some(next) = self.step(id, Step::Elements(elements)) {
            return Next::Known(next);
        }
        Next::New(Class { slack: 0, elements, ..class.apart() })
    }

    pub fn remember_elements(&mut self, from: ClassId, elements: Elements, to: ClassId) {
        self.lead(from, Step::Elements(elements), to);
    }

    /// The class without more properties, and without some flags of those that are there.
    pub fn fixed(&mut self, id: ClassId, without: Flags) -> Next {
        let class = self.get(id);
        if !class.unique
            && let Some(next) = self.step(id, Step::Fix(without))
        {
            return Next::Known(next);
        }
        let mut next = class.detached();
        next.extensible = false;
        {
            let mut layout = next.layout.borrow_mut();
            for property in &mut layout.properties {
                let keeps = property.flags.is_accessor();
                let gone = if keeps { without.0 & !Flags::WRITABLE } else { without.0 };
                property.flags = Flags(property.flags.0 & !gone);
            }
        }
        self.epoch += 1;
        Next::New(next)
    }

    pub fn remember_fixed(&mut self, from: ClassId, without: Flags, to: ClassId) {
        self.lead(from, Step::Fix(without), to);
    }

    /// A class of its own for one object, with other flags or another place of a property.
    pub fn changed(&mut self, id: ClassId, key: Atom, flags: Flags) -> Class {
        let next = self.get(id).detached();
        {
            let mut layout = next.layout.borrow_mut();
            if let Some(property) =
                layout.properties.iter_mut().find(|property| property.key == key)
            {
                property.flags = flags;
            }
        }
        self.epoch += 1;
        next
    }

    /// A property that was internal becomes a field.
    pub fn with_field_for(&mut self, id: ClassId, key: Atom, flags: Flags) -> (Class, u16) {
        let mut next = self.get(id).detached();
        let field = next.used;
        {
            let mut layout = next.layout.borrow_mut();
            if let Some(property) =
                layout.properties.iter_mut().find(|property| property.key == key)
            {
                let representation = Representation::Tagged;
                *property = Property { key, flags, representation, field };
            }
        }
        next.used += 1;
        self.epoch += 1;
        (next, field)
    }

    /// A copy for one object alone, whose fields hold any values.
    pub fn unique(&mut self, id: ClassId, is_prototype: bool) -> Class {
        self.epoch += 1;
        let copy = self.get(id).detached();
        for property in &mut copy.layout.borrow_mut().properties {
            property.representation = Representation::Tagged;
        }
        Class { unique: true, is_prototype, ..copy }
    }

    /// A property holds other values from now on, in the objects of all classes that have it from the same one (V8's
    /// `MapUpdater::GeneralizeField`). Returns these classes.
    pub fn generalize(
        &mut self,
        id: ClassId,
        key: Atom,
        representation: Representation,
    ) -> Vec<ClassId> {
        let mut owner = id;
        while let Some((before, _)) = self.get(owner).from
            && self.get(before).find(key).is_some()
        {
            owner = before;
        }
        let mut line = vec![owner];
        let mut at = 0;
        while at < line.len() {
            let class = self.get(line[at]);
            let mut layout = class.layout.borrow_mut();
            let count = class.count as usize;
            let all = layout.properties[..count].iter_mut();
            all.filter(|property| property.key == key)
                .for_each(|property| property.representation = representation);
            line.extend(class.steps.values());
            at += 1;
        }
        line
    }

    fn lead(&mut self, from: ClassId, step: Step, to: ClassId) {
        self.get_mut(from).steps.insert(step, to);
        self.get_mut(to).from = Some((from, step));
    }

    fn step(&self, id: ClassId, step: Step) -> Option<ClassId> {
        self.get(id).steps.get(&step).copied()
    }

    /// Ends slack tracking: the room that no object of the line used is given up (V8's
    /// `CompleteInobjectSlackTracking`).
    pub fn end_slack(&mut self, id: ClassId) {
        let mut line = vec![id];
        let mut at = 0;
        while at < line.len() {
            line.extend(self.get(line[at]).steps.values());
            at += 1;
        }
        let most = line.iter().map(|id| self.get(*id).used).max().unwrap_or(0);
        for id in line {
            let class = self.get_mut(id);
            class.slack = 0;
            class.fields = class.fields.min(most.min(252) as u8);
        }
    }
}

/// Where a change leads.
pub enum Next {
    /// The class was changed in place.
    Same,
    Known(ClassId),
    New(Class),
}
