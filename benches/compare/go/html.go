package main

import (
	"fmt"
	"html/template"
	"strings"
)

type item struct {
	ID     int64
	Name   string
	Note   string
	Amount int64
	Active bool
}

func items(count int) []item {
	names := []string{"Ada Lovelace", "Grace Hopper", "Barbara Liskov", "Marks & Spencer", "Jürgen Müller", "R&D <internal>"}
	notes := []string{
		"delivered to the front desk on Monday morning",
		"",
		"call before 10 & after 16, rooms <4> to <9>",
		"paid",
		"the customer asked for a copy of the invoice by mail, twice",
	}
	made := make([]item, 0, count)
	x := int64(42)
	for i := 1; i <= count; i++ {
		x = (x*1103515245 + 12345) % 2147483648
		made = append(made, item{
			ID:     int64(i),
			Name:   fmt.Sprintf("%s %d", names[x/65536%6], x%97),
			Note:   notes[x/1024%5],
			Amount: x / 300,
			Active: x/4096%3 != 0,
		})
	}
	return made
}

const pageText = `<html lang="en"><head><title>{{.Heading}}</title></head><body><h1>{{.Heading}}</h1><p>{{len .Items}} items</p><table class="items"><thead><tr><th>Number</th><th>Name</th><th>Note</th><th>Amount</th><th>State</th></tr></thead><tbody>
{{- range .Items -}}
<tr id="item-{{.ID}}" title="{{.Name}}"><td class="number">{{.ID}}</td><td><a href="/items/{{.ID}}">{{.Name}}</a></td><td>{{.Note}}</td><td class="number">{{.Amount}}</td><td>{{if .Active}}<span class="on">active</span>{{else}}<span class="off">closed</span>{{end}}</td></tr>
{{- end -}}
</tbody></table></body></html>`

func runHTML(rows, rounds int) {
	page := template.Must(template.New("page").Parse(pageText))
	all := items(rows)
	var text strings.Builder
	for i := 0; i < rounds; i++ {
		text.Reset()
		check(page.Execute(&text, map[string]any{"Heading": "Items & orders", "Items": all}))
	}
	fmt.Println(text.String())
}
