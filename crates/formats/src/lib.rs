//! **What do these outside bytes say?**
//!
//! One module per outside format: bytes in, domain words out, and beside them
//! a list of what could not be read. A broken record never stops a file; a
//! broken file yields an error and no records. Pure: readers get bytes or a
//! `Read`, never a path. Every limit on size, depth and count is a field of a
//! limits struct, documented, and reported when met.
#![cfg_attr(test, allow(clippy::unwrap_used))]

pub mod cases;
pub mod control_lists;
pub mod customers;
pub mod declarations;
pub mod goods_rows;
pub mod nomenclature;
pub mod parties;
mod reading;
mod table;
pub mod watchlists;
pub mod xml;
