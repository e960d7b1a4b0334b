package main

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"
)

func fib(n int64) int64 {
	if n < 2 {
		return n
	}
	return fib(n-1) + fib(n-2)
}

func loopSum(n int64) int64 {
	x, total := int64(12345), int64(0)
	for i := int64(0); i < n; i++ {
		x = (x*1103515245 + 12345) % 2147483648
		if x%3 == 0 {
			total += x % 1000
		} else {
			total -= i % 7
		}
	}
	return total
}

func sieve(n int64) int64 {
	var flags []bool
	for i := int64(0); i < n; i++ {
		flags = append(flags, true)
	}
	for i := int64(2); i*i < n; i++ {
		if flags[i] {
			for j := i * i; j < n; j += i {
				flags[j] = false
			}
		}
	}
	primes := int64(0)
	for k := int64(2); k < n; k++ {
		if flags[k] {
			primes++
		}
	}
	return primes
}

type body struct{ x, y, z, vx, vy, vz, mass float64 }

func advance(bodies []body, dt float64) {
	for i := range bodies {
		a := &bodies[i]
		for j := i + 1; j < len(bodies); j++ {
			b := &bodies[j]
			dx, dy, dz := a.x-b.x, a.y-b.y, a.z-b.z
			square := dx*dx + dy*dy + dz*dz
			magnitude := dt / (square * math.Sqrt(square))
			mi, mj := a.mass*magnitude, b.mass*magnitude
			a.vx -= dx * mj
			a.vy -= dy * mj
			a.vz -= dz * mj
			b.vx += dx * mi
			b.vy += dy * mi
			b.vz += dz * mi
		}
	}
	for i := range bodies {
		b := &bodies[i]
		b.x += dt * b.vx
		b.y += dt * b.vy
		b.z += dt * b.vz
	}
}

func energy(bodies []body) float64 {
	total := 0.0
	for i, a := range bodies {
		total += 0.5 * a.mass * (a.vx*a.vx + a.vy*a.vy + a.vz*a.vz)
		for _, b := range bodies[i+1:] {
			dx, dy, dz := a.x-b.x, a.y-b.y, a.z-b.z
			total -= a.mass * b.mass / math.Sqrt(dx*dx+dy*dy+dz*dz)
		}
	}
	return total
}

func nbody(steps int64) float64 {
	bodies := []body{
		{0.0, 0.0, 0.0, -0.000387, -0.003264, 0.0000235, 39.478417604357434},
		{4.84, -1.16, -0.10, 0.606, 2.81, -0.02, 0.0376},
		{8.34, 4.12, -0.40, -1.01, 1.82, 0.0084, 0.0113},
		{12.89, -15.11, -0.22, 1.08, 0.868, -0.0108, 0.00172},
		{15.37, -25.9, 0.179, 0.979, 0.594, -0.0347, 0.00203},
	}
	for i := int64(0); i < steps; i++ {
		advance(bodies, 0.01)
	}
	return energy(bodies)
}

func text(n int64) int64 {
	var s strings.Builder
	for i := int64(0); i < n; i++ {
		s.WriteString("item ")
		s.WriteString(strconv.FormatInt(i, 10))
		s.WriteString(", ")
	}
	return int64(utf8.RuneCountInString(s.String()))
}

func words(n int64) int64 {
	counts := map[string]int64{}
	x := int64(42)
	for i := int64(0); i < n; i++ {
		x = (x*1103515245 + 12345) % 2147483648
		counts["word"+strconv.FormatInt(x/65536%5000, 10)]++
	}
	largest := int64(0)
	for _, seen := range counts {
		if seen > largest {
			largest = seen
		}
	}
	return largest + int64(len(counts))
}

type tree struct{ left, right *tree }

func build(depth int64) *tree {
	if depth == 0 {
		return nil
	}
	return &tree{build(depth - 1), build(depth - 1)}
}

func (t *tree) count() int64 {
	if t == nil {
		return 1
	}
	return t.left.count() + t.right.count() + 1
}

func trees(rounds int64) int64 {
	total := int64(0)
	for i := int64(0); i < rounds; i++ {
		total += build(18).count()
	}
	return total
}

func runKernel(name string, n int64) {
	switch name {
	case "fib":
		fmt.Println(fib(n))
	case "loop":
		fmt.Println(loopSum(n))
	case "sieve":
		fmt.Println(sieve(n))
	case "nbody":
		fmt.Println(strconv.FormatFloat(nbody(n), 'g', -1, 64))
	case "text":
		fmt.Println(text(n))
	case "words":
		fmt.Println(words(n))
	case "trees":
		fmt.Println(trees(n))
	default:
		panic("unknown kernel " + name)
	}
}
