use std::collections::HashMap;
use wengert_diff::*; use wengert_expr::*; use wengert_render::*;
fn main() {
    let b = Builder::new(); let s = || Type::scalar(DType::F64);
    let (a, bb) = (b.input("a", s()), b.input("b", s()));
    let c = (a + bb).named("c"); let d = (bb + 1.0).named("d"); b.output("e", c * d);
    let f = b.finish().unwrap();
    let vals = |f: &Function, extra: &[NodeId]| { let mut m = HashMap::new();
        let outs: Vec<Output> = f.outputs().iter().cloned().chain(extra.iter().map(|&n| Output{name:None,node:n})).collect();
        let g = Function::new(f.graph().clone(), outs);
        wengert_exec::Interpreter::new(&g).run_watched(&[("a", 2.0.into()), ("b", 1.0.into())], |n, v| { m.insert(n, v.clone()); }).unwrap(); m };
    let w = |n: &str, s: &Scene| std::fs::write(format!("/tmp/look/{n}.dot"), s.to_dot()).unwrap();
    w("primal", &primal(&f, &Options{ values: vals(&f,&[]), ..Options::default()}));
    let l = Linearization::new(&f, &f.inputs().iter().map(|i| i.node).collect::<Vec<_>>()).unwrap();
    w("lin", &linearized(&l, &Options{ title: "e = (a + b) * (b + 1)".into(), values: vals(&l.function, &l.coefficients()), ..Options::default()}));
    for (n, m, d) in [("rev", Mode::Reverse, Direction::Reverse), ("fwd", Mode::Forward, Direction::Forward)] {
        let g = value_and_grad(&f, &["a","b"], m).unwrap();
        w(n, &derivative(&g, f.graph().len(), d, &Options{ values: vals(&g,&[]), ..Options::default()}));
        let j = if m == Mode::Reverse { vjp(&f, &["a","b"]) } else { jvp(&f, &["a","b"]) }.unwrap();
        w(&format!("{n}p"), &derivative(&j.function, f.graph().len(), d, &Options::default()));
    }
    // an MLP with n layers
    for layers in [2, 20, 100] {
        let b = Builder::new();
        let t = |d: &[usize]| Type::new(DType::F32, d);
        let mut h = b.input("x", t(&[32, 64])); let mut names = vec![];
        for i in 0..layers {
            let (wn, bn) = (format!("W{i}"), format!("b{i}"));
            let w = b.param(wn.clone(), t(&[64, 64])); let bi = b.param(bn.clone(), t(&[64]));
            names.push(wn); names.push(bn);
            let z = h.matmul(w) + bi;
            h = z.maximum(z.number(0.0)).named(format!("h{i}"));
        }
        let loss = h.square().sum(Along::All); b.output("loss", loss);
        let f = b.finish().unwrap();
        let names: Vec<&str> = names.iter().map(|s| s.as_str()).collect();
        w(&format!("mlp{layers}"), &primal(&f, &Options::default()));
        let g = value_and_grad(&f, &names, Mode::Reverse).unwrap();
        w(&format!("mlp{layers}rev"), &derivative(&g, f.graph().len(), Direction::Reverse, &Options::default()));
        w(&format!("mlp{layers}revall"), &derivative(&g, f.graph().len(), Direction::Reverse, &Options{all:true, ..Options::default()}));
        let l = Linearization::new(&f, &f.inputs().iter().map(|i| i.node).collect::<Vec<_>>()).unwrap();
        w(&format!("mlp{layers}lin"), &linearized(&l, &Options::default()));
    }
}
