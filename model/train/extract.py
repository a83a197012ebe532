#!/usr/bin/env python3
"""Unpacked Debian packages -> what the bilingual table is trained on.

    extract.py SOURCES UNPACKED > TRAINING.tsv

SOURCES is sources.txt, UNPACKED holds one folder per package. A line is a kind and two texts, with a
tab between them:

    parallel  English  Chinese     the same said in both languages; of Chinese without its Latin runs
    section   heading  text        what stands below a heading, or a word and its definition
    text      passage  -           running text, learnt from as a corpus is

Lines come in the order of SOURCES and of the files' names, each once: the same packages give the same
bytes. Nothing but Python's standard library is needed.
"""
import gettext
import html.parser
import pathlib
import re
import sys
import zipfile

LONGEST = 1600  # characters of a passage
CJK = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]")
LATIN = re.compile(r"[A-Za-z0-9_%$&@#~^*+=/\\<>{}|\[\]]+")
WORD = re.compile(r"[A-Za-z]{3,}")
SPACE = re.compile(r"\s+")
# What stands in messages for something else: %s, %(name)s, {0}, $1, <b>.
PLACE = re.compile(r"%\(?\w*\)?[-+ 0#]*\d*(?:\.\d+)?[hlzj]*[sdiufgxXcr]\b|\{[^{}]*\}|\$\{?\w+\}?|<[^<>]*>")
ACCELERATOR = re.compile(r"\s*[(（][&_~]\w[)）]|[&~](?=\w)|\b_(?=\w)")


class Output:
    def __init__(self):
        self.seen = set()
        self.counts = {}

    def line(self, kind, first, second=""):
        line = f"{kind}\t{first}\t{second}"
        if line in self.seen:
            return
        self.seen.add(line)
        self.counts[kind] = self.counts.get(kind, 0) + 1
        sys.stdout.write(line + "\n")

    def parallel(self, english, chinese):
        english = squeeze(english)[:LONGEST]
        chinese = squeeze(LATIN.sub(" ", chinese))[:LONGEST]
        if len(CJK.findall(chinese)) < 2 or not WORD.search(english) or CJK.search(english):
            return
        # A translation is about as long as what it translates.
        if not 0.1 <= len(chinese) / len(english) <= 1.0:
            return
        self.line("parallel", english, chinese)

    def section(self, heading, body):
        heading, body = squeeze(heading), squeeze(body)[:LONGEST]
        if len(heading) >= 3 and len(body) >= (12 if CJK.search(body) else 30):
            self.line("section", heading, body)

    def text(self, body):
        body = squeeze(body)[:LONGEST]
        if len(body) >= (40 if CJK.search(body) else 120):
            self.line("text", body)


def squeeze(text):
    return SPACE.sub(" ", text).strip()


def message(text):
    return ACCELERATOR.sub("", PLACE.sub(" ", text)).replace("`", " ")


# gettext ---------------------------------------------------------------------------------------

PO_STRING = re.compile(r'^(msgid|msgid_plural|msgstr(?:\[\d\])?|msgctxt)?\s*"(.*)"$')


def read_po(path):
    entry, field, fuzzy = {}, None, False
    for line in path.read_text("utf-8").split("\n") + [""]:
        match = PO_STRING.match(line)
        if match:
            field = match[1] or field
            entry[field] = entry.get(field, "") + match[2].encode().decode("unicode_escape").encode(
                "latin-1", "ignore").decode("utf-8", "ignore")
        elif line.startswith("#,") and "fuzzy" in line:
            fuzzy = True
        elif not line.startswith("#"):
            if entry.get("msgid") and not fuzzy:
                yield entry["msgid"], entry.get("msgstr") or entry.get("msgstr[0]", "")
            entry, field, fuzzy = {}, None, False


def read_mo(path):
    with open(path, "rb") as file:
        catalogue = gettext.GNUTranslations(file)._catalog
    for key, value in catalogue.items():
        if isinstance(key, tuple):
            if key[1] != 0:
                continue
            key = key[0]
        yield key.split("\x04")[-1], value


def read_catalogues(root, output):
    """Messages; a .po file stands for the .mo file beside it."""
    for path in sorted(root.rglob("*.[mp]o")):
        if not re.search(r"zh[_-](CN|TW|Hans|Hant)", str(path)):
            continue
        if path.suffix == ".mo" and path.with_suffix(".po").exists():
            continue
        for english, chinese in (read_po if path.suffix == ".po" else read_mo)(path):
            output.parallel(message(english), message(chinese))


# Java's resource bundles -----------------------------------------------------------------------


def read_properties(data):
    entries = {}
    for line in data.decode("utf-8").replace("\\\n", "").split("\n"):
        if "=" in line and not line.startswith("#"):
            key, value = line.split("=", 1)
            entries[key.strip()] = re.sub(
                r"\\u([0-9a-fA-F]{4})", lambda match: chr(int(match[1], 16)), value)
    return entries


def read_bundles(root, output):
    for path in sorted(root.rglob("*.jar")):
        if path.is_symlink():
            continue
        with zipfile.ZipFile(path) as jar:
            names = set(jar.namelist())
            for name in sorted(names):
                chinese_name = name.replace("Strings.properties", "Strings_zh_CN.properties")
                if chinese_name == name or chinese_name not in names:
                    continue
                chinese = read_properties(jar.read(chinese_name))
                for key, value in read_properties(jar.read(name)).items():
                    output.parallel(message(value), message(chinese.get(key, "")))


# HTML ------------------------------------------------------------------------------------------


