use std::time::Duration;
use wengert_benches::tasks::Task;
use wengert_diff::Linearized;
use wengert_diff::eliminate::{Budget, Convention, Problem, heuristics, search, steps};
use wengert_expr::Builder;
fn main() {
    for task in Task::ALL {
        let f = task.function(false).unwrap();
        let b = Builder::on(f.graph().clone());
        let vars: Vec<_> = f.inputs().iter().map(|i| i.node).collect();
        let outs: Vec<_> = f.outputs().iter().map(|i| i.node).collect();
        let l = Linearized::new(&b, &vars, &outs).unwrap();
        for c in [Convention::Alphagrad, Convention::FreeUnits, Convention::Flops] {
            let p = b.read(|g| Problem::new(g, &l, c));
            print!("{} {} {}v {}e:", task.name, c, p.vertices(), p.edges());
            for (h, o) in heuristics(&p) {
                print!(" {} {}", h, p.cost(&steps(&o)).unwrap().products);
            }
            let f = search(&p, Budget::time(Duration::from_secs(2)), 1);
            let e = wengert_diff::eliminate::search_edges(&p, &f, Budget::time(Duration::from_secs(2)), 1)
                .unwrap();
            if e.weight < f.weight || e.optimal {
                println!("  EDGES {} {} {} {:?}", e.weight, e.method, e.verdict(), e.order);
            }
            println!(" best {} {} {} ({} steps, {:?})", f.weight, f.method, f.verdict(), f.steps, f.time);
        }
    }
}
