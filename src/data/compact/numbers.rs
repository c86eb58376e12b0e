//! Compact form of single values of fixed size.

use linfa::dataset::Pr;

use super::Compact;
use super::bytes::{read_number, take, write_number};

macro_rules! little_endian {
    ($($name:ident: $t:ty),*) => { $(pub(crate) const $name: Option<Compact<$t>> = Some(Compact {
        write: |x, out| out.extend_from_slice(&x.to_le_bytes()),
        read: |bytes| Some(<$t>::from_le_bytes(take(bytes, size_of::<$t>())?.try_into().ok()?)),
    });)* };
}

little_endian!(
    U8: u8, I8: i8, U16: u16, I16: i16, U32: u32, I32: i32, U64: u64, I64: i64, F32: f32, F64: f64
);

pub(crate) const UNIT: Option<Compact<()>> = Some(Compact { write: |(), _| {}, read: |_| Some(()) });

pub(crate) const BOOL: Option<Compact<bool>> = Some(Compact {
    write: |&x, out| out.push(u8::from(x)),
    read: |bytes| match take(bytes, 1)? {
        [0] => Some(false),
        [1] => Some(true),
        _ => None,
    },
});

pub(crate) const CHAR: Option<Compact<char>> = Some(Compact {
    write: |&x, out| write_number(u64::from(u32::from(x)), out),
    read: |bytes| char::from_u32(u32::try_from(read_number(bytes)?).ok()?),
});

pub(crate) const USIZE: Option<Compact<usize>> = Some(Compact {
    write: |&x, out| write_number(x as u64, out),
    read: |bytes| usize::try_from(read_number(bytes)?).ok(),
});

pub(crate) const ISIZE: Option<Compact<isize>> = Some(Compact {
    write: |&x, out| out.extend_from_slice(&(x as i64).to_le_bytes()),
    read: |bytes| isize::try_from(i64::from_le_bytes(take(bytes, 8)?.try_into().ok()?)).ok(),
});

pub(crate) const PROBABILITY: Option<Compact<Pr>> = Some(Compact {
    write: |p, out| out.extend_from_slice(&p.to_le_bytes()),
    read: |bytes| Some(Pr::new_unchecked(f32::from_le_bytes(take(bytes, 4)?.try_into().ok()?))),
});
