//! The grammar, by fully bracketed trees; the words of every syntax error; sizes and depths.

use super::super::ast::{
    Argument, BinaryOp, Expr, ExprId, HeaderKind, IndexItem, Program, Statement, StatementKind, UnaryOp,
};
use super::super::{MAX_NESTING, name_to_source};
use super::*;
use crate::Role;

/// An expression with every operator as a call in brackets.
fn bracketed(program: &Program<'_>, id: ExprId) -> String {
    let all = |ids: &[ExprId]| ids.iter().map(|&id| bracketed(program, id)).collect::<Vec<_>>().join(" ");
    let name = |ident: &super::super::ast::Ident| program.name(ident.name).to_owned();
    let args = |args: &[Argument]| -> String {
        args.iter()
            .map(|Argument { keyword, value }| {
                let keyword = keyword.map_or(String::new(), |keyword| format!("{}=", name(&keyword)));
                format!(" {keyword}{}", bracketed(program, *value))
            })
            .collect()
    };
    let node = program.node(id);
    match &node.expr {
        Expr::Number(_) => program.digits(node.span).into_owned(),
        Expr::Text(text) => format!("{text:?}"),
        Expr::Name(id) => name_to_source(program.name(*id)).into_owned(),
        Expr::Unary { op: UnaryOp::Neg, operand } => format!("(neg {})", bracketed(program, *operand)),
        Expr::Unary { op: UnaryOp::Pos, operand } => format!("(pos {})", bracketed(program, *operand)),
        Expr::Binary { op_span, lhs, rhs, .. } => {
            let op = &program.source()[op_span.range()];
            format!("({op} {} {})", bracketed(program, *lhs), bracketed(program, *rhs))
        }
        Expr::Call { callee, args: given } => format!("({}{})", name(callee), args(given)),
        Expr::Method { receiver, method, args: given } => {
            format!("(.{} {}{})", name(method), bracketed(program, *receiver), args(given))
        }
        Expr::Attribute { target, attribute } => {
            format!("(.{} {})", name(attribute), bracketed(program, *target))
        }
        Expr::Index { target, items } => {
            let items: Vec<String> = items.iter().map(|item| index_item(program, item)).collect();
            format!("(at {} {})", bracketed(program, *target), items.join(" "))
        }
        Expr::List(items) => format!("[{}]", all(items)),
        Expr::Tuple(items) => format!("<{}>", all(items)),
    }
}

fn index_item(program: &Program<'_>, item: &IndexItem) -> String {
    let end = |id: &Option<ExprId>| id.map_or("_".to_owned(), |id| bracketed(program, id));
    match item {
        IndexItem::At(id) => bracketed(program, *id),
        IndexItem::Slice { start, stop, step, .. } => format!("{}:{}:{}", end(start), end(stop), end(step)),
        IndexItem::Ellipsis(_) => "...".to_owned(),
        IndexItem::NewAxis(_) => "new".to_owned(),
    }
}

fn parsed(source: &str) -> Program<'_> {
    parse_program(source).unwrap_or_else(|error| panic!("{}", error.render("test")))
}

/// The single expression of `source`, bracketed.
fn expr(source: &str) -> String {
    let program = parsed(source);
    match &program.statements() {
        [Statement { kind: StatementKind::Evaluate(tree), .. }] => bracketed(&program, tree.root),
        other => panic!("not one expression: {other:?}"),
    }
}

fn error(source: &str) -> Diagnostic {
    parse_program(source).expect_err(source)
}

/// The message, line and column of the error in each source, and its first help.
fn check_errors(cases: &[(&str, &str, (usize, usize), &str)]) {
    for (source, message, place, help) in cases {
        let error = error(source);
        assert_eq!((error.message(), (error.line(), error.column())), (*message, *place), "{source}");
        assert_eq!(error.helps().first().map_or("", |help| help), *help, "{source}");
    }
}

