//! Names of instances, told when they are asked for: a study has millions of rows and prints few of them.

use smol_str::SmolStr;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt::{self, Write};
use std::hash::{Hash, Hasher};
use std::sync::{Arc, Mutex, PoisonError};

/// What may stand at one place in the brackets of a family's names.
#[derive(Debug, Clone)]
pub enum Index {
    /// Ids of the elements of a class.
    Ids(Arc<[SmolStr]>),
    /// So many numbers, from 1.
    Numbers(usize),
}

impl Index {
    fn len(&self) -> usize {
        match self {
            Index::Ids(ids) => ids.len(),
            Index::Numbers(n) => *n,
        }
    }
}

/// How the instances of one statement are called: `base[index, index]ending`.
#[derive(Debug, Default)]
pub struct NameFamily {
    base: Arc<str>,
    indices: Arc<[Index]>,
    ending: Box<str>,
    /// Names of instances with something behind them; their positions tell no instance.
    longer: bool,
    /// The families whose names have something more behind them, by what that is.
    with: Mutex<BTreeMap<Box<str>, Arc<NameFamily>>>,
}

impl NameFamily {
    /// Names `base[index, …]ending`; without brackets where there is no index.
    pub fn new(base: &str, indices: Vec<Index>, ending: &str) -> Arc<Self> {
        let (base, indices) = (base.into(), indices.into());
        Arc::new(NameFamily { base, indices, ending: ending.into(), ..NameFamily::default() })
    }

    /// The names of this family with this behind them.
    fn with(&self, more: &str) -> Arc<Self> {
        let mut with = self.with.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(family) = with.get(more) {
            return family.clone();
        }
        let family = Arc::new(NameFamily {
            base: self.base.clone(),
            indices: self.indices.clone(),
            ending: format!("{}{more}", self.ending).into(),
            longer: true,
            with: Mutex::default(),
        });
        with.insert(more.into(), family.clone());
        family
    }
}

/// The name of a variable, row or cone in the user's terms: `line.closed[7]`, `storage.charge[ESS6, 3]`.
///
/// Cheap to make and to copy; its text is put together when it is displayed.
#[derive(Clone, Default)]
pub struct Name {
    family: Option<Arc<NameFamily>>,
    place: u64,
}

impl Name {
    /// The instance of a family at these positions in its indices (zero-based).
    pub fn of(family: &Arc<NameFamily>, at: impl IntoIterator<Item = usize>) -> Self {
        let place =
            at.into_iter().zip(family.indices.iter()).fold(0, |p, (i, index)| p * index.len() as u64 + i as u64);
        Name { family: Some(family.clone()), place }
    }

    /// The name with this behind it: `conic.cone[5]:abs`.
    pub fn with(&self, more: impl AsRef<str>) -> Self {
        let more = more.as_ref();
        match &self.family {
            Some(family) => Name { family: Some(family.with(more)), place: self.place },
            None => more.into(),
        }
    }

    /// Positions in the indices of its family (zero-based); none where something stands behind them.
    pub fn positions(&self) -> Option<Vec<usize>> {
        let family = self.family.as_ref().filter(|f| !f.longer)?;
        let mut rest = self.place;
        let mut at = vec![0; family.indices.len()];
        for (slot, index) in at.iter_mut().zip(family.indices.iter()).rev() {
            let size = index.len().max(1) as u64;
            *slot = (rest % size) as usize;
            rest /= size;
        }
        Some(at)
    }

