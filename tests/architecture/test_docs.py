"""The pages say what the code says, lead where they point, and speak of nothing but the project."""

import importlib.util
import re
from pathlib import Path

import pytest

from dragoman.corpora.cleaning.filters import FILTERS
from dragoman.corpora.formats import FORMATS
from dragoman.interop import EXPORTS
from dragoman.metrics import METRICS
from dragoman.models import MODELS
from dragoman.objectives import OBJECTIVES
from dragoman.tokenizers import TOKENIZERS
from dragoman.tracking import TRACKERS

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
CATALOGS = (FORMATS, TOKENIZERS, MODELS, METRICS, OBJECTIVES, EXPORTS, TRACKERS)
LINK = re.compile(r"!?\[[^\]\n]*\]\(([^)\s]+)\)")
FENCE = re.compile(r"^```.*?^```$", re.M | re.S)
FOREIGN = re.compile(
    "|".join((r"/" + "work/", r"/" + "tmp/w", r"issues " + "show", r"\bhelper " + "session", r"our " + "workplace"))
)
"""Paths of a machine and words of a workplace; put together here so that this file does not hold them."""


def sources():
    """Every file of the project; not what tools and builds leave beside them."""
    folders = ("src", "tests", "docs", "recipes", "benchmarks", ".ci")
    inner = [path for folder in folders for path in sorted((ROOT / folder).rglob("*"))]
    made = re.compile(r"__pycache__|\.egg-info|\.git$")  # a linked checkout has a file .git
    return [path for path in (*sorted(ROOT.glob("*")), *inner) if path.is_file() and not made.search(str(path))]


def pages():
    return [path for path in sources() if path.suffix == ".md"]


