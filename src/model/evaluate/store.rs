//! Values per element and index, dense.

/// A table over (element, index values), row-major.
#[derive(Debug, Clone)]
pub struct Store<T> {
    /// Sizes of the indices.
    dims: Vec<usize>,
    data: Vec<Option<T>>,
}

impl<T: Clone> Store<T> {
    /// An empty table for so many elements and index sizes.
    pub fn new(elements: usize, dims: Vec<usize>) -> Self {
        let size = dims.iter().fold(elements, |a, b| a.saturating_mul(*b));
        Store { dims, data: vec![None; size] }
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
        (at < self.data.len()).then_some(at)
    }

    /// What is there.
    pub fn get(&self, at: usize) -> Option<&T> {
        self.data.get(at).and_then(Option::as_ref)
    }

    /// What is there, to change it.
    pub fn get_mut(&mut self, at: usize) -> Option<&mut T> {
        self.data.get_mut(at).and_then(Option::as_mut)
    }

    /// Puts a value.
    pub fn set(&mut self, at: usize, value: T) {
        if let Some(slot) = self.data.get_mut(at) {
            *slot = Some(value);
        }
    }
}

impl<T> Store<T> {
    /// Number of places.
    pub fn len(&self) -> usize {
        self.data.len()
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
