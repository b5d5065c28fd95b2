//! Typed positions. A position of one list cannot be used in another, and one that is not in its list
//! is a bug of this program, which ends what is running with a message: never a number that would go on
//! into a result.

use std::fmt::Debug;
use std::marker::PhantomData;
use std::ops::{Deref, DerefMut, Index, IndexMut};

/// A position in lists of one kind of thing.
pub trait Id: Copy + Debug {
    /// What stands at the position, for the message of a broken invariant.
    const OF: &'static str;

    /// The position, from zero.
    fn place(self) -> usize;

    /// The id of a position, from zero.
    fn at(place: usize) -> Self;

    /// What a list that goes along with the things has at this position.
    ///
    /// # Panics
    /// If the list ends before it, which is a bug.
    #[inline]
    #[track_caller]
    fn of<T>(self, list: &[T]) -> &T {
        match list.get(self.place()) {
            Some(found) => found,
            None => outside(Self::OF, self.place(), list.len()),
        }
    }

    /// As [`Id::of`], to change it.
    ///
    /// # Panics
    /// If the list ends before it, which is a bug.
    #[inline]
    #[track_caller]
    fn of_mut<T>(self, list: &mut [T]) -> &mut T {
        let length = list.len();
        match list.get_mut(self.place()) {
            Some(found) => found,
            None => outside(Self::OF, self.place(), length),
        }
    }

    /// The ids of the first `count` things.
    fn first(count: usize) -> impl DoubleEndedIterator<Item = Self> + ExactSizeIterator {
        (0..count).map(Self::at)
    }
}

#[cold]
#[track_caller]
fn outside(what: &str, place: usize, length: usize) -> ! {
    panic!("internal: {what} {place} is asked for, and there are {length}")
}

/// Declares an id: `id! { /// Documentation. pub struct RowId of "row" }`.
macro_rules! id {
    ($(#[$meta:meta])* pub struct $name:ident of $what:literal) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub u32);

        impl $crate::ids::Id for $name {
            const OF: &'static str = $what;

            #[inline]
            fn place(self) -> usize {
                self.0 as usize
            }

            #[inline]
            fn at(place: usize) -> Self {
                $name(place as u32)
            }
        }
    };
}
pub(crate) use id;

/// A list that only ids of its own kind index. A slice otherwise: it is gone through as one.
#[derive(Debug, Clone, PartialEq)]
pub struct IdVec<I, T> {
    list: Vec<T>,
    kind: PhantomData<fn(I)>,
}

impl<I: Id, T> IdVec<I, T> {
    /// An empty list.
    pub fn new() -> Self {
        IdVec { list: Vec::new(), kind: PhantomData }
    }

    /// The same for `count` things.
    pub fn filled(value: T, count: usize) -> Self
    where
        T: Clone,
    {
        vec![value; count].into()
    }

    /// Adds one thing, which gets the next id.
    pub fn push(&mut self, value: T) -> I {
        self.list.push(value);
        I::at(self.list.len() - 1)
    }

    /// The ids, in order.
    pub fn ids(&self) -> impl DoubleEndedIterator<Item = I> + ExactSizeIterator + use<I, T> {
        I::first(self.list.len())
    }

    /// The things with their ids.
    pub fn each(&self) -> impl DoubleEndedIterator<Item = (I, &T)> + ExactSizeIterator {
        self.list.iter().enumerate().map(|(place, value)| (I::at(place), value))
    }

    /// The id that the next thing will get.
    pub fn next_id(&self) -> I {
        I::at(self.list.len())
    }

    /// Keeps the first `count` things.
    pub fn truncate(&mut self, count: usize) {
        self.list.truncate(count);
    }

    /// Takes the last thing.
    pub fn pop(&mut self) -> Option<T> {
        self.list.pop()
    }

    /// Forgets all.
    pub fn clear(&mut self) {
        self.list.clear();
    }

    /// The list as an ordinary one.
    pub fn into_vec(self) -> Vec<T> {
        self.list
    }
}

impl<I: Id, T> Default for IdVec<I, T> {
    fn default() -> Self {
        IdVec::new()
    }
}

impl<I: Id, T> From<Vec<T>> for IdVec<I, T> {
    fn from(list: Vec<T>) -> Self {
        IdVec { list, kind: PhantomData }
    }
}

impl<I: Id, T> FromIterator<T> for IdVec<I, T> {
    fn from_iter<It: IntoIterator<Item = T>>(items: It) -> Self {
        Vec::from_iter(items).into()
    }
}

impl<I: Id, T> Extend<T> for IdVec<I, T> {
    fn extend<It: IntoIterator<Item = T>>(&mut self, items: It) {
        self.list.extend(items);
    }
}

impl<I: Id, T> IntoIterator for IdVec<I, T> {
    type Item = T;
    type IntoIter = std::vec::IntoIter<T>;

    fn into_iter(self) -> Self::IntoIter {
        self.list.into_iter()
    }
}

impl<'a, I: Id, T> IntoIterator for &'a IdVec<I, T> {
    type Item = &'a T;
    type IntoIter = std::slice::Iter<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.list.iter()
    }
}

impl<'a, I: Id, T> IntoIterator for &'a mut IdVec<I, T> {
    type Item = &'a mut T;
    type IntoIter = std::slice::IterMut<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.list.iter_mut()
    }
}

impl<I: Id, T> Deref for IdVec<I, T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        &self.list
    }
}

impl<I: Id, T> DerefMut for IdVec<I, T> {
    fn deref_mut(&mut self) -> &mut [T] {
        &mut self.list
    }
}

impl<I: Id, T> Index<I> for IdVec<I, T> {
    type Output = T;

    #[inline]
    #[track_caller]
    fn index(&self, id: I) -> &T {
        id.of(&self.list)
    }
}

impl<I: Id, T> IndexMut<I> for IdVec<I, T> {
    #[inline]
    #[track_caller]
    fn index_mut(&mut self, id: I) -> &mut T {
        id.of_mut(&mut self.list)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    id! {
        /// A test's own id.
        pub struct Lamp of "lamp"
    }

    #[test]
    fn an_id_finds_what_was_pushed_and_nothing_else() {
        let mut lamps: IdVec<Lamp, &str> = IdVec::new();
        let (first, second) = (lamps.push("red"), lamps.push("green"));
        assert_eq!((lamps[first], lamps[second]), ("red", "green"));
        assert_eq!(lamps.next_id(), Lamp(2));
        lamps[first] = "blue";
        assert_eq!(lamps.each().map(|(id, l)| (id.0, *l)).collect::<Vec<_>>(), [(0, "blue"), (1, "green")]);
    }

    #[test]
    #[should_panic(expected = "internal: lamp 3 is asked for, and there are 2")]
    fn an_id_outside_its_list_is_an_internal_error_and_no_value() {
        let _ = Lamp(3).of(&[1.0, 2.0]);
    }
}
