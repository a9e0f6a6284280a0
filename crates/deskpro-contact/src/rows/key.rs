//! The sort key of a row.

/// The sort key of a row. After sorting by key, the rows of one owner (a person or an organization) are together, in
/// the order in which the payload has them.
///
/// Keys are ordered by the owner's id, with rows without an owner last; then by the table: tables of [added
/// fields](super::AddedField) in the order of the plan, contact data, `phone_numbers`; then by the row's id, or by the
/// line if the rows have no ids. Rows without ids on one line have equal keys, so the sort must be stable.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Key {
    /// The first part of the key, so that rows without an owner come last.
    pub(super) has_no_owner: bool,
    pub(super) owner_id: u64,
    pub(super) table: u16,
    /// The id of the row, or its line if it has no id.
    pub(super) row_id: u64,
    pub(super) has_id: bool,
}

impl Key {
    /// The length of a key as bytes.
    pub const LEN: usize = 20;

    /// The id of the row's owner: of a person, or with [`Owner::Organizations`](super::Owner::Organizations) of an
    /// organization. `None` if the row has no owner.
    #[must_use]
    pub fn owner_id(self) -> Option<u64> {
        (!self.has_no_owner).then_some(self.owner_id)
    }

    /// The position of the row's table in [`Plan::tables`](super::Plan::tables).
    #[must_use]
    pub fn table(self) -> usize {
        usize::from(self.table)
    }

    /// The id of the row, if its table has ids. Rows of a table with the same id must be equal.
    #[must_use]
    pub fn row_id(self) -> Option<u64> {
        self.has_id.then_some(self.row_id)
    }

    /// Whether the rows of both keys belong to the same owner, and so to one payload. A row without an owner has a
    /// payload of its own.
    #[must_use]
    pub fn is_together(self, other: Self) -> bool {
        self.owner_id().is_some() && self.owner_id() == other.owner_id()
    }

    /// The key as bytes, which sort as the keys do.
    #[must_use]
    pub fn to_bytes(self) -> [u8; Self::LEN] {
        let mut bytes = [0; Self::LEN];
        bytes[0] = u8::from(self.has_no_owner);
        bytes[1..9].copy_from_slice(&self.owner_id.to_be_bytes());
        bytes[9..11].copy_from_slice(&self.table.to_be_bytes());
        bytes[11..19].copy_from_slice(&self.row_id.to_be_bytes());
        bytes[19] = u8::from(self.has_id);
        bytes
    }

    /// The key from its bytes.
    ///
    /// ```
    /// use deskpro_contact::rows::{Key, Owner, Plan};
    ///
    /// let plan = Plan::new(Owner::People, [])?;
    /// let columns = plan.columns("phone_numbers", &["id", "person_id", "number"])?;
    /// let row = [Some(&b"5"[..]), Some(b"7"), Some(b"+441632960123")];
    /// let key = columns.read(row, 1, &mut Vec::new())?.expect("a row of a person");
    /// assert_eq!((key.owner_id(), key.row_id()), (Some(7), Some(5)));
    /// assert_eq!(Key::from_bytes(key.to_bytes()), key);
    /// # Ok::<(), deskpro_contact::rows::Error>(())
    /// ```
    #[must_use]
    pub fn from_bytes(bytes: [u8; Self::LEN]) -> Self {
        let number = |from: usize| u64::from_be_bytes(bytes[from..from + 8].try_into().expect("eight bytes"));
        Self {
            has_no_owner: bytes[0] != 0,
            owner_id: number(1),
            table: u16::from_be_bytes([bytes[9], bytes[10]]),
            row_id: number(11),
            has_id: bytes[19] != 0,
        }
    }
}