def generator():
    spec = importlib.util.spec_from_file_location("generate_reference", DOCS / "generate_reference.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_reference_is_what_the_code_says():
    made = generator().pages()
    stale = [name for name, text in made.items() if (DOCS / "reference" / name).read_text("utf-8") != text]
    assert not stale, f"run `make reference`: {stale}"
    assert {path.name for path in (DOCS / "reference").iterdir()} == set(made)


def test_the_reference_names_every_section_key_and_command():
    module = generator()
    recipe = module.pages()["recipe.md"]
    for name, kind in module.section_types().items():
        assert f"## `[{name}]`" in recipe
        for key in getattr(kind, "model_fields", {}):
            assert f"| `{key}` |" in recipe
    cli = module.pages()["cli.md"]
    for command in ("demo", "train", "tune", "translate", "evaluate", "corpus stats", "corpus clean", "corpus split"):
        assert f"## `dragoman {command}`" in cli
    assert "| `--set` |" in cli


@pytest.mark.parametrize("catalog", CATALOGS, ids=lambda one: one.kind)
def test_every_catalogue_entry_has_its_line(catalog):
    text = (DOCS / "reference/catalogues.md").read_text("utf-8")
    missing = [name for name in catalog.names() if f"| `{name}` |" not in text]
    assert not missing


GUIDES = {
    "format": "guides/corpora.md",
    "tokenizer": "guides/tokenizers.md",
    "metric": "guides/evaluation.md",
    "model": "concepts",
    "objective": "concepts",
    "export": "guides/export.md",
    "tracker": "guides/watch.md",
}
"""Catalogue → the page, or the folder of pages, that explains its entries."""


@pytest.mark.parametrize("catalog", CATALOGS, ids=lambda one: one.kind)
def test_every_catalogue_entry_is_explained(catalog):
    place = DOCS / GUIDES[catalog.kind]
    text = "\n".join(path.read_text("utf-8") for path in ([place] if place.is_file() else place.glob("*.md")))
    assert [name for name in catalog.names() if plain(name) not in plain(text)] == []


def plain(text):
    return re.sub(r"[-_]", " ", text.lower())


def test_every_filter_is_explained():
    text = (DOCS / "guides/corpora.md").read_text("utf-8")
    assert [reason for reason in FILTERS if f"*{reason}*" not in text] == []


def slug(heading):
    """The anchor that a heading gets on GitHub."""
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


def anchors(path):
    return {slug(line) for line in re.findall(r"^#+ (.*)$", FENCE.sub("", path.read_text("utf-8")), re.M)}


def broken_links(path):
    for target in LINK.findall(FENCE.sub("", path.read_text("utf-8"))):
        if re.match(r"[a-z]+:", target):
            continue
        name, _, anchor = target.partition("#")
        there = (path.parent / name) if name else path
        if not there.exists() or (anchor and anchor not in anchors(there)):
            yield target


def test_links_between_pages_lead_somewhere():
    assert [(str(path.relative_to(ROOT)), link) for path in pages() for link in broken_links(path)] == []


def test_the_check_finds_a_broken_link(tmp_path):
    page = tmp_path / "page.md"
    page.write_text("# A `[b]` c\n[x](#a-b-c) [y](#d) [z](none.md) [w](https://example.org)\n", encoding="utf-8")
    assert list(broken_links(page)) == ["#d", "none.md"]


def test_both_readmes_have_the_same_blocks_headings_and_links():
    english, chinese = ((ROOT / name).read_text("utf-8") for name in ("README.md", "README.zh-CN.md"))
    assert FENCE.findall(english) == FENCE.findall(chinese)
    levels = [re.findall(r"^(#+) ", FENCE.sub("", text), re.M) for text in (english, chinese)]
    assert levels[0] == levels[1]
    links = [[link for link in LINK.findall(text) if not link.startswith("README")] for text in (english, chinese)]
    assert links[0] == links[1]


def test_every_decision_record_is_listed_and_whole():
    folder = DOCS / "decisions"
    listed = (folder / "README.md").read_text("utf-8")
    for path in sorted(folder.glob("0*.md")):
        assert f"({path.name})" in listed
        text = path.read_text("utf-8")
        assert text.startswith(f"# {path.name[:4]}: ")
        for heading in ("## Context", "## Decision", "## Consequences"):
            assert heading in text, f"{path.name} has no {heading}"


PAPER = re.compile(
    r"""\b([A-Z][\w’'-]+)                                       # the first author
    (?:,?\ (?:et\ al\.|(?:[A-Z][\w’'-]+(?:,|\ &|\ and)\ )*(?:&\ |and\ )?[A-Z][\w’'-]+))?   # the others
    ,?\ \(?((?:19|20)\d\d)\b""",
    re.X,
)


def papers_in(text):
    """(first author, year) of every paper that ``text`` names."""
    return set(PAPER.findall(re.sub(r"\s+", " ", text)))


def test_every_paper_in_a_docstring_is_in_the_list():
    listed = (DOCS / "papers.md").read_text("utf-8")
    cited = {
        paper
        for path in sorted((ROOT / "src").rglob("*.py"))
        if "phrasebook" not in path.parts and path.name != "entries.py"  # whom the users of a corpus thank
        for paper in papers_in(path.read_text("utf-8"))
    }
    lines = listed.split("\n")
    missing = [one for one in sorted(cited) if not any(one[0] in line and one[1] in line for line in lines)]
    assert not missing


def test_papers_are_found():
    text = (
        "(Vaswani et al. 2017, section 3; Press & Wolf 2017)\nHochreiter and\nSchmidhuber (1997), Gers, Pham & Le 2000"
    )
    assert papers_in(text) == {("Vaswani", "2017"), ("Press", "2017"), ("Hochreiter", "1997"), ("Gers", "2000")}


def test_the_repository_speaks_of_the_project_alone():
    found = {}
    for path in sources():
        try:
            text = path.read_text("utf-8")
        except UnicodeDecodeError:
            continue
        if FOREIGN.search(text):
            found[str(path.relative_to(ROOT))] = FOREIGN.search(text)[0]
    assert not found


def test_the_check_knows_a_machine_path():
    assert FOREIGN.search("see " + "/" + "work/main")
    assert not FOREIGN.search("/home/me/work of art")
