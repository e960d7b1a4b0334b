//! Rows between SQLite and the program.

use core::ops::Range;

use fuse_abi::json::dynamic::SIZE;
use fuse_abi::object::{MAP_ENTRIES_OFFSET, MAP_ENTRY_VALUE, Map, SEQUENCE_DATA, Sequence};
use fuse_core::{fuse_drop_text, fuse_list_new, fuse_map_insert, fuse_map_new, fuse_rc_inc};

use super::value::{self, Cell};
use crate::fault::push_json_string;
use crate::memory::buffer::Buffer;
use crate::object::{TextList, new_text};
use crate::text::{base64_digits, format_float};

enum Stored {
    Null,
    Int(i64),
    Float(f64),
    /// Where in the data.
    Text(Range<usize>),
    Bytes(Range<usize>),
}

/// The rows of a statement.
pub struct RowSet {
    names: Vec<String>,
    /// Row after row.
    cells: Vec<Stored>,
    data: Vec<u8>,
    count: usize,
}

impl RowSet {
    pub fn new(names: impl Iterator<Item = String>) -> RowSet {
        RowSet {
            names: names.collect(),
            cells: Vec::new(),
            data: Vec::new(),
            count: 0,
        }
    }

    /// How many rows there are.
    pub fn count(&self) -> usize {
        self.count
    }

    pub fn columns(&self) -> usize {
        self.names.len()
    }

    pub fn push_null(&mut self) {
        self.cells.push(Stored::Null);
    }

    pub fn push_int(&mut self, value: i64) {
        self.cells.push(Stored::Int(value));
    }

    pub fn push_float(&mut self, value: f64) {
        self.cells.push(Stored::Float(value));
    }

    /// Text in whatever bytes; what is no UTF-8 is replaced.
    pub fn push_text(&mut self, bytes: &[u8]) {
        let range = self.add(String::from_utf8_lossy(bytes).as_bytes());
        self.cells.push(Stored::Text(range));
    }

    pub fn push_bytes(&mut self, bytes: &[u8]) {
        let range = self.add(bytes);
        self.cells.push(Stored::Bytes(range));
    }

    fn add(&mut self, bytes: &[u8]) -> Range<usize> {
        let start = self.data.len();
        self.data.extend_from_slice(bytes);
        start..self.data.len()
    }

    pub fn end_row(&mut self) {
        self.count += 1;
    }

    pub fn cell(&self, row: usize, column: usize) -> Cell<'_> {
        match &self.cells[row * self.names.len() + column] {
            Stored::Null => Cell::Null,
            Stored::Int(value) => Cell::Int(*value),
            Stored::Float(value) => Cell::Float(*value),
            Stored::Text(range) => {
                // SAFETY: a text that `push_text` added.
                Cell::Text(unsafe { core::str::from_utf8_unchecked(&self.data[range.clone()]) })
            }
            Stored::Bytes(range) => Cell::Bytes(&self.data[range.clone()]),
        }
    }

    /// Columns by name: of equal names the last counts, in the place of the first.
    fn by_name(&self) -> Vec<(&str, usize)> {
        let mut columns: Vec<(&str, usize)> = Vec::new();
        for (index, name) in self.names.iter().enumerate() {
            match columns.iter_mut().find(|(known, _)| known == name) {
                Some(column) => column.1 = index,
                None => columns.push((name, index)),
            }
        }
        columns
    }

    /// A `List<Map<String, Dynamic>>`.
    pub fn to_maps(&self) -> *mut u8 {
        let columns = self.keys();
        // SAFETY: the keys are ours; the new list has room for all rows.
        unsafe {
            let list = fuse_list_new(8, self.count as i64);
            let elements = list.add(SEQUENCE_DATA as usize).cast::<*mut u8>();
            for row in 0..self.count {
                elements.add(row).write(self.map(&columns, row));
            }
            (*list.cast::<Sequence>()).len = self.count as u64;
            drop_keys(&columns);
            list
        }
    }

    /// The first row, or null.
    pub fn first_map(&self) -> *mut u8 {
        if self.count == 0 {
            return core::ptr::null_mut();
        }
        let columns = self.keys();
        let map = self.map(&columns, 0);
        // SAFETY: the keys are ours.
        unsafe { drop_keys(&columns) };
        map
    }

    /// Keys that all rows share, and their columns.
    fn keys(&self) -> Vec<(*mut u8, usize)> {
        self.by_name()
            .into_iter()
            .map(|(name, index)| (new_text(name.as_bytes()), index))
            .collect()
    }

    fn map(&self, columns: &[(*mut u8, usize)], row: usize) -> *mut u8 {
        // SAFETY: keys are live texts and differ; the entry that `fuse_map_insert` makes is written at once.
        unsafe {
            let mut map = fuse_map_new(SIZE as i64, columns.len() as i64);
            for &(key, column) in columns {
                fuse_rc_inc(key);
                map = fuse_map_insert(map, key, SIZE as i64);
                let index = (*map.cast::<Map>()).len - 1;
                let entries = *map.add(MAP_ENTRIES_OFFSET as usize).cast::<*mut u8>();
                let entry = entries.add((index * (MAP_ENTRY_VALUE + SIZE)) as usize);
                value::write(entry.add(MAP_ENTRY_VALUE as usize), self.cell(row, column));
            }
            map
        }
    }

    /// A `List<String>` of JSON objects, one per row. Columns in `bools` that hold 0 or 1 are truth values.
    pub fn to_documents(&self, bools: &[&str]) -> *mut u8 {
        let columns = self.by_name();
        let mut documents = TextList::new();
        for row in 0..self.count {
            let mut document = Buffer::new();
            document.push(b"{");
            for (position, &(name, column)) in columns.iter().enumerate() {
                if position > 0 {
                    document.push(b",");
                }
                push_json_string(&mut document, name.as_bytes());
                document.push(b":");
                let cell = match self.cell(row, column) {
                    Cell::Int(value @ (0 | 1)) if bools.contains(&name) => Cell::Bool(value == 1),
                    other => other,
                };
                push_json(&mut document, cell);
            }
            document.push(b"}");
            documents.push(document.as_bytes());
        }
        documents.finish()
    }
}

unsafe fn drop_keys(columns: &[(*mut u8, usize)]) {
    for &(key, _) in columns {
        // SAFETY: a live text with a reference of the caller's.
        unsafe { fuse_drop_text(key) };
    }
}

fn push_json(document: &mut Buffer, cell: Cell<'_>) {
    match cell {
        Cell::Null => document.push(b"null"),
        Cell::Bool(true) => document.push(b"true"),
        Cell::Bool(false) => document.push(b"false"),
        Cell::Int(value) => document.push_int(value),
        Cell::Float(value) if value.is_finite() => {
            format_float(value, |digits| document.push(digits));
        }
        // Read as infinity. SQLite keeps no NaN.
        Cell::Float(value) if value > 0.0 => document.push(b"1e999"),
        Cell::Float(_) => document.push(b"-1e999"),
        Cell::Text(text) => push_json_string(document, text.as_bytes()),
        Cell::Bytes(bytes) => {
            document.push(b"\"");
            for group in bytes.chunks(3) {
                document.push(&base64_digits(group));
            }
            document.push(b"\"");
        }
    }
}
