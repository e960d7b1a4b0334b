// What fuse-compare measures FUSE beside: `kernels NAME SIZE`, `json KIND READS WRITES`, `html ROWS ROUNDS`, `http`, `hello`.
// Only the standard library, as most Go programs do this work.
package main

import (
	"fmt"
	"os"
	"strconv"
)

func main() {
	switch os.Args[1] {
	case "kernels":
		runKernel(os.Args[2], int64(number(3)))
	case "json":
		runJSON(os.Args[2], number(3), number(4))
	case "html":
		runHTML(number(2), number(3))
	case "http":
		runHTTP()
	case "hello":
		fmt.Println("hello")
	default:
		panic("unknown work " + os.Args[1])
	}
}

func number(index int) int {
	n, err := strconv.Atoi(os.Args[index])
	check(err)
	return n
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}
