//! stub
use super::{Colouring, Pattern, SparsityError, VertexOrder, partial_distance_2, star};
#[derive(Clone, Copy, Debug)]
pub enum Source {
    Column { group: u32, row: u32 },
    Row { group: u32, column: u32 },
}
#[derive(Clone, Debug)]
pub struct Compression {
    c: Colouring,
    sources: Vec<Source>,
}
impl Compression {
    pub fn of_jacobian(p: &Pattern) -> Compression {
        let c = partial_distance_2(p, VertexOrder::Natural);
        let sources = p
            .entries()
            .map(|(i, j)| Source::Column { group: c.colours()[j as usize].unwrap(), row: i })
            .collect();
        Compression { c, sources }
    }
    pub fn of_hessian(p: &Pattern) -> Result<Compression, SparsityError> {
        let c = star(p, VertexOrder::Natural)?;
        let same = |k: u32, i: u32| {
            p.row(i as usize).iter().filter(|&&j| c.colours()[j as usize] == Some(k)).count()
        };
        let sources = p
            .entries()
            .map(|(i, j)| {
                let (ci, cj) = (c.colours()[i as usize].unwrap(), c.colours()[j as usize].unwrap());
                if same(cj, i) == 1 {
                    Source::Column { group: cj, row: i }
                } else {
                    Source::Column { group: ci, row: j }
                }
            })
            .collect();
        Ok(Compression { c, sources })
    }
    pub fn sources(&self) -> &[Source] {
        &self.sources
    }
    pub fn columns(&self) -> &[Option<u32>] {
        self.c.colours()
    }
    pub fn rows(&self) -> &[Option<u32>] {
        &[]
    }
    pub fn column_groups(&self) -> usize {
        self.c.count()
    }
    pub fn row_groups(&self) -> usize {
        0
    }
    pub fn describe(&self) -> String {
        String::new()
    }
    pub fn method(&self) -> &'static str {
        "columns"
    }
}