#[test]
fn operators_bind_as_in_numpy() {
    for (source, tree) in [
        ("a + b * c", "(+ a (* b c))"),
        ("a - b - c", "(- (- a b) c)"),
        ("a / b @ c * d", "(* (@ (/ a b) c) d)"),
        ("a ** b ** c", "(** a (** b c))"),
        ("-x ** 2", "(neg (** x 2))"),
        ("2 ** -1", "(** 2 (neg 1))"),
        ("2 ** -x ** 2 * 3", "(* (** 2 (neg (** x 2))) 3)"),
        ("-a * b", "(* (neg a) b)"),
        ("a * -b ** c + d", "(+ (* a (neg (** b c))) d)"),
        ("a - -+b", "(- a (neg (pos b)))"),
        ("a + b < c * d", "(< (+ a b) (* c d))"),
        ("-a == -b", "(== (neg a) (neg b))"),
        ("(a < b) == c", "(== (< a b) c)"),
        ("a < (b == c)", "(< a (== b c))"),
        ("(a + b) * c", "(* (+ a b) c)"),
        ("-x[0] ** y.T", "(neg (** (at x 0) (.T y)))"),
    ] {
        assert_eq!(expr(source), tree, "{source}");
    }
}

#[test]
fn calls_indices_and_literals() {
    for (source, tree) in [
        ("sum(x, axis=(0, 1), keepdims=true)", "(sum x axis=<0 1> keepdims=true)"),
        ("f()", "(f)"),
        ("f(a,\n  b,\n)", "(f a b)"),
        ("x.astype(f32).T.sum(axis=0)", "(.sum (.T (.astype x f32)) axis=0)"),
        ("x[0, 1:3, ::-1]", "(at x 0 1:3:_ _:_:(neg 1))"),
        ("x[:, ..., None, newaxis, a:b:c, 1:]", "(at x _:_:_ ... new new a:b:c 1:_:_)"),
        ("x[`None`, None + 1][(None)]", "(at (at x None (+ None 1)) None)"),
        ("x[a == b, (1, 2),]", "(at x (== a b) <1 2>)"),
        ("[[1, 2], [3., 4e-1]][0]", "(at [[1 2] [3. 4e-1]] 0)"),
        ("[] + () + (a,) + (a)", "(+ (+ (+ [] <>) <a>) a)"),
        ("((1, 1),)", "<<1 1>>"),
        ("1_000 * .5", "(* 1000 .5)"),
        ("`a b` + `fn` + `\\u{e9}`", "(+ (+ `a b` `fn`) é)"),
        (r#"einsum("ij,jk->ik\n", a, b)"#, r#"(einsum "ij,jk->ik\n" a b)"#),
        ("f(`axis`=1)", "(f axis=1)"),
        ("(x\n  # the rest\n  + y)", "(+ x y)"),
    ] {
        assert_eq!(expr(source), tree, "{source}");
    }
}

#[test]
fn statements() {
    let source = "\
#! no-share
# a comment
input a, b: f64[3], c; param W: f32[784, 1_0]\r
fn g(a, b) = a*b + sin(a); fn h() = 1

`c d` = a + b
g(c, 2)
output c; output e = c, f(c)";
    let program = parsed(source);
    assert_eq!(program.headers().iter().map(|header| header.kind).collect::<Vec<_>>(), [HeaderKind::NoShare]);
    let shown: Vec<String> =
        program.statements().iter().map(|statement| shown(&program, statement)).collect();
    assert_eq!(
        shown,
        [
            "input a b:f64[3] c",
            "param W:f32[784, 10]",
            "fn g(a, b) (+ (* a b) (sin a))",
            "fn h() 1",
            "`c d` = (+ a b)",
            "(g c 2)",
            "output c",
            "output e=c (f c)",
        ]
    );
    let text = |at: usize| &source[program.statements()[at].span.range()];
    assert_eq!(
        [text(1), text(4), text(7)],
        ["param W: f32[784, 1_0]", "`c d` = a + b", "output e = c, f(c)"]
    );
}

fn shown(program: &Program<'_>, statement: &Statement) -> String {
    let name = |ident: super::super::ast::Ident| name_to_source(program.name(ident.name));
    match &statement.kind {
        StatementKind::Declare { role, declarations } => {
            let mut text = if *role == Role::Input { "input".to_owned() } else { "param".to_owned() };
            for declaration in declarations {
                let names: Vec<_> = declaration.names.iter().map(|&declared| name(declared)).collect();
                text += &format!(" {}", names.join(" "));
                if let Some(ty) = &declaration.ty {
                    let sizes: Vec<usize> = ty.sizes.iter().map(|(size, _)| *size).collect();
                    text += &format!(":{}{sizes:?}", name(ty.dtype));
                }
            }
            text
        }
        StatementKind::Define { name: function, parameters, body } => {
            let parameters: Vec<_> = parameters.iter().map(|&parameter| name(parameter)).collect();
            format!("fn {}({}) {}", name(*function), parameters.join(", "), bracketed(program, body.root))
        }
        StatementKind::Assign { name: left, value } => {
            format!("{} = {}", name(*left), bracketed(program, value.root))
        }
        StatementKind::Output(outputs) => outputs.iter().fold("output".to_owned(), |text, output| {
            let left = output.name.map_or(String::new(), |left| format!("{}=", name(left)));
            format!("{text} {left}{}", bracketed(program, output.value.root))
        }),
        StatementKind::Evaluate(tree) => bracketed(program, tree.root),
    }
}

#[test]
fn spans_cover_what_was_written() {
    let source = "y = (a + b) * f(`c d`, k=-1)[0, 1:2].T";
    let program = parsed(source);
    let texts: Vec<&str> = program.nodes().iter().map(|node| &source[node.span.range()]).collect();
    assert_eq!(
        texts,
        [
            "a",
            "b",
            "a + b",
            "`c d`",
            "1",
            "-1",
            "f(`c d`, k=-1)",
            "0",
            "1",
            "2",
            "f(`c d`, k=-1)[0, 1:2]",
            "f(`c d`, k=-1)[0, 1:2].T",
            "(a + b) * f(`c d`, k=-1)[0, 1:2].T",
        ]
    );
}

#[test]
fn trees_are_contiguous_and_operands_come_first() {
    let program = parsed("a = x + 1\nfn f(u) = u * u\noutput p = f(a), q = a[0]");
    let trees: Vec<_> = program
        .statements()
        .iter()
        .flat_map(|statement| match &statement.kind {
            StatementKind::Assign { value, .. } => vec![*value],
            StatementKind::Define { body, .. } => vec![*body],
            StatementKind::Output(outputs) => outputs.iter().map(|output| output.value).collect(),
            StatementKind::Declare { .. } | StatementKind::Evaluate(_) => Vec::new(),
        })
        .collect();
    let walked: Vec<usize> =
        trees.iter().flat_map(|&tree| program.walk(tree)).map(|(id, _)| id.index()).collect();
    assert_eq!(walked, (0..program.nodes().len()).collect::<Vec<_>>());
    let product = program.node(trees[1].root);
    let Expr::Binary { op: BinaryOp::Mul, lhs, rhs, .. } = product.expr else { panic!("{product:?}") };
    assert!(trees[1].first == lhs && lhs < rhs && rhs < trees[1].root);
}

#[test]
fn errors_in_expressions() {
    const PRODUCT: &str = "a product is written `a * b`";
    const EQUAL: &str = "`==` compares; `=` follows a name that is given a value";
    check_errors(&[
        ("f(a, )\nf(a +)", "expected an expression, found `)`", (2, 6), ""),
        ("x +", "expected an expression, found the end of the program", (1, 4), ""),
        ("x * # more\ny", "expected an expression, found the end of the line", (1, 11), ""),
        ("x = ; y", "expected an expression, found `;`", (1, 5), ""),
        ("a // b", "expected an expression, found `/`", (1, 4), ""),
        ("(a, *b)", "expected an expression or `)`, found `*`", (1, 5), ""),
        ("(,)", "expected an expression or `)`, found `,`", (1, 2), ""),
        ("f(a;b)", "expected `,` or `)`, found `;`", (1, 4), ""),
        ("x[]", "expected an index between the brackets", (1, 2), ""),
        ("x[,]", "expected an index or `]`, found `,`", (1, 3), ""),
        ("x[1:2:*]", "expected `,` or `]`, found `*`", (1, 7), ""),
        ("x[1:2:3:4]", "expected `,` or `]`, found `:`", (1, 8), ""),
        ("x[..., ...]", "an index can have one `...` only", (1, 8), ""),
        ("x. + 1", "expected a name, found `+`", (1, 4), ""),
        ("2 x", "missing operator between `2` and `x`", (1, 3), PRODUCT),
        ("y = 3`a b`", "missing operator between `3` and `a b`", (1, 6), PRODUCT),
        ("[1 2]", "missing operator or comma between `1` and `2`", (1, 4), PRODUCT),
        ("1.2.3", "`1.2.3` is not a number", (1, 1), ""),
        ("2(x)", "only a name can be called", (1, 2), "a product is written `a * (b + c)`"),
        (
            "a and b",
            "missing operator between `a` and `and`",
            (1, 3),
            "for booleans, write `logical_and(a, b)`",
        ),
        ("return x", "missing operator between `return` and `x`", (1, 8), "an output is written `output e`"),
        ("(a = 1)", "expected `,` or `)`, found `=`", (1, 4), EQUAL),
        ("a = b = 1", "expected the end of the statement, found `=`", (1, 7), EQUAL),
        ("x[0] = 1", "only a name can stand left of `=`", (1, 1), "a comparison is written `==`"),
        ("a == = b", "expected an expression, found `=`", (1, 6), EQUAL),
        ("a ^ b", "unknown character `^`", (1, 3), "a power is written `**`"),
        (
            "a < b + 1 <= c",
            "comparisons cannot be chained",
            (1, 11),
            "compare twice, `logical_and(a < b, b < c)`, or put one comparison in brackets",
        ),
        ("f(axis=1, x)", "a positional argument cannot follow a keyword argument", (1, 11), ""),
        ("f(a=1, b=2, a=3)", "keyword `a` is given twice", (1, 13), ""),
        ("f(a=)", "expected an expression, found `)`", (1, 5), ""),
        (
            "a + input",
            "expected an expression, found the keyword `input`",
            (1, 5),
            "a name that is a keyword stands in backquotes: `input`",
        ),
        (r"`a\q`", "unknown escape", (1, 3), "the escapes are \\n \\r \\t \\\\ \\` \\\" and \\u{1f600}"),
    ]);
}

#[test]
fn errors_in_statements() {
    const EMPTY: &str = "a program is an expression at least, such as `x * y`";
    const BACKQUOTES: &str = "a name that is a keyword stands in backquotes: `fn`";
    check_errors(&[
        ("", "the program is empty", (1, 1), EMPTY),
        ("\n# nothing\n;", "the program is empty", (1, 1), EMPTY),
        ("x\n* y", "expected a statement, found `*`", (2, 1), ""),
        ("a, b", "expected the end of the statement, found `,`", (1, 2), ""),
        ("input", "expected a name, found the end of the program", (1, 6), ""),
        ("input x,\ny", "expected a name, found the end of the line", (1, 9), ""),
        ("input x y", "expected `:`, `,` or the end of the statement, found `y`", (1, 9), ""),
        ("input x[3]", "expected `:`, `,` or the end of the statement, found `[`", (1, 8), ""),
        ("input x: [3]", "expected a dtype, found `[`", (1, 10), ""),
        ("input x: f64[n]", "expected a size or `]`, found `n`", (1, 14), ""),
        ("input x: f64[-1]", "expected a size or `]`, found `-`", (1, 14), ""),
        (
            "input x: f64[2 3]",
            "missing operator or comma between `2` and `3`",
            (1, 16),
            "a product is written `a * b`",
        ),
        ("input x: f64[99999999999999999999]", "the size `99999999999999999999` is too large", (1, 14), ""),
        ("param fn", "expected a name, found the keyword `fn`", (1, 7), BACKQUOTES),
        (
            "fn = 2",
            "expected the function's name, found `=`",
            (1, 4),
            "`==` compares; `=` follows a name that is given a value",
        ),
        (
            "fn g = 2",
            "expected `(` and the parameters, found `=`",
            (1, 6),
            "`==` compares; `=` follows a name that is given a value",
        ),
        ("fn g(2) = 2", "expected a parameter or `)`, found `2`", (1, 6), ""),
        ("fn g(a, a) = 2", "parameter `a` is given twice", (1, 9), ""),
        ("fn g(a) a", "expected `=`, found `a`", (1, 9), ""),
        ("output", "expected an expression, found the end of the program", (1, 7), ""),
        (
            "output a b",
            "missing operator or comma between `a` and `b`",
            (1, 10),
            "a product is written `a * b`",
        ),
        ("#! no-shar\nx", "unknown header `no-shar`", (1, 1), "did you mean `#! no-share`?"),
        (
            "#!/usr/bin/env\nx",
            "unknown header `/usr/bin/env`",
            (1, 1),
            "a comment starts with `#` and another character than `!`",
        ),
        (
            "x\n#! no-share",
            "expected a statement, found a header",
            (2, 1),
            "headers stand alone on their lines, before the first statement",
        ),
    ]);
}

#[test]
fn long_and_wild_tokens_are_cut_in_messages() {
    let error = error(&format!("x {}", "y".repeat(1 << 20)));
    assert_eq!(error.message(), format!("missing operator between `x` and `{}...`", "y".repeat(40)));
    assert!(error.render("test").len() < 1000);
    assert_eq!(
        super::tests::error("x `\u{1b}[2J`").message(),
        "missing operator between `x` and `\\u{1b}[2J`"
    );
}

/// Runs `work` on a thread with 512 KiB of stack.
fn on_small_stack<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    std::thread::Builder::new().stack_size(512 << 10).spawn(work).unwrap().join().unwrap()
}

