package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
)

type greeting struct {
	Length  int    `json:"length"`
	Message string `json:"message"`
}

type account struct {
	Active bool     `json:"active"`
	ID     int64    `json:"id"`
	Name   string   `json:"name"`
	Tags   []string `json:"tags"`
}

type purchase struct {
	Customer string `json:"customer"`
	Lines    []struct {
		Sku      string `json:"sku"`
		Quantity int64  `json:"quantity"`
	} `json:"lines"`
	Payment payment `json:"payment"`
	Note    *string `json:"note"`
	Urgent  bool    `json:"urgent"`
}

func (p *purchase) check() error {
	if err := first(email("customer", p.Customer), p.Payment.check(), present("lines", p.Lines != nil)); err != nil {
		return err
	}
	for _, l := range p.Lines {
		if err := first(present("sku", l.Sku != ""), inRange("quantity", float64(l.Quantity), 1, 100)); err != nil {
			return err
		}
	}
	return nil
}

type receipt struct {
	Customer string  `json:"customer"`
	Payment  payment `json:"payment"`
	Pieces   int64   `json:"pieces"`
	Urgent   bool    `json:"urgent"`
}

func answer(w http.ResponseWriter, value any) {
	text, err := json.Marshal(value)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	// A client that has gone is not our failure.
	_, _ = w.Write(text)
}

func hello(w http.ResponseWriter, r *http.Request) {
	message := "hello, " + strings.TrimPrefix(r.URL.Path, "/hello/")
	answer(w, greeting{Length: len([]rune(message)), Message: message})
}

func users(w http.ResponseWriter, r *http.Request) {
	id, err := strconv.ParseInt(strings.TrimPrefix(r.URL.Path, "/users/"), 10, 64)
	if err != nil || id < 1 || id > 1000 {
		http.NotFound(w, r)
		return
	}
	answer(w, account{Active: true, ID: id, Name: fmt.Sprintf("user %d", id), Tags: []string{"even", "odd"}})
}

func orders(w http.ResponseWriter, r *http.Request) {
	var p purchase
	decoder := json.NewDecoder(io.LimitReader(r.Body, 1<<20))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&p); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	if err := p.check(); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	pieces := int64(0)
	for _, l := range p.Lines {
		pieces += l.Quantity
	}
	answer(w, receipt{Customer: p.Customer, Payment: p.Payment, Pieces: pieces, Urgent: p.Urgent})
}

func runHTTP() {
	http.HandleFunc("/hello/", hello)
	http.HandleFunc("/users/", users)
	http.HandleFunc("/orders", orders)
	listener, err := net.Listen("tcp", "127.0.0.1:"+os.Getenv("APP_PORT"))
	check(err)
	fmt.Fprintf(os.Stderr, "listening: http://%s\n", listener.Addr())
	check(http.Serve(listener, nil))
}