class Blocks(html.parser.HTMLParser):
    """The headings, paragraphs, list items and cells of a page: (tag, id, text)."""

    HEADINGS = {"h1", "h2", "h3", "h4", "h5"}
    BLOCKS = HEADINGS | {"p", "li", "dt", "dd", "td", "th"}
    SKIPPED = {"script", "style", "nav", "pre", "footer", "head", "button", "svg"}

    def __init__(self):
        super().__init__()
        self.blocks = []
        self.tag = None
        self.id = None
        self.text = []
        self.skipped = 0

    def handle_starttag(self, tag, attributes):
        if tag in self.SKIPPED:
            self.skipped += 1
        elif tag in self.BLOCKS:
            self.close_block()
            self.tag, self.id = tag, dict(attributes).get("id")

    def handle_endtag(self, tag):
        if tag in self.SKIPPED:
            self.skipped = max(0, self.skipped - 1)
        elif tag in self.BLOCKS or tag in ("div", "table", "ul", "ol", "dl"):
            self.close_block()

    def handle_data(self, data):
        if not self.skipped and self.tag:
            self.text.append(data)

    def close_block(self):
        text = squeeze("".join(self.text)).replace("¶", "")
        if self.tag and text:
            self.blocks.append((self.tag, self.id, text))
        self.tag, self.id, self.text = None, None, []


def read_blocks(path):
    parser = Blocks()
    parser.feed(path.read_text("utf-8", "replace"))
    parser.close_block()
    return parser.blocks


def write_sections(blocks, output):
    heading, body = None, []
    for tag, _, text in blocks + [("h1", None, "")]:
        if tag in Blocks.HEADINGS:
            if body:
                if heading:
                    output.section(heading, " ".join(body))
                for passage in passages(body):
                    output.text(passage)
            heading, body = text, []
        elif len(text) > 20 or CJK.search(text):
            body.append(text)


def passages(paragraphs):
    passage = ""
    for paragraph in paragraphs:
        if passage and len(passage) + len(paragraph) > LONGEST / 2:
            yield passage
            passage = ""
        passage += " " + paragraph
    yield passage


def write_aligned(english, chinese, output):
    """Blocks that say the same, one by one; then the sections that they make up."""
    for (_, _, first), (_, _, second) in zip(english, chinese):
        output.parallel(first, second)
    first, second = [], []
    for ours, theirs in list(zip(english, chinese)) + [(("h1", None, ""), ("h1", None, ""))]:
        if ours[0] in Blocks.HEADINGS:
            if len(first) > 1:
                output.parallel(" ".join(first), " ".join(second))
            first, second = [], []
        first.append(ours[2])
        second.append(theirs[2])


def read_libreoffice_help(root, output):
    """Every paragraph has an id, which its translation has too. `root` holds both languages."""
    base = root / "libreoffice-help-en-us/usr/share/libreoffice/help/en-US"
    for language, package in (("zh-CN", "zh-cn"), ("zh-TW", "zh-tw")):
        other = root / f"libreoffice-help-{package}/usr/share/libreoffice/help/{language}"
        for path in sorted(base.rglob("*.html")):
            english = [block for block in read_blocks(path) if block[1]]
            chinese = read_blocks(other / path.relative_to(base))
            by_id = {block[1]: block for block in chinese if block[1] and CJK.search(block[2])}
            both = [block for block in english if block[1] in by_id]
            write_aligned(both, [by_id[block[1]] for block in both], output)
            write_sections(chinese, output)
            if language == "zh-CN":
                write_sections(english, output)


def read_translated_pages(root, output):
    """page.html or page.html.en beside page.LANGUAGE.html or LANGUAGE/page.html: taken where both
    have the same blocks."""
    for path in sorted(root.rglob("*.html")):
        language = re.search(r"zh-(cn|tw)", str(path.relative_to(root)))
        if not language:
            if not re.search(r"/(da|de|es|fr|ja|ko|pt-br|ru|tr)/|\.\w\w\.html$", str(path)):
                write_sections(read_blocks(path), output)
            continue
        candidates = [pathlib.Path(str(path).replace("." + language[0], "")),
                      pathlib.Path(str(path).replace("/" + language[0] + "/", "/en/"))]
        base = next((one for one in candidates if one != path and one.exists()), None)
        if base is None:
            continue
        english, chinese = read_blocks(base), read_blocks(path)
        write_sections(chinese, output)
        if [block[0] for block in english] == [block[0] for block in chinese]:
            write_aligned(english, chinese, output)


def read_pages(root, output):
    for path in sorted(root.rglob("*.html")):
        if not path.is_symlink() and not re.search(r"genindex|_modules|search\.html|/src/", str(path)):
            write_sections(read_blocks(path), output)


# WordNet ---------------------------------------------------------------------------------------


def read_wordnet(root, output):
    for path in sorted(root.rglob("data.*")):
        for line in path.read_text("latin-1").split("\n"):
            if line.startswith("  ") or "|" not in line:
                continue
            fields = line.split()
            words = [fields[4 + 2 * i].split("(")[0] for i in range(int(fields[3], 16))]
            output.section(", ".join(words).replace("_", " "), line.split("|", 1)[1])


READERS = {
    "catalogues": read_catalogues,
    "bundles": read_bundles,
    "translated-pages": read_translated_pages,
    "pages": read_pages,
    "wordnet": read_wordnet,
}


def main():
    sources, unpacked = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    output = Output()
    help_done = False
    for line in sources.read_text().split("\n"):
        fields = line.split()
        if not fields or fields[0].startswith("#"):
            continue
        package, reader = fields[0], fields[4]
        before = dict(output.counts)
        if reader == "libreoffice-help":
            if not help_done:
                read_libreoffice_help(unpacked, output)
            help_done = True
        else:
            READERS[reader](unpacked / package, output)
        gained = {kind: count - before.get(kind, 0) for kind, count in output.counts.items()}
        sys.stderr.write(f"{package}: {gained}\n")


main()
