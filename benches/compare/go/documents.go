package main

import (
	"encoding/json"
	"fmt"
	"net/mail"
	"strings"
	"unicode/utf8"
)

// The types of benches/fixtures/json, fields in the order in which FUSE writes them. A required field that may be zero is a
// pointer, because encoding/json cannot tell zero from missing.

type user struct {
	Active bool     `json:"active"`
	ID     *int64   `json:"id"`
	Name   string   `json:"name"`
	Tags   []string `json:"tags"`
}

func (u *user) defaults() { *u = user{Active: true} }

func (u *user) check() error {
	return first(
		present("id", u.ID != nil),
		length("name", u.Name, 1, 40),
		present("tags", u.Tags != nil),
	)
}

type payment struct {
	Data *string `json:"data,omitempty"`
	Type string  `json:"type"`
}

func (p *payment) check() error {
	if (p.Type == "Cash" && p.Data == nil) || (p.Type == "Card" && p.Data != nil) {
		return nil
	}
	return fmt.Errorf("payment: no such variant")
}

type address struct {
	City    string `json:"city"`
	Country string `json:"country"`
	Name    string `json:"name"`
	Street  string `json:"street"`
	Zip     string `json:"zip"`
}

func (a *address) check() error {
	return first(
		length("name", a.Name, 1, 80),
		length("street", a.Street, 1, 80),
		length("zip", a.Zip, 3, 10),
		length("city", a.City, 1, 80),
		length("country", a.Country, 2, 2),
	)
}

// decimal is written with a point, as FUSE writes a Float.
type decimal float64

func (d decimal) MarshalJSON() ([]byte, error) {
	text, err := json.Marshal(float64(d))
	if err == nil && !strings.ContainsAny(string(text), ".e") {
		text = append(text, ".0"...)
	}
	return text, err
}

type line struct {
	Options  []string `json:"options"`
	Price    *int64   `json:"price"`
	Quantity int64    `json:"quantity"`
	Sku      string   `json:"sku"`
	Title    string   `json:"title"`
	Weight   *decimal `json:"weight"`
}

func (l *line) check() error {
	if err := first(
		present("options", l.Options != nil),
		present("price", l.Price != nil),
		present("sku", l.Sku != ""),
		present("weight", l.Weight != nil),
	); err != nil {
		return err
	}
	return first(
		length("title", l.Title, 1, 120),
		inRange("quantity", float64(l.Quantity), 1, 100),
		inRange("price", float64(*l.Price), 0, 10000000),
		inRange("weight", float64(*l.Weight), 0, 1000),
	)
}

type order struct {
	Billing  *address `json:"billing"`
	Customer string   `json:"customer"`
	Lines    []line   `json:"lines"`
	Note     *string  `json:"note"`
	Number   int64    `json:"number"`
	Payment  payment  `json:"payment"`
	Shipping address  `json:"shipping"`
	Urgent   bool     `json:"urgent"`
}

func (o *order) defaults() { *o = order{} }

func (o *order) check() error {
	if err := first(
		inRange("number", float64(o.Number), 1, 1000000000),
		email("customer", o.Customer),
		o.Shipping.check(),
		o.Payment.check(),
		present("lines", o.Lines != nil),
	); err != nil {
		return err
	}
	if o.Billing != nil {
		if err := o.Billing.check(); err != nil {
			return err
		}
	}
	for i := range o.Lines {
		if err := o.Lines[i].check(); err != nil {
			return err
		}
	}
	return nil
}

type section struct {
	Heading    string   `json:"heading"`
	Paragraphs []string `json:"paragraphs"`
}

type article struct {
	Author    string    `json:"author"`
	ID        string    `json:"id"`
	Published bool      `json:"published"`
	Sections  []section `json:"sections"`
	Summary   string    `json:"summary"`
	Tags      []string  `json:"tags"`
	Title     string    `json:"title"`
}

func (a *article) defaults() { *a = article{} }

func (a *article) check() error {
	if err := first(
		present("id", a.ID != ""),
		length("title", a.Title, 1, 200),
		length("author", a.Author, 1, 80),
		length("summary", a.Summary, 1, 500),
		present("tags", a.Tags != nil),
		present("sections", a.Sections != nil),
	); err != nil {
		return err
	}
	for i := range a.Sections {
		if err := first(
			length("heading", a.Sections[i].Heading, 1, 120),
			present("paragraphs", a.Sections[i].Paragraphs != nil),
		); err != nil {
			return err
		}
	}
	return nil
}

func first(errors ...error) error {
	for _, err := range errors {
		if err != nil {
			return err
		}
	}
	return nil
}

func present(name string, is bool) error {
	if is {
		return nil
	}
	return fmt.Errorf("%s is missing", name)
}

func length(name, text string, least, most int) error {
	if n := utf8.RuneCountInString(text); n < least || n > most {
		return fmt.Errorf("%s: length %d out of range %d..%d", name, n, least, most)
	}
	return nil
}

func inRange(name string, value, least, most float64) error {
	if value < least || value > most {
		return fmt.Errorf("%s: value %v out of range %v..%v", name, value, least, most)
	}
	return nil
}

func email(name, text string) error {
	parsed, err := mail.ParseAddress(text)
	if err != nil || parsed.Address != text {
		return fmt.Errorf("%s: invalid email address", name)
	}
	return nil
}
