//! Values per element and indices.

use rustc_hash::FxHashMap;

/// Places from which a table is kept sparse: families over pairs of elements have few members.
const SPARSE: usize = 4_000_000;

/// A table over the elements of a class and the indices of a member.
#[derive(Debug, Clone)]
pub struct Store<T> {
    /// Sizes of the indices.
    dims: Vec<usize>,
    size: usize,
    data: Data<T>,
}

#[derive(Debug, Clone)]
enum Data<T> {
    Dense(Vec<Option<T>>),
    Sparse(FxHashMap<usize, T>),
}

impl<T: Clone> Store<T> {
    /// An empty table for so many elements and index sizes.
    pub fn new(elements: usize, dims: Vec<usize>) -> Self {
        let size = dims.iter().fold(elements, |a, b| a.saturating_mul(*b));
        let data = if size < SPARSE { Data::Dense(vec![None; size]) } else { Data::Sparse(FxHashMap::default()) };
        Store { dims, size, data }
    }

    /// The place of an element and index ordinals.
    pub fn place(&self, element: usize, ordinals: &[usize]) -> Option<usize> {
        let mut at = element;
        for (o, d) in ordinals.iter().zip(&self.dims) {
            if o >= d {
                return None;
            }
            at = at * d + o;
        }
        (at < self.size).then_some(at)
    }

    /// What is there.
    pub fn get(&self, at: usize) -> Option<&T> {
        match &self.data {
            Data::Dense(data) => data.get(at).and_then(Option::as_ref),
            Data::Sparse(data) => data.get(&at),
        }
    }

    /// What is there, to change it.
    pub fn get_mut(&mut self, at: usize) -> Option<&mut T> {
        match &mut self.data {
            Data::Dense(data) => data.get_mut(at).and_then(Option::as_mut),
            Data::Sparse(data) => data.get_mut(&at),
        }
    }

    /// Puts a value.
    pub fn set(&mut self, at: usize, value: T) {
        match &mut self.data {
            Data::Dense(data) => {
                if let Some(slot) = data.get_mut(at) {
                    *slot = Some(value);
                }
            }
            Data::Sparse(data) => {
                if at < self.size {
                    data.insert(at, value);
                }
            }
        }
    }
}

impl<T> Store<T> {
    /// Number of places.
    pub fn len(&self) -> usize {
        self.size
    }

    /// Element and index ordinals of a place.
    pub fn coordinates(&self, mut at: usize) -> (usize, Vec<usize>) {
        let mut ordinals = vec![0; self.dims.len()];
        for (o, d) in ordinals.iter_mut().zip(&self.dims).rev() {
            *o = at % d;
            at /= d;
        }
        (at, ordinals)
    }
}
