"""The text that an operation looks at: some pairs of a corpus, and batches of them. It changes no model."""

from collections.abc import Sequence
from itertools import islice
from pathlib import Path

from dragoman.base.errors import ConfigError, EmptyCorpusError
from dragoman.base.log import say
from dragoman.batching.batch import Batch, collate
from dragoman.batching.bucketing import plan_batches
from dragoman.corpora.records import Record
from dragoman.corpora.sources import open_corpus
from dragoman.jobs.run.validation import Validation, Validator
from dragoman.models.protocol import Seq2Seq
from dragoman.tasks.translation import TranslationTask
from dragoman.translator.bundle import Bundle

_MAX_TOKENS = 2048


def translation_of(bundle: Bundle, *, place: str) -> TranslationTask:
    """The task of a model that translates.

    Raises:
        ConfigError: it was only pre-trained.
    """
    if not isinstance(bundle.task, TranslationTask):
        raise ConfigError(
            f"{place} was only pre-trained: it has no pairs to be measured on",
            hint="teach it to translate first: dragoman train CORPUS --init-from …",
        )
    return bundle.task


def pairs_of(bundle: Bundle, location: str, *, limit: int | None = None) -> list[Record]:
    """The first ``limit`` pairs in ``location``, in the languages of the model.

    Raises:
        EmptyCorpusError: there is none.
        DataError: it cannot be read; the message names the languages that are wanted.
    """
    task = translation_of(bundle, place="the model")
    corpus = open_corpus(location, source=task.source_language, target=task.target_language)
    return list(islice(corpus.require(), limit))


def batches_of(bundle: Bundle, records: Sequence[Record]) -> list[Batch]:
    """``records`` as batches; what is too long for the model is left out and told.

    Raises:
        EmptyCorpusError: nothing is left.
    """
    task = translation_of(bundle, place="the model")
    trained = int(bundle.recipe["batching"]["max_length"])
    longest = min(trained, bundle.model.max_length or trained)
    examples = [task.example(record) for record in records]
    fitting = [one for one in examples if max(len(one.source), len(one.target)) <= longest]
    if not fitting:
        raise EmptyCorpusError(
            f"none of {len(records)} pairs can be used: all are longer than {longest} ids",
            hint="give text of the kind the model was trained on",
        )
    if len(fitting) < len(examples):
        say(f"{len(examples) - len(fitting)} pairs are longer than {longest} ids and left out")
    lengths = [(len(one.source), len(one.target)) for one in fitting]
    plan = plan_batches(lengths, max_tokens=_MAX_TOKENS, key=0)
    return [collate([fitting[index] for index in indices]) for indices in plan]


class Measure:
    """Loss, BLEU and chrF of models on one development set, decoded as the bundle's recipe says.

    Args:
        bundle: whose languages and way to decode count; its tokenizers for every model whose own are not given.
        location: of the text.
        limit: use the first so many pairs.
    """

    def __init__(self, bundle: Bundle, location: str, *, limit: int | None = None) -> None:
        self._records = pairs_of(bundle, location, limit=limit)
        self.location = location

    def __call__(self, bundle: Bundle, model: Seq2Seq | None = None) -> Validation:
        """Of ``bundle``, or of ``model`` with its tokenizers."""
        from dragoman.decoding.config import DecodingConfig

        validator = Validator(bundle.task, self._records, max_tokens=_MAX_TOKENS)
        return validator(model or bundle.model, DecodingConfig.model_validate(bundle.recipe["decoding"]))


def told(validation: Validation) -> str:
    """One line for people."""
    scores = ", ".join(f"{name} {score.value:.2f}" for name, score in validation.scores.items())
    return f"{scores}, loss {validation.loss:.3f} ({validation.seconds:.1f} s)"


def refuse_what_is_there(output: Path, model: Path) -> None:
    """Complain when ``output`` is taken: an operation never writes over the model it was made from.

    Raises:
        ConfigError: there is something already.
    """
    if output.resolve() == model.resolve():
        raise ConfigError(f"{output} is the model itself", hint="give another directory as --output")
    if output.exists() and (not output.is_dir() or any(output.iterdir())):
        raise ConfigError(f"{output} is already there", hint="choose another --output, or remove it")
