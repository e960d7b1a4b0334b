//! The kernels of benches/fixtures/kernels in idiomatic Rust, built with `overflow-checks=on`.
use std::fmt::Write;

fn fib(n: i64) -> i64 {
    if n < 2 { n } else { fib(n - 1) + fib(n - 2) }
}

fn loop_sum(n: i64) -> i64 {
    let (mut x, mut total) = (12345i64, 0i64);
    for i in 0..n {
        x = (x * 1103515245 + 12345) % 2147483648;
        if x % 3 == 0 {
            total += x % 1000;
        } else {
            total -= i % 7;
        }
    }
    total
}

fn sieve(n: i64) -> i64 {
    let mut flags: Vec<bool> = Vec::new();
    for _ in 0..n {
        flags.push(true);
    }
    let mut i = 2i64;
    while i * i < n {
        if flags[i as usize] {
            let mut j = i * i;
            while j < n {
                flags[j as usize] = false;
                j += i;
            }
        }
        i += 1;
    }
    (2..n).filter(|&k| flags[k as usize]).count() as i64
}

#[derive(Clone, Copy)]
struct Body {
    x: f64,
    y: f64,
    z: f64,
    vx: f64,
    vy: f64,
    vz: f64,
    mass: f64,
}

fn body(v: [f64; 7]) -> Body {
    Body { x: v[0], y: v[1], z: v[2], vx: v[3], vy: v[4], vz: v[5], mass: v[6] }
}

fn advance(b: &mut Vec<Body>, dt: f64) {
    for i in 0..b.len() {
        for j in i + 1..b.len() {
            let (dx, dy, dz) = (b[i].x - b[j].x, b[i].y - b[j].y, b[i].z - b[j].z);
            let square = dx * dx + dy * dy + dz * dz;
            let magnitude = dt / (square * square.sqrt());
            let (mi, mj) = (b[i].mass * magnitude, b[j].mass * magnitude);
            b[i].vx -= dx * mj;
            b[i].vy -= dy * mj;
            b[i].vz -= dz * mj;
            b[j].vx += dx * mi;
            b[j].vy += dy * mi;
            b[j].vz += dz * mi;
        }
    }
    for p in b.iter_mut() {
        p.x += dt * p.vx;
        p.y += dt * p.vy;
        p.z += dt * p.vz;
    }
}

fn energy(b: &[Body]) -> f64 {
    let mut total = 0.0;
    for i in 0..b.len() {
        total += 0.5 * b[i].mass * (b[i].vx * b[i].vx + b[i].vy * b[i].vy + b[i].vz * b[i].vz);
        for j in i + 1..b.len() {
            let (dx, dy, dz) = (b[i].x - b[j].x, b[i].y - b[j].y, b[i].z - b[j].z);
            total -= b[i].mass * b[j].mass / (dx * dx + dy * dy + dz * dz).sqrt();
        }
    }
    total
}

fn nbody(steps: i64) -> f64 {
    let mut b = vec![
        body([0.0, 0.0, 0.0, -0.000387, -0.003264, 0.0000235, 39.478417604357434]),
        body([4.84, -1.16, -0.10, 0.606, 2.81, -0.02, 0.0376]),
        body([8.34, 4.12, -0.40, -1.01, 1.82, 0.0084, 0.0113]),
        body([12.89, -15.11, -0.22, 1.08, 0.868, -0.0108, 0.00172]),
        body([15.37, -25.9, 0.179, 0.979, 0.594, -0.0347, 0.00203]),
    ];
    for _ in 0..steps {
        advance(&mut b, 0.01);
    }
    energy(&b)
}

fn text(n: i64) -> i64 {
    let mut s = String::new();
    for i in 0..n {
        write!(s, "item {i}, ").unwrap();
    }
    s.chars().count() as i64
}

fn words(n: i64) -> i64 {
    let mut counts = std::collections::HashMap::<String, i64>::new();
    let mut x = 42i64;
    for _ in 0..n {
        x = (x * 1103515245 + 12345) % 2147483648;
        *counts.entry(format!("word{}", x / 65536 % 5000)).or_insert(0) += 1;
    }
    counts.values().max().unwrap() + counts.len() as i64
}

enum Tree {
    Leaf,
    Node(Box<Tree>, Box<Tree>),
}

fn build(depth: i64) -> Tree {
    if depth == 0 { Tree::Leaf } else { Tree::Node(Box::new(build(depth - 1)), Box::new(build(depth - 1))) }
}

fn count(t: &Tree) -> i64 {
    match t {
        Tree::Leaf => 1,
        Tree::Node(l, r) => count(l) + count(r) + 1,
    }
}

fn main() {
    let args: Vec<String> = std::env::args().collect();
    let n: i64 = args[2].parse().unwrap();
    match args[1].as_str() {
        "fib" => println!("{}", fib(n)),
        "loop" => println!("{}", loop_sum(n)),
        "sieve" => println!("{}", sieve(n)),
        "nbody" => println!("{}", nbody(n)),
        "text" => println!("{}", text(n)),
        "words" => println!("{}", words(n)),
        "trees" => println!("{}", (0..n).map(|_| count(&build(18))).sum::<i64>()),
        other => panic!("unknown kernel {other}"),
    }
}
