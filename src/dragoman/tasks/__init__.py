"""Record → example, ids → output. Knows neither models nor files."""

from dragoman.base.catalog import Catalog

TASKS = Catalog(
    "task",
    {
        "translation": "dragoman.tasks.translation:TranslationTask",
        "text": "dragoman.tasks.text:TextTask",
    },
)
