"""The page for people at ``/``: static files in the package, and the routes that give them out.

The page itself stands in ``static/``: native ES modules, one style sheet, one table of words for each language of the
interface; nothing is built, nothing comes from elsewhere. It speaks our own dialect and knows nothing else of the
service.
"""
