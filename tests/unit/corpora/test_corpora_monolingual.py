"""Plain text of one language: which files are meant, what is left out, where sentences end."""

import gzip

import pytest

from dragoman.base.errors import CorpusFormatError, EmptyCorpusError, FileAccessError
from dragoman.corpora.monolingual import files_of, language_of, mark_sentences, open_text
from dragoman.corpora.records import Record


def test_a_name_ends_in_its_language():
    assert language_of("a/news.de.gz", ["en", "de"]) == "de"
    assert language_of("a/news.txt", ["en", "de"]) is None
    assert files_of("a/news.de.gz", ("en", "de")) == ["a/news.de.gz"]
    assert files_of("a/news", ("en", "de")) == ["a/news.en", "a/news.de"]
    assert files_of("a/news.zst", ("en", "de")) == ["a/news.en.zst", "a/news.de.zst"]
    assert files_of("a/news.txt", ("en",)) == ["a/news.txt"]


def test_lines_are_records_and_empty_ones_are_counted(tmp_path):
    (tmp_path / "mono.en").write_text("One.\n\n  \nTwo.\n")
    corpus = open_text(str(tmp_path / "mono"), language="en")
    assert list(corpus) == [Record("One.", "One.", 1), Record("Two.", "Two.", 4)]
    assert corpus.skipped == {"empty line": 2}
    assert list(corpus.checksums()) == [str(tmp_path / "mono.en")]


def test_compressed_text_and_text_of_any_name(tmp_path):
    with gzip.open(tmp_path / "mono.en.gz", "wt") as file:
        file.write("One.\n")
    (tmp_path / "news.txt").write_text("Two.\n")
    assert [one.target for one in open_text(str(tmp_path / "mono.en"), language="en")] == ["One."]
    assert [one.target for one in open_text(str(tmp_path / "news.txt"), language="en")] == ["Two."]


def test_the_phrasebook_has_two_sides():
    english, german = (next(iter(open_text(f"phrasebook:test.{one}", language=one))) for one in ("en", "de"))
    assert english.source == english.target != german.target == german.source


def test_no_file_no_text_and_no_utf8(tmp_path):
    with pytest.raises(FileAccessError, match=r"there is no text at .*mono"):
        open_text(str(tmp_path / "mono"), language="en")
    (tmp_path / "empty.en").write_text("\n\n")
    with pytest.raises(EmptyCorpusError, match=r"holds no text \(skipped: 2 × empty line\)"):
        list(open_text(str(tmp_path / "empty.en"), language="en").require())
    (tmp_path / "latin.de").write_bytes("gut\nschön\n".encode("latin1"))
    with pytest.raises(CorpusFormatError, match="line 2: not UTF-8"):
        list(open_text(str(tmp_path / "latin.de"), language="de").require())


def test_sentences_are_marked_by_the_rules_of_their_language():
    text = "Am 3. Mai kam er. Sie ging."
    [german], [english] = ([*mark_sentences([Record(text, text)], language=one)] for one in ("de", "en"))
    assert german == Record("Am 3. Mai kam er. \nSie ging.", text)
    assert english.source.count("\n") == 2