    /// What stands before the brackets; the whole name where there are none.
    pub fn stem(&self) -> Cow<'_, str> {
        match &self.family {
            Some(family) if !family.indices.is_empty() => Cow::Borrowed(&family.base),
            _ => {
                let mut text = self.to_string();
                text.truncate(text.find('[').unwrap_or(text.len()));
                Cow::Owned(text)
            }
        }
    }

    /// Where the values of devices have a variable: its device and its quantity, with the mode if it has one.
    pub fn device(&self) -> (String, String) {
        let (quantity, ids, _) = self.columns();
        let id = ids.split(", ").next().unwrap_or("");
        match quantity.split_once('.') {
            Some((class, quantity)) => (format!("{class} {id}"), quantity.to_string()),
            None => (id.to_string(), quantity),
        }
    }

    /// The name as the columns of a table: the quantity with the mode (`storage.charge@islanded`), its
    /// ids (`ESS6`, several with commas, none empty) and the zero-based period, if it has one.
    pub fn columns(&self) -> (String, String, Option<usize>) {
        if let (Some(family), Some(at)) = (&self.family, self.positions())
            && !family.indices.is_empty()
        {
            let (mut ids, mut period): (Vec<&str>, _) = (Vec::new(), None);
            for (index, place) in family.indices.iter().zip(at) {
                match index {
                    Index::Ids(list) => ids.push(list.get(place).map_or("?", SmolStr::as_str)),
                    Index::Numbers(_) => period = Some(place),
                }
            }
            return (format!("{}{}", family.base, family.ending), ids.join(", "), period);
        }
        let text = self.to_string();
        match text.split_once('[').and_then(|(base, rest)| Some((base, rest.rsplit_once(']')?))) {
            Some((base, (ids, ending))) => (format!("{base}{ending}"), ids.to_string(), None),
            None => (text, String::new(), None),
        }
    }

    /// The name without indices and what follows them: `storage.charge`.
    pub fn family(&self) -> &str {
        let base = self.family.as_ref().map_or("", |f| &f.base);
        base.split(['[', '@']).next().unwrap_or(base)
    }
}

impl From<String> for Name {
    fn from(text: String) -> Self {
        Name::from(text.as_str())
    }
}

impl From<&str> for Name {
    fn from(text: &str) -> Self {
        Name { family: Some(NameFamily::new(text, Vec::new(), "")), place: 0 }
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(family) = &self.family else { return Ok(()) };
        f.write_str(&family.base)?;
        let mut rest = self.place;
        let mut below: u64 = family.indices.iter().map(|i| i.len().max(1) as u64).product();
        for (k, index) in family.indices.iter().enumerate() {
            below /= index.len().max(1) as u64;
            let at = (rest / below) as usize;
            rest %= below;
            f.write_str(if k == 0 { "[" } else { ", " })?;
            match index {
                Index::Ids(ids) => f.write_str(ids.get(at).map_or("?", SmolStr::as_str))?,
                Index::Numbers(_) => write!(f, "{}", at + 1)?,
            }
        }
        if !family.indices.is_empty() {
            f.write_str("]")?;
        }
        f.write_str(&family.ending)
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.to_string())
    }
}

impl PartialEq for Name {
    fn eq(&self, other: &Self) -> bool {
        match (&self.family, &other.family) {
            (Some(a), Some(b)) if Arc::ptr_eq(a, b) => self.place == other.place,
            _ => self.to_string() == other.to_string(),
        }
    }
}

impl Eq for Name {}

impl PartialEq<str> for Name {
    fn eq(&self, other: &str) -> bool {
        let mut rest = Rest(other);
        write!(rest, "{self}").is_ok() && rest.0.is_empty()
    }
}

impl PartialEq<&str> for Name {
    fn eq(&self, other: &&str) -> bool {
        self == *other
    }
}

/// A text of which what is written to it is the beginning.
struct Rest<'a>(&'a str);

impl fmt::Write for Rest<'_> {
    fn write_str(&mut self, part: &str) -> fmt::Result {
        self.0 = self.0.strip_prefix(part).ok_or(fmt::Error)?;
        Ok(())
    }
}

impl Hash for Name {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.to_string().hash(state);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_put_together_from_their_places() {
        let ids: Arc<[SmolStr]> = ["A", "B", "C"].map(SmolStr::from).into();
        let family = NameFamily::new("storage.charge", vec![Index::Ids(ids), Index::Numbers(24)], "@islanded");
        let name = Name::of(&family, [2, 11]);
        assert_eq!(name.to_string(), "storage.charge[C, 12]@islanded");
        assert_eq!(name.with(":abs").with(".above"), "storage.charge[C, 12]@islanded:abs.above");
        assert_eq!(name.family(), "storage.charge");
        assert_eq!(name.columns(), ("storage.charge@islanded".into(), "C".into(), Some(11)));
        assert_eq!(Name::from("a.b[x, y]@m").columns(), ("a.b@m".into(), "x, y".into(), None));
        assert_eq!(Name::from("size").columns(), ("size".into(), String::new(), None));
        assert_eq!(name, Name::from("storage.charge[C, 12]@islanded"));
        assert_ne!(name, Name::of(&family, [1, 11]));
        assert_eq!(Name::of(&NameFamily::new("knapsack", vec![], ""), []), "knapsack");
        assert_eq!(Name::default().to_string(), "");
    }
}
