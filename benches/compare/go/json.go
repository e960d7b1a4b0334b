package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"os"
)

// document is a pointer to T that can be read and checked.
type document[T any] interface {
	*T
	defaults()
	check() error
}

func runJSON(kind string, reads, writes int) {
	var documents [][]byte
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		documents = append(documents, append([]byte(nil), lines.Bytes()...))
	}
	check(lines.Err())
	switch kind {
	case "user":
		work[user](documents, reads, writes)
	case "order":
		work[order](documents, reads, writes)
	case "article":
		work[article](documents, reads, writes)
	default:
		panic("unknown kind " + kind)
	}
}

func readOne[T any, P document[T]](text []byte) T {
	var value T
	P(&value).defaults()
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	check(decoder.Decode(&value))
	check(P(&value).check())
	return value
}

// writeOne does not escape characters of HTML.
func writeOne[T any](value *T) []byte {
	var buffer bytes.Buffer
	encoder := json.NewEncoder(&buffer)
	encoder.SetEscapeHTML(false)
	check(encoder.Encode(value))
	return buffer.Bytes()
}

func work[T any, P document[T]](documents [][]byte, reads, writes int) {
	values := make([]T, len(documents))
	for round := 0; round < reads; round++ {
		for i, text := range documents {
			values[i] = readOne[T, P](text)
		}
	}
	texts := make([][]byte, len(values))
	for round := 0; round < writes; round++ {
		for i := range values {
			texts[i] = writeOne(&values[i])
		}
	}
	out := bufio.NewWriter(os.Stdout)
	for _, text := range texts {
		_, err := out.Write(text)
		check(err)
	}
	check(out.Flush())
}
