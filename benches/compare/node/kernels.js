// The kernels of benches/fixtures/kernels in JavaScript: kernels.js NAME SIZE. All numbers are floats; where a product would
// not be exact, it is taken modulo 2^32 with Math.imul.
"use strict";

function fib(n) {
  return n < 2 ? n : fib(n - 1) + fib(n - 2);
}

/** One step of the generator: (x * 1103515245 + 12345) modulo 2^31. */
function step(x) {
  return (Math.imul(x, 1103515245) + 12345) & 0x7fffffff;
}

function loopSum(n) {
  let x = 12345;
  let total = 0;
  for (let i = 0; i < n; i++) {
    x = step(x);
    if (x % 3 === 0) total += x % 1000;
    else total -= i % 7;
  }
  return total;
}

function sieve(n) {
  const flags = [];
  for (let i = 0; i < n; i++) flags.push(true);
  for (let i = 2; i * i < n; i++) {
    if (flags[i]) for (let j = i * i; j < n; j += i) flags[j] = false;
  }
  let primes = 0;
  for (let k = 2; k < n; k++) if (flags[k]) primes++;
  return primes;
}

class Body {
  constructor(x, y, z, vx, vy, vz, mass) {
    this.x = x;
    this.y = y;
    this.z = z;
    this.vx = vx;
    this.vy = vy;
    this.vz = vz;
    this.mass = mass;
  }
}

function advance(bodies, dt) {
  for (let i = 0; i < bodies.length; i++) {
    const a = bodies[i];
    for (let j = i + 1; j < bodies.length; j++) {
      const b = bodies[j];
      const dx = a.x - b.x;
      const dy = a.y - b.y;
      const dz = a.z - b.z;
      const square = dx * dx + dy * dy + dz * dz;
      const magnitude = dt / (square * Math.sqrt(square));
      const mi = a.mass * magnitude;
      const mj = b.mass * magnitude;
      a.vx -= dx * mj;
      a.vy -= dy * mj;
      a.vz -= dz * mj;
      b.vx += dx * mi;
      b.vy += dy * mi;
      b.vz += dz * mi;
    }
  }
  for (const b of bodies) {
    b.x += dt * b.vx;
    b.y += dt * b.vy;
    b.z += dt * b.vz;
  }
}

function energy(bodies) {
  let total = 0;
  for (let i = 0; i < bodies.length; i++) {
    const a = bodies[i];
    total += 0.5 * a.mass * (a.vx * a.vx + a.vy * a.vy + a.vz * a.vz);
    for (let j = i + 1; j < bodies.length; j++) {
      const b = bodies[j];
      const dx = a.x - b.x;
      const dy = a.y - b.y;
      const dz = a.z - b.z;
      total -= (a.mass * b.mass) / Math.sqrt(dx * dx + dy * dy + dz * dz);
    }
  }
  return total;
}

function nbody(steps) {
  const bodies = [
    new Body(0.0, 0.0, 0.0, -0.000387, -0.003264, 0.0000235, 39.478417604357434),
    new Body(4.84, -1.16, -0.1, 0.606, 2.81, -0.02, 0.0376),
    new Body(8.34, 4.12, -0.4, -1.01, 1.82, 0.0084, 0.0113),
    new Body(12.89, -15.11, -0.22, 1.08, 0.868, -0.0108, 0.00172),
    new Body(15.37, -25.9, 0.179, 0.979, 0.594, -0.0347, 0.00203),
  ];
  for (let i = 0; i < steps; i++) advance(bodies, 0.01);
  return energy(bodies);
}

function text(n) {
  let s = "";
  for (let i = 0; i < n; i++) s += `item ${i}, `;
  let scalars = 0;
  for (const _ of s) scalars++;
  return scalars;
}

function words(n) {
  const counts = new Map();
  let x = 42;
  for (let i = 0; i < n; i++) {
    x = step(x);
    const word = `word${Math.floor(x / 65536) % 5000}`;
    counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  let largest = 0;
  for (const seen of counts.values()) if (seen > largest) largest = seen;
  return largest + counts.size;
}

function build(depth) {
  return depth === 0 ? null : { left: build(depth - 1), right: build(depth - 1) };
}

function count(tree) {
  return tree === null ? 1 : count(tree.left) + count(tree.right) + 1;
}

function trees(rounds) {
  let total = 0;
  for (let i = 0; i < rounds; i++) total += count(build(18));
  return total;
}

const kernels = { fib, loop: loopSum, sieve, nbody, text, words, trees };
const [name, size] = process.argv.slice(2);
console.log(String(kernels[name](Number(size))));
