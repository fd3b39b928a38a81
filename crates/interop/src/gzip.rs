//! Gzipped files: told by the first two bytes, whatever the file's name, and unpacked whole.

use crate::{Format, InteropError, Result};
use flate2::bufread::MultiGzDecoder;
use std::borrow::Cow;
use std::io::Read;
use std::path::Path;

pub(crate) const MAGIC: [u8; 2] = [0x1f, 0x8b];

/// These bytes, unpacked if they are gzipped.
pub(crate) fn unpacked<'b>(bytes: &'b [u8], path: &Path) -> Result<Cow<'b, [u8]>> {
    if bytes.starts_with(&MAGIC) { unpack(bytes, path).map(Cow::Owned) } else { Ok(Cow::Borrowed(bytes)) }
}

fn unpack(bytes: &[u8], path: &Path) -> Result<Vec<u8>> {
    let mut unpacked = Vec::new();
    MultiGzDecoder::new(bytes).read_to_end(&mut unpacked).map_err(|source| InteropError::Damaged {
        path: path.to_owned(),
        format: Format::Gzip,
        source,
    })?;
    Ok(unpacked)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use flate2::{Compression, write::GzEncoder};
    use std::io::Write;

    pub(crate) fn pack(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn unpacks_what_is_packed_and_leaves_the_rest() {
        let path = Path::new("x");
        assert_eq!(&*unpacked(&pack(b"1,2\n"), path).unwrap(), b"1,2\n");
        assert_eq!(&*unpacked(b"1,2\n", path).unwrap(), b"1,2\n");
        let two_members = [pack(b"1,2\n"), pack(b"3,4\n")].concat();
        assert_eq!(&*unpacked(&two_members, path).unwrap(), b"1,2\n3,4\n");
    }

    #[test]
    fn every_cut_and_every_damage_to_the_checksum_is_noticed() {
        let packed = pack(b"0.5,0.25\n0.125,1\n");
        for end in 2..packed.len() {
            let error = unpacked(&packed[..end], Path::new("cut.gz")).unwrap_err();
            assert!(matches!(error, InteropError::Damaged { format: Format::Gzip, .. }), "{end}: {error}");
        }
        let mut damaged = packed;
        let checksum = damaged.len() - 8;
        damaged[checksum] ^= 1;
        assert!(unpacked(&damaged, Path::new("x")).is_err());
    }
}
