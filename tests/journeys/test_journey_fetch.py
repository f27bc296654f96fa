"""Public corpora by name, over a mirror on this machine: licence, cuts, checksums, and files that training can read."""

import gzip
import io
import json
import zipfile

import pytest

ADDRESS = "/www.manythings.org/anki/deu-eng.zip"
TEXT = "Go.\tGeh.\tCC-BY 2.0 (France)\nHi!\tHallo!\tCC-BY 2.0 (France)\n"


def zipped(name, text, bulk=0):
    """A zip file with one text in it, made large by something that does not shrink."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("_about.txt", "x" * bulk)
        archive.writestr(name, text)
    return made.getvalue()


@pytest.fixture
def fetch(dragoman, file_server, tmp_path):
    def run(name, *arguments):
        return dragoman("corpus", "fetch", name, "-o", tmp_path / "got", "--mirror", file_server.address, *arguments)

    return run


def test_a_corpus_by_name(fetch, file_server, tmp_path, dragoman):
    file_server.files[ADDRESS] = zipped("deu.txt", TEXT)
    outcome = fetch("tatoeba:de-en")
    assert outcome.code == 0
    assert outcome.out == f"{tmp_path / 'got' / 'all'}\t2\n"
    assert "licence  CC BY 2.0 FR" in outcome.err
    assert (tmp_path / "got" / "all.en").read_text() == "Go.\nHi!\n"
    assert (tmp_path / "got" / "all.de").read_text() == "Geh.\nHallo!\n"
    noted = json.loads((tmp_path / "got" / "FETCHED.json").read_text())
    assert noted["corpora"]["tatoeba:de-en"]["pairs"] == {"all": 2}
    assert len(noted["downloads"]["https://www.manythings.org/anki/deu-eng.zip"]["sha256"]) == 64
    assert sorted(path.name for path in (tmp_path / "got").iterdir()) == [
        ".fetch.lock",
        "FETCHED.json",
        "all.de",
        "all.en",
    ]
    assert dragoman("corpus", "stats", tmp_path / "got" / "all", "-s", "de", "-t", "en").code == 0
    asked = len(file_server.asked)
    again = fetch("tatoeba:de-en")
    assert again.code == 0
    assert again.out == outcome.out
    assert "--force fetches it again" in again.err
    assert len(file_server.asked) == asked


def test_a_cut_download_goes_on_with_the_same_command(fetch, file_server):
    file_server.files[ADDRESS] = zipped("deu.txt", TEXT, bulk=200_000)
    file_server.cut_after = 150_000
    cut = fetch("tatoeba:en-de")
    assert cut.is_clear_error
    assert "run the same command again" in cut.err
    file_server.cut_after = None
    assert fetch("tatoeba:en-de").code == 0
    assert file_server.asked == [(ADDRESS, None), (ADDRESS, "bytes=150000-")]


def test_another_file_than_the_first_time_is_refused(fetch, file_server, tmp_path):
    file_server.files[ADDRESS] = zipped("deu.txt", TEXT)
    assert fetch("tatoeba:en-de").code == 0
    file_server.files[ADDRESS] = zipped("deu.txt", "Evil.\tBöse.\n")
    refused = fetch("tatoeba:en-de", "--force")
    assert refused.is_clear_error
    assert "fails its checksum" in refused.err
    assert "FETCHED.json" in refused.err
    assert (tmp_path / "got" / "all.en").read_text() == "Go.\nHi!\n"


def test_a_checksum_of_the_catalogue_is_kept(fetch, file_server):
    file_server.files["/dl.fbaipublicfiles.com/nllb/flores200_dataset.tar.gz"] = gzip.compress(b"something else")
    refused = fetch("flores200:en-de")
    assert refused.is_clear_error
    assert (
        "in place of b8b0b76783024b85797e5cc75064eb83fc5288b41e9654dabc7be6ae944011f6, which is from the catalogue"
        in (refused.err)
    )


def test_a_licence_with_conditions_has_to_be_accepted(fetch, file_server, tmp_path):
    for stem in ("train", "val", "test_2016_flickr"):
        for language in ("en", "de"):
            path = f"/raw.githubusercontent.com/multi30k/dataset/master/data/task1/raw/{stem}.{language}.gz"
            file_server.files[path] = gzip.compress(f"{stem} {language}\n".encode())
    refused = fetch("multi30k")
    assert refused.is_clear_error
    assert "for non-commercial research" in refused.err
    assert "--accept-licence" in refused.err
    assert not file_server.asked
    assert fetch("multi30k", "--accept-licence", "--keep-downloads").code == 0
    assert (tmp_path / "got" / "validation.de").read_text() == "val de\n"
    assert len(list((tmp_path / "got" / "downloads").iterdir())) == 6


def test_talks_and_news_have_forms_of_their_own(dragoman, tmp_path):
    """From a folder as a mirror; the checksums of the catalogue stand in the way of made-up files, so iwslt14."""
    import tarfile

    folder = tmp_path / "mirror" / "dl.fbaipublicfiles.com" / "fairseq" / "data" / "iwslt14"
    folder.mkdir(parents=True)
    with tarfile.open(folder / "de-en.tgz", "w:gz") as archive:
        for language in ("de", "en"):
            texts = {
                f"train.tags.de-en.{language}": f"<url>x</url>\n<title> T </title>\n {language} 1 \n{language} 2\n"
            }
            for name in ("dev2010", "tst2010", "tst2011", "tst2012"):
                texts[f"IWSLT14.TED.{name}.de-en.{language}.xml"] = (
                    f'<doc>\n<seg id="1"> {name}  {language} </seg>\n</doc>\n'
                )
            for name, text in texts.items():
                entry = tarfile.TarInfo(f"de-en/{name}")
                entry.size = len(text)
                archive.addfile(entry, io.BytesIO(text.encode()))
    mirror = (tmp_path / "mirror").as_uri()
    outcome = dragoman("corpus", "fetch", "iwslt14", "-o", tmp_path / "got", "--mirror", mirror, "--accept-licence")
    assert outcome.code == 0, outcome.err
    assert (tmp_path / "got" / "train.de").read_text() == "de 1\nde 2\n"
    assert (tmp_path / "got" / "tst2011.en").read_text() == "tst2011 en\n"


def test_files_of_others_stay(fetch, file_server, tmp_path):
    file_server.files[ADDRESS] = zipped("deu.txt", TEXT)
    (tmp_path / "got").mkdir()
    for language in ("en", "de"):
        (tmp_path / "got" / f"all.{language}").write_text("mine\n")
    refused = fetch("tatoeba:en-de")
    assert refused.is_clear_error
    assert "fetch has not made it" in refused.err
    assert (tmp_path / "got" / "all.en").read_text() == "mine\n"


def test_what_is_no_corpus_or_not_there(fetch, dragoman, file_server):
    assert fetch("tatoeba:de-fr").is_clear_error
    gone = fetch("tatoeba:en-de")
    assert gone.is_clear_error
    assert "answers 404" in gone.err
    file_server.files[ADDRESS] = zipped("fra.txt", TEXT)
    other = fetch("tatoeba:en-de")
    assert other.is_clear_error
    assert "there is no deu.txt in deu-eng.zip; there is: _about.txt, fra.txt" in other.err
    file_server.files[ADDRESS] = zipped("deu.txt", TEXT)
    assert fetch("tatoeba:en-de", "--force").code == 0
    assert dragoman("corpus", "fetch").is_clear_error


def test_the_list_names_every_corpus_and_licence(dragoman):
    from dragoman.corpora.public.entries import ENTRIES

    listed = dragoman("corpus", "fetch", "--list")
    assert listed.code == 0
    for name, entry in ENTRIES.items():
        assert name in listed.out
        assert entry.licence in listed.out
