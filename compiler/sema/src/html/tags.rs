//! Names of elements.

const VOID: &str = "area base basefont br col embed hr image img input isindex keygen link meta param source track wbr";

const NORMAL: &str = "a abbr acronym address applet article aside audio b bdi bdo big blockquote body button canvas caption \
center cite code colgroup data datalist dd del details dfn dialog dir div dl dt em fieldset figcaption figure font footer \
form frame frameset h1 h2 h3 h4 h5 h6 head header hgroup html i iframe ins kbd label legend li main map mark marquee math \
menu meter nav noembed noframes noscript object ol optgroup option output p picture plaintext pre progress q rb rp rt rtc \
ruby s samp script search section select slot small span strike strong style sub summary sup svg table tbody td template \
textarea tfoot th thead time title tr tt u ul var video xmp";

/// Names that can be taken for a misspelled one: shorter ones are near to everything.
pub(crate) fn tags() -> impl Iterator<Item = &'static str> {
    let all = NORMAL
        .split_ascii_whitespace()
        .chain(VOID.split_ascii_whitespace());
    all.filter(|name| name.len() > 2)
}

fn lists(names: &str, name: &str) -> bool {
    names.split_ascii_whitespace().any(|n| n == name)
}

pub(crate) fn is_tag(name: &str) -> bool {
    lists(NORMAL, name) || is_void(name)
}

/// Has neither children nor an end tag.
pub(super) fn is_void(name: &str) -> bool {
    lists(VOID, name)
}

/// Its text is not markup: escapes would be shown.
pub(super) fn holds_raw_text(name: &str) -> bool {
    matches!(name, "script" | "style")
}