#[test]
fn chains_of_operators_take_no_stack() {
    const TERMS: usize = 100_000;
    on_small_stack(|| {
        let sources = [
            vec!["a"; TERMS].join(" + "),
            vec!["a"; TERMS].join("**"),
            vec!["a"; TERMS].join(" ** -"),
            "-".repeat(TERMS) + "a",
            "a".to_owned() + &"[0]".repeat(TERMS),
            "a".to_owned() + &".T".repeat(TERMS),
            "f(".to_owned() + &"a,".repeat(TERMS) + ")",
        ];
        for source in sources {
            let program = parsed(&source);
            assert!(program.nodes().len() > TERMS, "{}", &source[..20]);
        }
    });
}

#[test]
fn long_tokens_take_no_stack() {
    const LENGTH: usize = 300_000;
    on_small_stack(|| {
        for source in [
            format!("x # {}", "é".repeat(LENGTH)),
            format!("x{}", " \t".repeat(LENGTH)),
            format!("(x{})", "# é\n".repeat(LENGTH)),
            format!("`{}`", "é\\n".repeat(LENGTH)),
            format!("f(\"{}\")", "é\\n".repeat(LENGTH)),
            "é".repeat(LENGTH),
            "1_0".repeat(LENGTH),
        ] {
            assert_eq!(parsed(&source).nodes().len(), if source.starts_with('f') { 2 } else { 1 });
        }
        assert_eq!(error(&"`é".repeat(LENGTH)).column(), 4);
    });
}

#[test]
fn nesting_takes_no_stack_and_has_a_limit() {
    on_small_stack(|| {
        for (open, close) in [
            ("(", ")"),
            ("[", "]"),
            ("sin(", ")"),
            ("x[", "]"),
            ("f(k=", ")"),
            ("x.f(2**", ")"),
            ("x[0:-", "]"),
        ] {
            let source = open.repeat(MAX_NESTING) + "x" + &close.repeat(MAX_NESTING);
            assert!(!parsed(&source).nodes().is_empty());
            let too_deep = open.repeat(MAX_NESTING + 1) + "x" + &close.repeat(MAX_NESTING + 1);
            assert_eq!(error(&too_deep).message(), "brackets nest deeper than the limit of 100000 levels");
        }
    });
}

#[test]
fn a_program_of_many_statements_is_linear() {
    let mut source = String::from("n0 = x\n");
    for at in 1..200_000 {
        source += &format!("n{at} = sin(n{}) * 0.5\n", at - 1);
    }
    let program = parsed(&source);
    assert_eq!(program.statements().len(), 200_000);
    assert_eq!(program.names().len(), 200_002);
    assert_eq!(program.nodes().len(), 1 + 4 * 199_999);
}
